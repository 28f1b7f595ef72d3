from django.apps import AppConfig


class SubventionsConfig(AppConfig):
    name = "subventions"
    verbose_name = "Subventions"

    def ready(self) -> None:
        from structures import enveloppe
        from subventions import abonnements, branchements
        from subventions.plafond import plafond_par_poste

        # R15: the floor of the committees cannot read the scale itself.
        enveloppe.enregistrer_plafond(plafond_par_poste)
        abonnements.brancher()
        branchements.brancher()
