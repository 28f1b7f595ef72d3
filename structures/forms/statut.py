"""R21: the legal kind that ANCT settles, and why."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.commun.formulaires import Formulaire
from structures.models import Candidature
from structures.regimes import StatutJuridique


class FormulaireStatut(Formulaire):
    statut = forms.ChoiceField(
        label="Statut juridique",
        choices=StatutJuridique.choix(),
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un statut juridique."},
    )
    motif = forms.CharField(
        label="Motif",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Communiqué à la structure. De 10 à 1 000 caractères.",
        error_messages={"required": "Indiquez le motif : il est communiqué à la structure."},
    )

    def __init__(self, *args: Any, acteur: Any, objet: Candidature, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["statut"].initial = objet.statut_juridique
