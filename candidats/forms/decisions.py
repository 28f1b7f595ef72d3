"""Reasons, interviews, validation, invitation: what each decision asks (R49 to R53)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from candidats import regles
from candidats.actions.entretiens import DUREES_MIN
from candidats.enums import Taille
from portal.commun.formulaires import ChampDate, Formulaire, ajouter_manquements
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


class EntretienForm(Formulaire):
    """R52: one slot; day and hour are two fields, which every browser knows how to ask."""

    jour = ChampDate(label="Date")
    heure = forms.TimeField(
        label="Heure",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        input_formats=["%H:%M", "%Hh%M", "%H h %M", "%Hh"],
        help_text="Heure de Paris, par exemple 14:30",
        error_messages={"invalid": "Saisissez une heure, par exemple 14:30."},
    )
    duree_min = forms.TypedChoiceField(
        label="Durée", coerce=int, choices=[(duree, f"{duree} minutes") for duree in DUREES_MIN], initial=45
    )
    lieu = forms.CharField(label="Lieu ou lien de visioconférence", max_length=250)
    message = forms.CharField(
        label="Message à la personne", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    # A rule of the verb is about the moment; people correct it in the day.
    champs_des_regles = {"debut": "jour"}

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        jour, heure = donnees.pop("jour", None), donnees.pop("heure", None)
        if jour and heure:
            donnees["debut"] = timezone.make_aware(dt.datetime.combine(jour, heure))
            if donnees["debut"] <= timezone.now():
                self.add_error("jour", "Choisissez une date et une heure à venir.")
        return donnees


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
