from django.apps import AppConfig


class StructuresConfig(AppConfig):
    name = "structures"
    verbose_name = "Structures"

    def ready(self) -> None:
        from portal.commun.evenements import abonner
        from structures import faits, justificatifs, parcours, proces_verbal, suivi

        justificatifs.declarer()
        proces_verbal.declarer()
        abonner("candidature.deposee", faits.reporter_sur_la_structure)
        parcours.enregistrer(parcours.ETAGE_STRUCTURES, suivi.fournir)
