"""The choice of a post for somebody found in the CVthèque (R49)."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.commun.formulaires import Formulaire
from structures.models import Poste


class PreselectionForm(Formulaire):
    poste = forms.ModelChoiceField(
        label="Pour quel poste ?", queryset=Poste.objects.none(), to_field_name="uuid", empty_label=None
    )

    def __init__(self, *args: Any, postes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["poste"].queryset = postes
