"""The training sessions of the story: two under way, then one of each duration to come, in Moulins and remote (R81)."""

from __future__ import annotations

from demo.agenda import Agenda
from demo.scenario.acteurs import A_DISTANCE, SYSTEME, acteur
from demo.scenario.destins import (
    A_VENIR,
    DEBUT_DISTANCE,
    DEBUT_MOULINS,
    DISTANCE_EN_COURS,
    HEURES,
    MOULINS_A_VENIR,
    MOULINS_EN_COURS,
)
from formation.actions import creer_session
from formation.enums import Modalite
from formation.models import Organisme, SessionFormation
from formation.regles import est_en_alternance
from portal.territoires.models import Commune

MOULINS = "03190"


def organisme_du_compte() -> Organisme:
    """The body of the demo's account."""
    return Organisme.objects.get(organisation=acteur("organisme@demo.example").organisation_id)


def creer_sessions(agenda: Agenda) -> dict[str, SessionFormation]:
    """Those that people of the story attend, by their key; the others are for whoever tries the demo."""
    a_venir = {
        (modalite, heures): _creer(agenda, modalite, heures, debut, cloture=debut - 10)
        for modalite, debuts in A_VENIR.items()
        for heures, debut in debuts.items()
    }
    return {
        DISTANCE_EN_COURS: _creer(
            agenda, Modalite.DISTANCE, HEURES[DISTANCE_EN_COURS], DEBUT_DISTANCE, cloture=DEBUT_DISTANCE - 1
        ),
        MOULINS_EN_COURS: _creer(
            agenda, Modalite.PRESENTIEL, HEURES[MOULINS_EN_COURS], DEBUT_MOULINS, cloture=DEBUT_MOULINS - 10
        ),
        MOULINS_A_VENIR: a_venir[Modalite.PRESENTIEL, HEURES[MOULINS_A_VENIR]],
    }


def _creer(agenda: Agenda, modalite: str, heures: int, debut: int, *, cloture: int) -> SessionFormation:
    """In Moulins by the body of the demo's account, or remote by the national one."""
    sur_place = modalite == Modalite.PRESENTIEL
    return creer_session(
        acteur=acteur("organisme@demo.example") if sur_place else SYSTEME,
        organisme=organisme_du_compte() if sur_place else Organisme.objects.get(nom=A_DISTANCE),
        donnees={
            "modalite": modalite,
            "commune": Commune.objects.get(pk=MOULINS) if sur_place else None,
            "lieu": "12 rue du Pont" if sur_place else "Classe virtuelle",
            "heures": heures,
            "debut": agenda.jour(debut),
            "fin": agenda.jour(debut + _semaines(heures) * 7),
            "cloture_le": agenda.jour(cloture),
            "capacite": 12 if sur_place else 30,
        },
    )


def _semaines(heures: int) -> int:
    """R81: seven hours a week when one day a week, 35 otherwise."""
    return heures // (7 if est_en_alternance(heures) else 35)
