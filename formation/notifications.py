"""The mails of training (R80 to R84, R113): who is told what, at which step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from formation.enums import EtatInscription
from formation.models import Inscription, Positionnement, PriseDeContact, SessionFormation
from portal.commun import courriels
from structures.destinataires import adresses_administrateurs
from subventions.models import Dossier


def _personne(dossier: Dossier) -> str:
    return dossier.mise_en_relation.candidat.utilisateur.email


def _contexte(dossier: Dossier, **autres: Any) -> dict[str, Any]:
    return {
        "dossier": dossier,
        "structure": dossier.structure,
        "personne": dossier.mise_en_relation.candidat.utilisateur.nom_complet,
        **autres,
    }


def _a_la_structure(modele: str, dossier: Dossier, **autres: Any) -> None:
    courriels.envoyer(
        f"formation/{modele}",
        destinataires=adresses_administrateurs(dossier.structure),
        contexte=_contexte(dossier, lien=courriels.lien("formation:structure"), **autres),
        objet=dossier,
    )


def _a_la_personne(modele: str, dossier: Dossier, **autres: Any) -> None:
    courriels.envoyer(
        f"formation/{modele}",
        destinataires=[_personne(dossier)],
        contexte=_contexte(dossier, lien=courriels.lien("formation:candidat"), **autres),
        objet=dossier,
    )


def notifier_contact_organisme(contact: PriseDeContact) -> None:
    """The body reads the message of the structure (R80)."""
    courriels.envoyer(
        "formation/contact_organisme",
        destinataires=[contact.organisme.courriel],
        contexte=_contexte(contact.dossier, contact=contact, lien=courriels.lien("formation:espace")),
        objet=contact.dossier,
    )


def notifier_contact_structure(contact: PriseDeContact) -> None:
    """The body made contact first: structure and person know who will write to them."""
    _a_la_structure("contact_structure", contact.dossier, contact=contact)
    _a_la_personne("contact_structure", contact.dossier, contact=contact)


def notifier_test(positionnement: Positionnement) -> None:
    """The slot of the placement test, to the person and to the structure (R81)."""
    _a_la_personne("test_propose", positionnement.dossier, positionnement=positionnement)
    _a_la_structure("test_propose", positionnement.dossier, positionnement=positionnement)


def notifier_resultat(positionnement: Positionnement) -> None:
    """The hours decided, to the person and to the structure, before the training starts (R81)."""
    _a_la_personne("test_resultat", positionnement.dossier, positionnement=positionnement)
    _a_la_structure("test_resultat", positionnement.dossier, positionnement=positionnement)


def notifier_dispense(positionnement: Positionnement) -> None:
    """The exemption from the course; the exams stay compulsory (R84)."""
    _a_la_personne("dispense", positionnement.dossier, positionnement=positionnement)
    _a_la_structure("dispense", positionnement.dossier, positionnement=positionnement)


def notifier_inscription(inscription: Inscription) -> None:
    """Enrolled, or on the waiting list."""
    _a_la_personne("inscription", inscription.dossier, inscription=inscription, session=inscription.session)
    _a_la_structure("inscription", inscription.dossier, inscription=inscription, session=inscription.session)


def notifier_inscription_annulee(inscription: Inscription) -> None:
    _a_la_personne("inscription_annulee", inscription.dossier, session=inscription.session)
    _a_la_structure("inscription_annulee", inscription.dossier, session=inscription.session)


def notifier_session_confirmee(session: SessionFormation) -> None:
    """R82: the session takes place; each enrolled person and structure is told."""
    for inscription in (
        session.inscriptions.filter(etat=EtatInscription.INSCRITE)
        .select_related("dossier__structure", "dossier__mise_en_relation__candidat__utilisateur")
        .order_by("pk")
    ):
        _a_la_personne("session_confirmee", inscription.dossier, session=session)
        _a_la_structure("session_confirmee", inscription.dossier, session=session)


def notifier_session_reportee(session: SessionFormation, inscriptions: Iterable[Inscription]) -> None:
    """R82: fewer than eight enrolled: the remote body is offered."""
    for inscription in inscriptions:
        _a_la_personne("session_reportee", inscription.dossier, session=session)
        _a_la_structure("session_reportee", inscription.dossier, session=session)


def notifier_depart(inscription: Inscription) -> None:
    """The person left for training: they are recruited (R54)."""
    _a_la_structure("depart", inscription.dossier, inscription=inscription, session=inscription.session)
    _a_la_personne("depart_personne", inscription.dossier, inscription=inscription, session=inscription.session)
