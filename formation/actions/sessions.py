"""Sessions and enrolments: the last seat goes to one person; fewer than eight go remote (R82)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from formation.acces import organismes_de
from formation.enums import ETATS_INSCRIPTION_VIVANTE, EtatInscription, EtatPositionnement, EtatSession, Modalite
from formation.etats import MACHINE_INSCRIPTION, MACHINE_SESSION
from formation.models import Inscription, Organisme, Positionnement, SessionFormation
from formation.notifications import (
    notifier_inscription,
    notifier_inscription_annulee,
    notifier_session_confirmee,
    notifier_session_reportee,
)
from formation.regles import IssueSession, issue_de_session, verifier_heures
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite, exiger
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from subventions.enums import EtatDossier
from subventions.models import Dossier

ETATS_OCCUPENT_UNE_PLACE = [EtatInscription.INSCRITE, EtatInscription.PARTIE, EtatInscription.TERMINEE]


@verbe
def creer_session(*, acteur: Acteur, organisme: Organisme, donnees: dict[str, Any]) -> SessionFormation:
    """Publish a session; `donnees` holds the fields of `SessionFormation`."""
    exiger(verifier_heures(donnees["heures"]))
    if donnees["debut"] <= timezone.localdate():
        raise RegleNonRespectee("R82", "La session doit commencer à une date à venir.", "debut")
    if donnees["fin"] <= donnees["debut"]:
        raise RegleNonRespectee("R82", "La fin de la session doit suivre son début.", "fin")
    if donnees["cloture_le"] > donnees["debut"]:
        raise RegleNonRespectee("R82", "Les inscriptions se closent au plus tard le jour du début.", "cloture_le")
    if donnees["modalite"] == Modalite.PRESENTIEL and donnees.get("commune") is None:
        raise RegleNonRespectee("R82", "Indiquez la commune d’une session en présentiel.", "commune")
    return SessionFormation.objects.create(organisme=organisme, **donnees)


@verbe
def inscrire(*, acteur: Acteur, session: SessionFormation, dossier: Dossier) -> Inscription:
    """Enrol the person of a file: a seat when there is one, the waiting list otherwise.

    The session is locked before its seats are counted; eight enrolled confirm it at once (R82).
    """
    session = SessionFormation.objects.select_for_update(of=("self",)).select_related("organisme").get(pk=session.pk)
    dossier = (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("structure__commune", "mise_en_relation__candidat__utilisateur")
        .get(pk=dossier.pk)
    )
    _verifier_inscription(session, dossier)
    places = session.capacite - session.inscriptions.filter(etat__in=ETATS_OCCUPENT_UNE_PLACE).count()
    inscription = Inscription.objects.create(session=session, dossier=dossier)
    if places <= 0:
        MACHINE_INSCRIPTION.franchir(inscription, "mettre_en_attente", acteur=acteur)
        inscription.save()
    notifier_inscription(inscription)
    _confirmer_si_atteint(session)
    return inscription


def _verifier_inscription(session: SessionFormation, dossier: Dossier) -> None:
    if dossier.etat == EtatDossier.CLOS:
        raise TransitionInterdite("Ce dossier est clos : il n’y a plus de formation à organiser.")
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
        raise RegleNonRespectee(
            "R81", f"Le test a conclu à {test.heures} heures de formation ; cette session en compte {session.heures}."
        )


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
        notifier_session_confirmee(session)


@verbe
def annuler_inscription(*, acteur: Acteur, inscription: Inscription, motif: str = "") -> Inscription:
    """Leave a session; the first of the waiting list takes the seat."""
    session = SessionFormation.objects.select_for_update(of=("self",)).get(pk=inscription.session_id)
    inscription = (
        Inscription.objects.select_for_update(of=("self",))
        .select_related("dossier__structure", "dossier__mise_en_relation__candidat__utilisateur", "session__organisme")
        .get(pk=inscription.pk)
    )
    tenait_une_place = inscription.etat == EtatInscription.INSCRITE
    MACHINE_INSCRIPTION.franchir(inscription, "annuler", acteur=acteur)
    inscription.save()
    notifier_inscription_annulee(inscription)
    if tenait_une_place and session.est_ouverte:
        _admettre_le_suivant(session)
    return inscription


def _admettre_le_suivant(session: SessionFormation) -> None:
    suivante = (
        session.inscriptions.select_for_update(of=("self",))
        .select_related("dossier__structure", "dossier__mise_en_relation__candidat__utilisateur", "session__organisme")
        .filter(etat=EtatInscription.ATTENTE)
        .order_by("inscrite_le", "pk")
        .first()
    )
    if suivante is not None:
        MACHINE_INSCRIPTION.franchir(suivante, "admettre", acteur=Acteur.systeme())
        suivante.save()
        notifier_inscription(suivante)


@verbe
def cloturer_inscriptions(*, acteur: Acteur, session: SessionFormation, le: dt.date) -> SessionFormation:
    """R82 on `le`: eight enrolled confirm the session; fewer are all offered the remote body, with a mail."""
    session = SessionFormation.objects.select_for_update(of=("self",)).select_related("organisme").get(pk=session.pk)
    inscriptions = list(
        session.inscriptions.select_for_update(of=("self",))
        .select_related("dossier__structure", "dossier__mise_en_relation__candidat__utilisateur")
        .filter(etat__in=[EtatInscription.INSCRITE, EtatInscription.ATTENTE])
    )
    issue = issue_de_session(
        en_presentiel=session.modalite == Modalite.PRESENTIEL,
        inscrits=sum(i.etat == EtatInscription.INSCRITE for i in inscriptions),
        cloture_le=session.cloture_le,
        aujourdhui=le,
    )
    if issue is IssueSession.EN_ATTENTE:
        raise RegleNonRespectee("R82", "Les inscriptions ne sont pas encore closes.")
    MACHINE_SESSION.franchir(session, "confirmer" if issue is IssueSession.CONFIRMEE else "reporter", acteur=acteur)
    session.save()
    if issue is IssueSession.CONFIRMEE:
        notifier_session_confirmee(session)
        return session
    for inscription in inscriptions:
        MACHINE_INSCRIPTION.franchir(inscription, "proposer_distance", acteur=acteur)
        inscription.save()
    notifier_session_reportee(session, inscriptions)
    return session


@verbe
def repondre_distance(
    *, acteur: Acteur, inscription: Inscription, session_distance: SessionFormation | None
) -> Inscription:
    """R82: the structure takes a remote session in place of the one that was moved, or gives up (None)."""
    if not acteur.est(Role.STRUCTURE, Role.ORGANISME, Role.SYSTEME):
        raise TransitionInterdite("Seuls la structure et l’organisme répondent à cette proposition.")
    ancienne = annuler_inscription(acteur=acteur, inscription=inscription, motif="Réponse à la proposition à distance")
    if session_distance is None:
        return ancienne
    if session_distance.modalite != Modalite.DISTANCE:
        raise RegleNonRespectee("R82", "Choisissez une session à distance.", "session")
    return inscrire(acteur=acteur, session=session_distance, dossier=ancienne.dossier)
