"""Sessions: published, closed (R82), ended, called off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from formation.actions.communs import (
    ETATS_ANNULABLES,
    ETATS_PARTIS,
    exiger_organisme,
    exiger_texte,
    par,
    verrouiller_inscriptions,
    verrouiller_session,
)
from formation.enums import EtatInscription, EtatSession, Modalite
from formation.etats import MACHINE_INSCRIPTION, MACHINE_SESSION
from formation.models import Organisme, SessionFormation
from formation.notifications import (
    notifier_session_annulee,
    notifier_session_confirmee,
    notifier_session_reportee,
)
from formation.regles import IssueSession, issue_de_session, verifier_session
from portal.commun.acteurs import Acteur
from portal.commun.dates import date_longue
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite, exiger
from portal.commun.verbes import verbe

CHAMPS = frozenset({"modalite", "commune", "lieu", "heures", "debut", "fin", "cloture_le", "capacite"})


@verbe
def creer_session(*, acteur: Acteur, organisme: Organisme, donnees: Mapping[str, Any]) -> SessionFormation:
    """Publish a session; `donnees` holds the fields of `SessionFormation`. A remote one needs no threshold (R82)."""
    inconnus = set(donnees) - CHAMPS
    if inconnus:
        raise KeyError(f"unknown fields: {', '.join(sorted(inconnus))}")
    exiger_organisme(acteur, organisme)
    en_presentiel = donnees["modalite"] == Modalite.PRESENTIEL
    if not organisme.lots.filter(modalite=donnees["modalite"]).exists():
        raise RegleNonRespectee("R80", "Votre organisme n’a pas de lot pour cette modalité.", "modalite")
    exiger(
        verifier_session(
            en_presentiel=en_presentiel,
            a_une_commune=donnees.get("commune") is not None,
            heures=donnees["heures"],
            debut=donnees["debut"],
            fin=donnees["fin"],
            cloture_le=donnees["cloture_le"],
            capacite=donnees["capacite"],
            aujourdhui=timezone.localdate(),
        )
    )
    vide = "Indiquez l’adresse de la formation, ou le lien de la visioconférence."
    lieu = exiger_texte(donnees["lieu"], regle="R82", champ="lieu", vide=vide, maximum=250)
    commune = donnees.get("commune") if en_presentiel else None
    champs = {**donnees, "lieu": lieu, "commune": commune}
    session = SessionFormation(organisme=organisme, **champs, **par(acteur))
    if not en_presentiel:
        MACHINE_SESSION.franchir(session, "confirmer", acteur=acteur)
    session.save()
    return session


@verbe
def cloturer_inscriptions(*, acteur: Acteur, session: SessionFormation, le: dt.date) -> SessionFormation:
    """R82 on `le`: eight enrolled confirm the session; fewer are all offered the remote body, with a mail."""
    session = verrouiller_session(session.pk)
    exiger_organisme(acteur, session.organisme)
    inscriptions = verrouiller_inscriptions(session, EtatInscription.INSCRITE, EtatInscription.ATTENTE)
    issue = issue_de_session(
        en_presentiel=session.modalite == Modalite.PRESENTIEL,
        inscrits=sum(i.etat == EtatInscription.INSCRITE for i in inscriptions),
        cloture_le=session.cloture_le,
        aujourdhui=le,
    )
    if issue is IssueSession.EN_ATTENTE:
        raise RegleNonRespectee(
            "R82", f"Les inscriptions restent ouvertes jusqu’au {date_longue(session.cloture_le)} inclus."
        )
    MACHINE_SESSION.franchir(session, "confirmer" if issue is IssueSession.CONFIRMEE else "reporter", acteur=acteur)
    session.save()
    if issue is IssueSession.CONFIRMEE:
        notifier_session_confirmee(session, [i for i in inscriptions if i.etat == EtatInscription.INSCRITE])
        return session
    for inscription in inscriptions:
        MACHINE_INSCRIPTION.franchir(inscription, "proposer_distance", acteur=acteur)
        inscription.save()
    notifier_session_reportee(session, inscriptions)
    return session


@verbe
def annuler_session(*, acteur: Acteur, session: SessionFormation, motif: str) -> SessionFormation:
    """The session will not take place: everybody enrolled is told why and can choose another one."""
    session = verrouiller_session(session.pk)
    exiger_organisme(acteur, session.organisme)
    MACHINE_SESSION.verifier(session, "annuler", acteur)
    motif = exiger_texte(motif, regle="R82", champ="motif", vide="Indiquez pourquoi la session est annulée.")
    if verrouiller_inscriptions(session, *ETATS_PARTIS):
        raise TransitionInterdite("Des personnes sont déjà parties à cette session : elle ne peut plus être annulée.")
    inscriptions = verrouiller_inscriptions(session, *ETATS_ANNULABLES)
    for inscription in inscriptions:
        MACHINE_INSCRIPTION.franchir(inscription, "annuler", acteur=acteur)
        inscription.save()
    MACHINE_SESSION.franchir(session, "annuler", acteur=acteur)
    session.save()
    notifier_session_annulee(session, inscriptions, motif)
    return session


@verbe
def terminer_session(*, acteur: Acteur, session: SessionFormation) -> SessionFormation:
    """The last day has passed: whoever left has followed the course; the waiting list has no object any more."""
    session = verrouiller_session(session.pk)
    exiger_organisme(acteur, session.organisme)
    MACHINE_SESSION.verifier(session, "terminer", acteur)
    if timezone.localdate() <= session.fin:
        raise RegleNonRespectee("R85", f"La session dure jusqu’au {date_longue(session.fin)} inclus.")
    restantes = verrouiller_inscriptions(session, EtatInscription.INSCRITE)
    if restantes:
        noms = ", ".join(i.dossier.mise_en_relation.candidat.utilisateur.nom_complet for i in restantes)
        raise TransitionInterdite(f"Enregistrez d’abord le départ, ou annulez l’inscription, de : {noms}.")
    for inscription in verrouiller_inscriptions(session, EtatInscription.PARTIE):
        MACHINE_INSCRIPTION.franchir(inscription, "terminer", acteur=acteur)
        inscription.save()
    for inscription in verrouiller_inscriptions(session, EtatInscription.ATTENTE):
        MACHINE_INSCRIPTION.franchir(inscription, "annuler", acteur=acteur)
        inscription.save()
    MACHINE_SESSION.franchir(session, "terminer", acteur=acteur)
    session.save()
    return session


def a_clore(le: dt.date):
    """R82: the sessions whose closing date has passed and whose fate is not said yet."""
    return SessionFormation.objects.filter(etat=EtatSession.OUVERTE, cloture_le__lt=le).order_by("pk")
