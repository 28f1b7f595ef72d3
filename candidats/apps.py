from django.apps import AppConfig


class CandidatsConfig(AppConfig):
    name = "candidats"
    verbose_name = "Candidats"

    def ready(self) -> None:
        from candidats import abonnements, donnees, donnees_ajoutees, interruptions, parcours
        from candidats.acces import peut_lire_cv
        from candidats.cv import NATURE
        from portal.commun.documents import enregistrer_nature
        from structures import interruptions as interruptions_structures
        from structures import parcours as parcours_structures

        abonnements.abonner_tout()
        # R44: the candidate sees who read it.
        enregistrer_nature(NATURE, "CV", peut_lire_cv, trace=True)
        parcours_structures.enregistrer(parcours_structures.ETAGE_CANDIDATS, parcours.fournir)
        interruptions_structures.enregistrer(interruptions.fournir)
        # R111
        donnees.enregistrer("pix", donnees_ajoutees.accord_pix)
        donnees.enregistrer("resultats_pix", donnees_ajoutees.resultats_pix)
        donnees.enregistrer("evaluations", donnees_ajoutees.evaluations)
