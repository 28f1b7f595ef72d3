"""Reasons, validation, invitation, answers from the mail: what each decision asks (R49 to R53)."""

from __future__ import annotations

from typing import Any

from django import forms

from candidats import regles
from candidats.enums import Taille
from portal.commun.formulaires import Formulaire, ajouter_manquements, avec_aide
from structures.models import Poste


class MotifForm(Formulaire):
    """R50: « Pas intéressé » asks why; « Autre raison » is said in words."""

    MOTIFS = regles.MotifEcart

    motif = forms.ChoiceField(label="Pour quelle raison ?", widget=forms.RadioSelect)
    precisions = forms.CharField(
        label="Précisions",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="À remplir si vous choisissez « Autre raison ». La personne concernée ne lit pas ce texte.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["motif"].choices = self.MOTIFS.choix()

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        if "motif" in donnees:
            ajouter_manquements(
                self, regles.verifier_motif(donnees["motif"], donnees.get("precisions") or "", self.MOTIFS)
            )
        return donnees


class DeclinForm(MotifForm):
    """R51: the candidate declines."""

    MOTIFS = regles.MotifDeclin

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["precisions"].help_text = "À remplir si vous choisissez « Autre raison »."


class ReponseForm(DeclinForm):
    """R51: the candidate's answer from the mail; the reason is for who declines."""

    INTERET, DECLIN, PLUS_DISPONIBLE = "interet", "decliner", "plus-disponible"

    reponse = forms.ChoiceField(
        label="Votre réponse",
        widget=forms.RadioSelect,
        choices=[
            (INTERET, avec_aide("Ce poste m’intéresse", "La structure en est informée et peut vous contacter.")),
            (DECLIN, avec_aide("Je décline ce poste", "Il ne vous sera plus proposé ; d’autres peuvent l’être.")),
            (
                PLUS_DISPONIBLE,
                avec_aide(
                    "Je ne suis plus disponible",
                    "Votre profil n’est plus proposé à personne, jusqu’à ce que vous disiez le contraire.",
                ),
            ),
        ],
    )
    field_order = ("reponse", "motif", "precisions")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["motif"].label = "Si vous déclinez, pour quelle raison ?"
        self.fields["motif"].required = False

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("reponse") == self.DECLIN:
            return super().clean()
        return self.cleaned_data


class ValidationForm(Formulaire):
    """R53: the outfit of the conseiller is ordered with the validation (S0)."""

    taille_tenue = forms.ChoiceField(
        label="Taille de la tenue de la personne",
        choices=Taille.choices,
        widget=forms.RadioSelect,
        help_text="Demandez-la-lui : la tenue est commandée à partir de cette réponse.",
    )


class InvitationForm(Formulaire):
    """R49: somebody the structure already knows."""

    poste = forms.ModelChoiceField(
        label="Pour quel poste ?", queryset=Poste.objects.none(), to_field_name="uuid", empty_label=None
    )
    courriel = forms.EmailField(
        label="Adresse électronique de la personne",
        max_length=254,
        help_text="Elle reçoit un lien pour s’inscrire avec cette adresse. Format attendu : nom@domaine.fr",
    )

    def __init__(self, *args: Any, postes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["poste"].queryset = postes
