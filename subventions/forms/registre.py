"""Filters of the registers of the Banque des Territoires; they live in the address."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.commun.dates import MOIS
from portal.commun.formulaires import Formulaire
from structures.regimes import CodeRegime
from subventions.registre import A_ETABLIR, VUES_CONVENTIONS, VUES_TRANCHES


class _Filtre(Formulaire):
    vue = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label="Recherche",
        required=False,
        max_length=100,
        help_text="Structure, SIRET, numéro de convention ou de dossier.",
    )
    regime = forms.ChoiceField(label="Appel", required=False, choices=[("", "Tous les appels"), *CodeRegime.choix()])
    departement = forms.ChoiceField(label="Département", required=False)

    def __init__(self, *args: Any, departements: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["departement"].choices = [("", "Tous les départements"), *departements]


class FiltreConventions(_Filtre):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["vue"].choices = [(vue, libelle) for vue, (libelle, _) in VUES_CONVENTIONS.items()]

    def clean_vue(self) -> str:
        return self.cleaned_data["vue"] or A_ETABLIR


class FiltreTranches(_Filtre):
    mois = forms.CharField(label="Mois prévu", required=False, max_length=7, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["vue"].choices = list(VUES_TRANCHES.items())

    def clean_vue(self) -> str:
        return self.cleaned_data["vue"] or next(iter(VUES_TRANCHES))

    def clean_mois(self) -> dt.date | None:
        """`2026-03`, as the links of the page write it."""
        texte = self.cleaned_data["mois"]
        if not texte:
            return None
        try:
            return dt.date.fromisoformat(f"{texte}-01")
        except ValueError:
            raise ValidationError("Ce mois n’existe pas.") from None


def nom_du_mois(mois: dt.date) -> str:
    return f"{MOIS[mois.month - 1]} {mois.year}"
