"""What the pages of training show, read once: the body, the sessions, what can be done now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from formation import lectures
from formation.acces import lots_de
from formation.actions.communs import ETATS_ANNULABLES
from formation.enums import Etape, EtatPositionnement, EtatSession, Modalite
from formation.models import Lot, Organisme, Positionnement, PriseDeContact, SessionFormation
from formation.parcours import situation_de
from formation.regles import SEUIL_PRESENTIEL, IssueSession, est_en_alternance, issue_de_session, places_avant_le_seuil
from formation.suivi import Suivi, suivi_de
from portal.commun.acteurs import Acteur
from subventions.models import Dossier

SESSIONS_MONTREES = 20


@dataclass(frozen=True)
class FicheOrganisme:
    """A body of the territory, why it is one, and the contact already made for this file (R80)."""

    organisme: Organisme
    lots: list[Lot]
    contact: PriseDeContact | None

    @property
    def en_presentiel(self) -> bool:
        return any(lot.modalite == Modalite.PRESENTIEL for lot in self.lots)

    @property
    def modalites(self) -> str:
        distance = any(lot.modalite == Modalite.DISTANCE for lot in self.lots)
        if self.en_presentiel and distance:
            return "En présentiel et à distance"
        return "En présentiel" if self.en_presentiel else "À distance"


def fiches_organismes(suivi: Suivi) -> list[FicheOrganisme]:
    """The bodies of the structure's territory, in person first."""
    contacts = {contact.organisme_id: contact for contact in suivi.contacts}
    par_organisme: dict[Organisme, list[Lot]] = {}
    for lot in lots_de(suivi.dossier.structure):
        par_organisme.setdefault(lot.organisme, []).append(lot)
    return [FicheOrganisme(organisme, lots, contacts.get(organisme.pk)) for organisme, lots in par_organisme.items()]


def sessions_a_choisir(suivi: Suivi) -> list[SessionFormation]:
    """R81: once the hours are known, and as long as the person has no seat."""
    if suivi.etape is not Etape.SESSION or suivi.test is None:
        return []
    sessions = lectures.sessions_proposees(suivi.dossier.structure, suivi.test.heures, suivi.aujourdhui)
    return list(sessions[:SESSIONS_MONTREES])


def contexte_suivi(dossier: Dossier, acteur: Acteur) -> dict[str, Any]:
    """The facts that all readers share."""
    suivi = suivi_de(dossier)
    inscription = suivi.inscription
    return {
        "suivi": suivi,
        "dossier": suivi.dossier,
        "situation": situation_de(suivi, acteur),
        "test": suivi.test,
        "test_a_venir": test_a_venir(suivi.test),
        "inscription": inscription,
        "session": inscription.session if inscription else None,
        "alternance": suivi.test is not None and suivi.test.heures is not None and est_en_alternance(suivi.test.heures),
        "annulable": inscription is not None and inscription.etat in ETATS_ANNULABLES,
    }


def test_a_venir(test: Positionnement | None) -> bool:
    if test is None or test.etat != EtatPositionnement.PROPOSE:
        return False
    return test.creneau > timezone.now()


@dataclass(frozen=True)
class EtatDesInscriptions:
    """R82: where a session stands against its threshold and its seats."""

    inscrits: int
    attente: int
    places: int
    manquants: int
    issue: IssueSession
    a_clore: bool
    seuil: int = SEUIL_PRESENTIEL


def etat_des_inscriptions(session: SessionFormation) -> EtatDesInscriptions:
    """The session comes from `lectures.avec_places`."""
    en_presentiel = session.modalite == Modalite.PRESENTIEL
    issue = issue_de_session(
        en_presentiel=en_presentiel,
        inscrits=session.nb_inscrits,
        cloture_le=session.cloture_le,
        aujourdhui=timezone.localdate(),
    )
    return EtatDesInscriptions(
        inscrits=session.nb_inscrits,
        attente=session.nb_attente,
        places=max(0, session.capacite - session.nb_inscrits),
        manquants=places_avant_le_seuil(session.nb_inscrits) if en_presentiel else 0,
        issue=issue,
        a_clore=session.etat == EtatSession.OUVERTE and issue is not IssueSession.EN_ATTENTE,
    )
