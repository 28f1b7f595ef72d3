"""The mails of training (R53, R80 to R84, R113): who is told what, at which step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from formation import calendrier
from formation.models import Inscription, Organisme, Positionnement, PriseDeContact, SessionFormation
from portal.commun import courriels
from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from structures.destinataires import adresses_administrateurs
from subventions.models import Dossier

# --- contact --------------------------------------------------------------------------------------------------------


def annoncer_candidat_valide(dossier: Dossier, organismes: Iterable[Organisme], *, organisme_contacte: bool) -> None:
    """R53, R80: the bodies of the territory learn that somebody is to be trained, and who must make contact."""
    for organisme in organismes:
        _a_l_organisme("candidat_valide", organisme, dossier, organisme_contacte=organisme_contacte)


def notifier_contact_organisme(contact: PriseDeContact) -> None:
    """The body reads the message of the structure (R80)."""
    _a_l_organisme("contact_organisme", contact.organisme, contact.dossier, contact=contact)


def notifier_contact_structure(contact: PriseDeContact) -> None:
    """The body made contact first: structure and person know who will write to them."""
    _aux_deux("contact_structure", contact.dossier, contact=contact)


# --- placement test -------------------------------------------------------------------------------------------------


def notifier_test(positionnement: Positionnement, *, remplace: Positionnement | None = None) -> None:
    """The slot of the placement test, to the person and to the structure (R81), with its calendar file."""
    pieces = [_agenda(positionnement)]
    if remplace is not None:
        pieces.append(_agenda(remplace, "test-annule.ics"))
    contexte = {"positionnement": positionnement, "remplace": remplace is not None}
    _aux_deux("test_propose", positionnement.dossier, pieces=pieces, **contexte)


def _agenda(positionnement: Positionnement, nom: str = calendrier.NOM_FICHIER) -> courriels.PieceJointe:
    return courriels.PieceJointe(nom, calendrier.fichier(positionnement), calendrier.TYPE_MIME)


def notifier_resultat(positionnement: Positionnement) -> None:
    """The hours decided, to the person and to the structure, before the training starts (R81)."""
    _aux_deux("test_resultat", positionnement.dossier, positionnement=positionnement)


def notifier_dispense(positionnement: Positionnement) -> None:
    """The exemption from the course; the exams stay compulsory (R84)."""
    _aux_deux("dispense", positionnement.dossier, positionnement=positionnement)


# --- sessions -------------------------------------------------------------------------------------------------------


def notifier_inscription(inscription: Inscription, acteur: Acteur) -> None:
    """Enrolled, or on the waiting list; the body is told when it did not do it itself."""
    _aux_deux("inscription", inscription.dossier, inscription=inscription, session=inscription.session)
    if acteur.est(Role.STRUCTURE):
        _a_l_organisme(
            "inscription_organisme", inscription.session.organisme, inscription.dossier, inscription=inscription
        )


def notifier_inscription_annulee(inscription: Inscription, acteur: Acteur, motif: str) -> None:
    _aux_deux("inscription_annulee", inscription.dossier, session=inscription.session, motif=motif)
    if acteur.est(Role.STRUCTURE):
        organisme = inscription.session.organisme
        _a_l_organisme(
            "inscription_annulee_organisme", organisme, inscription.dossier, session=inscription.session, motif=motif
        )


def notifier_session_confirmee(session: SessionFormation, inscriptions: Iterable[Inscription]) -> None:
    """R82: the session takes place; each enrolled person and structure is told."""
    for inscription in inscriptions:
        _aux_deux("session_confirmee", inscription.dossier, session=session)


def notifier_session_reportee(session: SessionFormation, inscriptions: list[Inscription]) -> None:
    """R82: fewer than eight enrolled: the remote body is offered, and the in-person one knows it."""
    for inscription in inscriptions:
        _aux_deux("session_reportee", inscription.dossier, session=session)
    courriels.envoyer(
        "formation/session_reportee_organisme",
        destinataires=[session.organisme.courriel],
        contexte={"session": session, "nombre": len(inscriptions), "lien": _lien_session(session)},
        objet=session,
    )


def notifier_session_annulee(session: SessionFormation, inscriptions: Iterable[Inscription], motif: str) -> None:
    for inscription in inscriptions:
        _aux_deux("session_annulee", inscription.dossier, session=session, motif=motif)


def notifier_depart(inscription: Inscription) -> None:
    """The person left for training: they are recruited (R54). The person is told by the floor of candidates."""
    _a_la_structure("depart", inscription.dossier, inscription=inscription, session=inscription.session)


def notifier_depart_corrige(inscription: Inscription, avant: dt.date | None, motif: str) -> None:
    """R64: the date may move the payments: the structure knows why."""
    contexte = {"inscription": inscription, "avant": avant, "motif": motif, "session": inscription.session}
    _a_la_structure("depart_corrige", inscription.dossier, **contexte)


def notifier_formation_sans_objet(dossier: Dossier, organismes: Iterable[Organisme]) -> None:
    """The validation is undone: the bodies that were in touch stop there. The others are told by their own floor."""
    for organisme in organismes:
        _a_l_organisme("formation_sans_objet", organisme, dossier)


# --- shared ---------------------------------------------------------------------------------------------------------


def contexte_du_dossier(dossier: Dossier, **autres: Any) -> dict[str, Any]:
    return {
        "dossier": dossier,
        "structure": dossier.structure,
        "personne": dossier.mise_en_relation.candidat.utilisateur.nom_complet,
        **autres,
    }


def lien_structure(dossier: Dossier) -> str:
    return courriels.lien("formation:dossier", dossier.uuid)


def lien_organisme(dossier: Dossier) -> str:
    return courriels.lien("formation:personne", dossier.uuid)


def _lien_session(session: SessionFormation) -> str:
    return courriels.lien("formation:session", session.uuid)


def _aux_deux(modele: str, dossier: Dossier, *, pieces: Iterable[courriels.PieceJointe] = (), **autres: Any) -> None:
    """The person, then the structure, each with the address of their own page."""
    pieces = list(pieces)
    courriels.envoyer(
        f"formation/{modele}",
        destinataires=[dossier.mise_en_relation.candidat.utilisateur.email],
        contexte=contexte_du_dossier(dossier, lien=courriels.lien("formation:candidat"), **autres),
        objet=dossier,
        pieces=pieces,
    )
    _a_la_structure(modele, dossier, pieces=pieces, **autres)


def _a_la_structure(
    modele: str, dossier: Dossier, *, pieces: Iterable[courriels.PieceJointe] = (), **autres: Any
) -> None:
    courriels.envoyer(
        f"formation/{modele}",
        destinataires=adresses_administrateurs(dossier.structure),
        contexte=contexte_du_dossier(dossier, lien=lien_structure(dossier), **autres),
        objet=dossier,
        pieces=pieces,
    )


def _a_l_organisme(modele: str, organisme: Organisme, dossier: Dossier, **autres: Any) -> None:
    courriels.envoyer(
        f"formation/{modele}",
        destinataires=[organisme.courriel],
        contexte=contexte_du_dossier(dossier, organisme=organisme, lien=lien_organisme(dossier), **autres),
        objet=dossier,
    )
