from django.apps import AppConfig


class CandidatsConfig(AppConfig):
    name = "candidats"
    verbose_name = "Candidats"

    def ready(self) -> None:
        from candidats import abonnements, interruptions, parcours
        from structures import interruptions as interruptions_structures
        from structures import parcours as parcours_structures

        abonnements.abonner_tout()
        parcours_structures.enregistrer(parcours_structures.ETAGE_CANDIDATS, parcours.fournir)
        interruptions_structures.enregistrer(interruptions.fournir)
