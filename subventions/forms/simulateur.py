"""R69: the questions of the public simulator, the same as those of the command `simuler_subvention`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from portal.commun.formulaires import ChampDate, ChampMontant, Formulaire
from portal.territoires.models import Departement
from structures.regimes import CodeRegime, NatureContrat, StatutJuridique

DUREE_MAX = 72


class FormulaireSimulateur(Formulaire):
    """Sent by GET: the address of a result can be shared."""

    regime = forms.ChoiceField(label="Appel", choices=[("", "Choisissez un appel"), *CodeRegime.choix()])
    statut = forms.ChoiceField(
        label="Statut de la structure", choices=[("", "Choisissez un statut"), *StatutJuridique.choix()]
    )
    contrat = forms.ChoiceField(
        label="Nature du contrat de travail", choices=[("", "Choisissez un contrat"), *NatureContrat.choix()]
    )
    departement = forms.ChoiceField(
        label="Département de la structure", help_text="Celui de la commune où se trouve son siège."
    )
    duree_mois = forms.IntegerField(
        label="Durée du contrat, en mois",
        required=False,
        min_value=1,
        max_value=DUREE_MAX,
        help_text="Laissez vide pour un CDI ou un agent titulaire, ou si vous ne la connaissez pas encore.",
        widget=forms.NumberInput({"inputmode": "numeric"}),
        error_messages={
            "invalid": "Saisissez un nombre entier de mois, par exemple 24.",
            "min_value": "Un contrat dure au moins un mois.",
            "max_value": f"Saisissez une durée de {DUREE_MAX} mois au plus.",
        },
    )
    evenement = ChampDate(
        label="Date qui déclenche les versements",
        required=False,
        help_text=(
            "Signature du contrat (structures publiques), départ en formation (structures privées) ou signature de la "
            "convention (coordinateurs). Laissez vide si vous ne la connaissez pas."
        ),
    )
    aides = ChampMontant(
        label="Aides CUI-CIE ou PEC déjà versées pour ce poste, en euros",
        required=False,
        help_text="Elles sont déduites de la subvention.",
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        departements = Departement.objects.order_by("code")
        self.fields["departement"].choices = [
            ("", "Choisissez un département"),
            *[(d.code, f"{d.code} – {d.nom}") for d in departements],
        ]

    def clean_aides(self) -> Decimal:
        return self.cleaned_data["aides"] or Decimal("0.00")
