"""Enrolments: the last seat goes to one person, the next ones wait; the remote body takes over (R82)."""

from __future__ import annotations

from django.utils import timezone

from formation.acces import organismes_de
from formation.actions.communs import (
    ETATS_OCCUPENT_UNE_PLACE,
    exiger_partie,
    par,
    relire_inscription,
    verrouiller_dossier,
    verrouiller_inscriptions,
    verrouiller_session,
)
from formation.enums import ETATS_INSCRIPTION_VIVANTE, EtatInscription, EtatPositionnement, EtatSession, Modalite
from formation.etats import MACHINE_INSCRIPTION, MACHINE_SESSION
from formation.models import Inscription, Positionnement, SessionFormation
from formation.notifications import (
    notifier_inscription,
    notifier_inscription_annulee,
    notifier_session_confirmee,
)
from formation.regles import IssueSession, issue_de_session
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite
from portal.commun.verbes import verbe
from subventions.models import Dossier


@verbe
def inscrire(*, acteur: Acteur, session: SessionFormation, dossier: Dossier) -> Inscription:
    """Enrol the person of a file: a seat when there is one, the waiting list otherwise.

    The session is locked before its seats are counted; eight enrolled confirm it at once (R82).
    """
    dossier = verrouiller_dossier(dossier)
    session = verrouiller_session(session.pk)
    exiger_partie(acteur, dossier, session.organisme)
    _verifier_inscription(session, dossier)
    inscription = Inscription(session=session, dossier=dossier, **par(acteur))
    if places_libres(session) <= 0:
        MACHINE_INSCRIPTION.franchir(inscription, "mettre_en_attente", acteur=acteur)
    inscription.save()
    notifier_inscription(inscription, acteur)
    _confirmer_si_atteint(session)
    return inscription


@verbe
def annuler_inscription(*, acteur: Acteur, inscription: Inscription, motif: str = "") -> Inscription:
    """Leave a session; the first of the waiting list takes the seat."""
    dossier = verrouiller_dossier(inscription.dossier)
    session = verrouiller_session(inscription.session_id)
    exiger_partie(acteur, dossier, session.organisme)
    inscription = retirer_de_la_session(acteur, inscription, session)
    notifier_inscription_annulee(inscription, acteur, motif.strip())
    return inscription


@verbe
def repondre_distance(
    *, acteur: Acteur, inscription: Inscription, session_distance: SessionFormation | None
) -> Inscription:
    """R82: the structure takes a remote session in place of the one that was moved, or gives up (None)."""
    dossier = verrouiller_dossier(inscription.dossier)
    session = verrouiller_session(inscription.session_id)
    exiger_partie(acteur, dossier, session.organisme)
    inscription = relire_inscription(inscription, session)
    if inscription.etat != EtatInscription.PROPOSEE:
        raise TransitionInterdite("Il n’y a pas, ou plus, de formation à distance à accepter pour cette personne.")
    if session_distance is not None and session_distance.modalite != Modalite.DISTANCE:
        raise RegleNonRespectee("R82", "Choisissez une session à distance.", "session")
    ancienne = retirer_de_la_session(acteur, inscription, session)
    if session_distance is None:
        notifier_inscription_annulee(ancienne, acteur, "")
        return ancienne
    return inscrire(acteur=acteur, session=session_distance, dossier=dossier)


# --- shared by the other verbs of this package ----------------------------------------------------------------------


def places_libres(session: SessionFormation) -> int:
    """Seats left; exact only while the session is locked."""
    return session.capacite - session.inscriptions.filter(etat__in=ETATS_OCCUPENT_UNE_PLACE).count()


def retirer_de_la_session(acteur: Acteur, inscription: Inscription, session: SessionFormation) -> Inscription:
    """Cancel an enrolment and give its seat to the next one; the caller holds the file and the session."""
    inscription = relire_inscription(inscription, session)
    tenait_une_place = inscription.etat == EtatInscription.INSCRITE
    MACHINE_INSCRIPTION.franchir(inscription, "annuler", acteur=acteur)
    inscription.save()
    if tenait_une_place and session.est_ouverte and timezone.localdate() <= session.debut:
        _admettre_le_suivant(session)
    return inscription


def _admettre_le_suivant(session: SessionFormation) -> None:
    if places_libres(session) <= 0:
        return
    attente = verrouiller_inscriptions(session, EtatInscription.ATTENTE)
    if attente:
        MACHINE_INSCRIPTION.franchir(attente[0], "admettre", acteur=Acteur.systeme())
        attente[0].save()
        notifier_inscription(attente[0], Acteur.systeme())


def _confirmer_si_atteint(session: SessionFormation) -> None:
    inscrits = session.inscriptions.filter(etat=EtatInscription.INSCRITE).count()
    issue = issue_de_session(
        en_presentiel=session.modalite == Modalite.PRESENTIEL,
        inscrits=inscrits,
        cloture_le=session.cloture_le,
        aujourdhui=timezone.localdate(),
    )
    if issue is IssueSession.CONFIRMEE and session.etat == EtatSession.OUVERTE:
        MACHINE_SESSION.franchir(session, "confirmer", acteur=Acteur.systeme())
        session.save()
        notifier_session_confirmee(session, verrouiller_inscriptions(session, EtatInscription.INSCRITE))


def _verifier_inscription(session: SessionFormation, dossier: Dossier) -> None:
    if not session.est_ouverte:
        raise TransitionInterdite("Cette session n’accepte plus d’inscription.")
    if timezone.localdate() > session.cloture_le:
        raise RegleNonRespectee("R82", "Les inscriptions à cette session sont closes.")
    if not organismes_de(dossier.structure).filter(pk=session.organisme_id).exists():
        raise RegleNonRespectee("R80", "Cet organisme n’intervient pas sur le territoire de la structure.")
    if dossier.exempte_formation_le is not None:
        raise RegleNonRespectee("R84", "Cette personne est dispensée de formation.")
    if Inscription.objects.filter(dossier=dossier, etat__in=ETATS_INSCRIPTION_VIVANTE).exists():
        raise TransitionInterdite("Cette personne est déjà inscrite à une session.")
    test = Positionnement.objects.filter(dossier=dossier, etat=EtatPositionnement.PASSE).first()
    if test is None:
        raise RegleNonRespectee("R81", "Le test de positionnement doit être passé avant l’inscription.")
    if test.heures != session.heures:
        message = f"Le test a conclu à {test.heures} heures de formation ; cette session en compte {session.heures}."
        raise RegleNonRespectee("R81", message)
