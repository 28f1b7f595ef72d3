"""What ANCT says of two registrations that look alike (R43)."""

from __future__ import annotations

from django import forms

from portal.commun.formulaires import Formulaire

MOTIF = "Ce que vous avez vérifié, et auprès de qui. 10 caractères au moins."


class FormulaireEcart(Formulaire):
    motif = forms.CharField(label="Comment le savez-vous ?", min_length=10, max_length=250, help_text=MOTIF)


class FormulaireFusion(Formulaire):
    motif = forms.CharField(
        label="Comment le savez-vous ?",
        min_length=10,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=MOTIF,
    )
    definitif = forms.BooleanField(label="J’ai compris que cette réunion ne peut pas être annulée.")
