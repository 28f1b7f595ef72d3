"""The candidate's CV, and the answer to « Êtes-vous toujours disponible ? » (R44, R51)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from portal.commun.affichage import taille
from portal.commun.formulaires import ChampPdf, Formulaire


class CvForm(Formulaire):
    fichier = ChampPdf(label="Votre CV")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ = self.fields["fichier"]
        champ.taille_max = settings.CV_TAILLE_MAX
        champ.help_text = (
            f"Format PDF, {taille(settings.CV_TAILLE_MAX).replace(',0', '')} au plus. N’y mettez ni photo d’identité, "
            "ni numéro de sécurité sociale, ni date de naissance : le portail n’en a pas besoin."
        )


class DisponibiliteForm(Formulaire):
    """Two buttons, one answer."""

    OUI, NON = "oui", "non"

    reponse = forms.ChoiceField(
        label="Votre réponse",
        choices=[(OUI, "Je suis toujours disponible"), (NON, "Je ne suis plus disponible")],
        error_messages={"required": "Choisissez l’une des deux réponses."},
    )
