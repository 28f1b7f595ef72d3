"""Verbs of the consultation about a coordinator (S2, I.b): answers, reminders, silence.

S2 asks that every employing structure be consulted and sets no day after which an answer is worth nothing: a late one
is accepted until the committee has decided, and shown as late next to the silence that was recorded.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.rappels import une_fois
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from structures import consultations
from structures.actions.concertation import verrouiller_candidature
from structures.actions.suites import ouvrir_candidature
from structures.coordination import relance_due, silence_du
from structures.enums import EtatCandidature, OrigineReponse
from structures.models import Candidature, ConsultationCoordinateur

COMMENTAIRE_MAX = 1000
ETATS_OUVERTS = frozenset({EtatCandidature.DEPOSEE, EtatCandidature.A_CORRIGER, EtatCandidature.EXAMEN})
CLOSE = "Cette candidature n’est plus examinée : les consultations ne changent plus."


@verbe
def repondre_consultation(
    *, acteur: Acteur, secret: str, favorable: bool, commentaire: str = ""
) -> ConsultationCoordinateur:
    """S2, I.b: the consulted structure answers by its link; it may change its answer until the committee decides."""
    consultation = consultations.consultation_du_lien(secret)
    candidature = verrouiller_candidature(consultation.candidature)
    consultation = _verrouiller(consultation)
    _exiger_ouverte(candidature)
    _enregistrer(consultation, favorable, commentaire, OrigineReponse.LIEN)
    _annoncer_la_fin(candidature)
    return consultation


@verbe
def noter_consultation(
    *,
    acteur: Acteur,
    consultation: ConsultationCoordinateur,
    favorable: bool,
    commentaire: str = "",
    secret: str = "",
) -> ConsultationCoordinateur:
    """R20 (S2, I.b): an answer received otherwise, written down by the structure that applies; never over the answer
    that the consulted structure gave itself."""
    candidature = ouvrir_candidature(acteur, consultation.candidature, secret)
    consultation = _verrouiller(consultation)
    if consultation.candidature_id != candidature.pk:
        raise AccesRefuse("Cette consultation est celle d’une autre candidature.")
    _exiger_ouverte(candidature)
    if consultation.origine_reponse == OrigineReponse.LIEN:
        raise TransitionInterdite(f"{consultation.nom} a répondu elle-même : sa réponse ne se modifie pas ici.")
    _enregistrer(consultation, favorable, commentaire, OrigineReponse.NOTEE)
    _annoncer_la_fin(candidature)
    return consultation


@verbe
def relancer_consultation(*, acteur: Acteur, consultation: ConsultationCoordinateur, le: dt.date) -> bool:
    """One reminder before the deadline; False when there is none to send any more."""
    _exiger_le_portail(acteur)
    candidature = verrouiller_candidature(consultation.candidature)
    consultation = _verrouiller(consultation)
    attendue = consultation.favorable is None and consultation.relancee_le is None and consultation.silence_le is None
    ouverte = candidature.etat in ETATS_OUVERTS and consultation.repondre_avant_le is not None
    if not (attendue and ouverte and relance_due(consultation.repondre_avant_le, le)):
        return False
    consultation.relancee_le = timezone.now()
    consultation.save()
    consultations.ecrire(consultation, "consultation_relance", candidature)
    return True


@verbe
def constater_silence(*, acteur: Acteur, consultation: ConsultationCoordinateur, le: dt.date) -> bool:
    """Silence is recorded as silence, once the deadline's day is over; False when there is none to record."""
    _exiger_le_portail(acteur)
    candidature = verrouiller_candidature(consultation.candidature)
    consultation = _verrouiller(consultation)
    attendue = consultation.favorable is None and consultation.silence_le is None
    ouverte = candidature.etat in ETATS_OUVERTS and consultation.repondre_avant_le is not None
    if not (attendue and ouverte and silence_du(consultation.repondre_avant_le, le)):
        return False
    consultation.silence_le = timezone.now()
    consultation.save()
    _annoncer_la_fin(candidature)
    return True


def _verrouiller(consultation: ConsultationCoordinateur) -> ConsultationCoordinateur:
    return ConsultationCoordinateur.objects.select_for_update(of=("self",)).get(pk=consultation.pk)


def _exiger_ouverte(candidature: Candidature) -> None:
    if candidature.etat not in ETATS_OUVERTS:
        raise TransitionInterdite(CLOSE)


def _exiger_le_portail(acteur: Acteur) -> None:
    if not acteur.est(Role.SYSTEME):
        raise AccesRefuse("Les relances et les silences sont constatés par le portail.")


def _enregistrer(consultation: ConsultationCoordinateur, favorable: bool, commentaire: str, origine: str) -> None:
    commentaire = commentaire.strip()
    if favorable is None:
        raise RegleNonRespectee("R20", "Choisissez une réponse : favorable ou défavorable.", "favorable")
    if len(commentaire) > COMMENTAIRE_MAX:
        message = "Le commentaire ne peut pas dépasser 1 000 caractères."
        raise RegleNonRespectee("R20", message, "commentaire")
    if (consultation.favorable, consultation.commentaire, consultation.origine_reponse) == (
        favorable,
        commentaire,
        origine,
    ):
        # Sent again (a second click): an answer is dated by the day it was first given.
        return
    consultation.favorable, consultation.commentaire = favorable, commentaire
    consultation.origine_reponse, consultation.repondu_le = origine, timezone.now()
    consultation.save()


def _annoncer_la_fin(candidature: Candidature) -> None:
    """Everybody asked has answered or is silent: told once; a change of answer afterwards is not told again."""
    lignes = list(candidature.consultations.all())
    if any(ligne.interrogee_le and ligne.favorable is None and ligne.silence_le is None for ligne in lignes):
        return
    interrogees = sum(ligne.interrogee_le is not None for ligne in lignes)
    if interrogees and une_fois(f"structures.consultation_bilan:{candidature.uuid}:{interrogees}"):
        consultations.annoncer_bilan(candidature)
