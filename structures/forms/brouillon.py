"""Where the link to go on with an application is sent."""

from __future__ import annotations

from django import forms

from portal.commun.formulaires import Formulaire


class FormulaireLien(Formulaire):
    courriel = forms.EmailField(
        max_length=254,
        label="Votre adresse électronique",
        help_text="Elle ne sert qu’à vous envoyer ce lien, et un rappel si vous ne revenez pas.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Indiquez l’adresse où recevoir le lien."},
    )
