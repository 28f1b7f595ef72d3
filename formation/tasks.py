"""The closing of enrolments as a job (R82): every night, for the sessions whose closing date has passed."""

from __future__ import annotations

import datetime as dt
import logging

from celery import shared_task
from django.utils import timezone

from formation.actions import cloturer_inscriptions
from formation.actions.sessions import a_clore
from formation.enums import EtatSession
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import ErreurMetier
from portal.commun.taches import tache_suivie

logger = logging.getLogger(__name__)
NOM = "formation.cloturer_sessions"


@shared_task(name=NOM)
def lancer_clotures() -> None:
    """One run at a time; each session in its own transaction, so that one that fails does not hold the others."""
    with tache_suivie(NOM) as execution:
        if execution is None:
            return
        bilan = cloturer_sessions(timezone.localdate())
        execution.resultat.update(bilan)
        if bilan["en_echec"]:
            raise RuntimeError(f"{bilan['en_echec']} session(s) not closed")


def cloturer_sessions(le: dt.date) -> dict[str, int]:
    """Confirmed or moved, from the state of the database: run twice, or late by a week, it closes each session once."""
    bilan = {"confirmees": 0, "reportees": 0, "en_echec": 0}
    for session in list(a_clore(le)):
        try:
            close = cloturer_inscriptions(acteur=Acteur.systeme(), session=session, le=le)
        except ErreurMetier:
            # Its body closed it, or called it off, in the meantime.
            logger.info("Session %s déjà close", session.uuid)
        except Exception:
            logger.exception("Session %s non close", session.uuid)
            bilan["en_echec"] += 1
        else:
            bilan["confirmees" if close.etat == EtatSession.CONFIRMEE else "reportees"] += 1
    return bilan
