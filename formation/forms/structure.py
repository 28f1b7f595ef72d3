"""What the structure types about training."""

from __future__ import annotations

from typing import Any

from django import forms

from formation.actions.communs import MOTIF_MAX, TEXTE_MAX
from formation.models import SessionFormation
from portal.commun.dates import date_longue
from portal.commun.formulaires import Formulaire, avec_aide

RENONCER = "renoncer"


class FormulaireContact(Formulaire):
    """R80: the message that the body receives, and that is kept."""

    message = forms.CharField(
        label="Votre message",
        max_length=TEXTE_MAX,
        help_text="Vos coordonnées et le nom de la personne sont joints. Dites ses disponibilités et vos contraintes.",
        widget=forms.Textarea({"rows": 8}),
    )


class FormulaireMotifFacultatif(Formulaire):
    motif = forms.CharField(
        label="Motif",
        required=False,
        max_length=MOTIF_MAX,
        help_text="Il est communiqué à la personne, à la structure et à l’organisme.",
        widget=forms.Textarea({"rows": 3}),
    )


class FormulaireDistance(Formulaire):
    """R82: one of the remote sessions of the right hours, or none."""

    session = forms.ChoiceField(label="Votre réponse", widget=forms.RadioSelect)

    def __init__(self, *args: Any, sessions: list[SessionFormation], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.sessions = {str(session.uuid): session for session in sessions}
        choix = [
            (cle, avec_aide(self._libelle(session), self._aide(session))) for cle, session in self.sessions.items()
        ]
        aide = "L’inscription est annulée ; vous pourrez choisir une autre session."
        self.fields["session"].choices = [*choix, (RENONCER, avec_aide("Renoncer à la formation à distance", aide))]

    @staticmethod
    def _libelle(session: SessionFormation) -> str:
        return f"{session.organisme.nom}, du {date_longue(session.debut)} au {date_longue(session.fin)}"

    @staticmethod
    def _aide(session: SessionFormation) -> str:
        libres = session.capacite - session.nb_inscrits
        places = "liste d’attente" if libres <= 0 else "1 place" if libres == 1 else f"{libres} places"
        return f"{session.heures} heures, {session.lieu} ; {places}"

    def clean_session(self) -> SessionFormation | None:
        return self.sessions.get(self.cleaned_data["session"])
