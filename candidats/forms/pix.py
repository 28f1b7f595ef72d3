"""R45: what a person and ANCT are asked about Pix results."""

from __future__ import annotations

from django import forms

from portal.commun.formulaires import Formulaire
from structures.forms.concertation import FormulaireImport


class ConsentementForm(Formulaire):
    accord = forms.BooleanField(
        label="J’accepte que le portail reçoive mes résultats Pix et les montre aux structures à qui mon profil est "
        "proposé",
        error_messages={"required": "Cochez cette case pour donner votre accord, ou quittez cette page."},
    )


class FormulaireImportPix(FormulaireImport):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        champ = self.fields["fichier"]
        champ.widget.attrs["accept"] = ".csv,text/csv"
        champ.help_text = "Fichier CSV des résultats d’une campagne, tel que Pix Orga le donne, 10 Mo au plus."


class FormulaireEcart(Formulaire):
    motif = forms.CharField(
        label="Pourquoi écarter cette ligne ?", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
