from django.apps import AppConfig


class StructuresConfig(AppConfig):
    name = "structures"
    verbose_name = "Structures"

    def ready(self) -> None:
        from structures import parcours, proces_verbal, suivi

        proces_verbal.declarer()
        parcours.enregistrer(parcours.ETAGE_STRUCTURES, suivi.fournir)
