"""The engine as a job (R55): every night, and sooner when something wide changes."""

from __future__ import annotations

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from candidats.actions import apparier
from portal.commun.acteurs import Acteur
from portal.commun.taches import tache_suivie

logger = logging.getLogger(__name__)
NOM = "candidats.apparier"


@shared_task(name=NOM)
def lancer_appariement() -> None:
    """One national run; a second one at the same time does nothing."""
    with tache_suivie(NOM) as execution:
        if execution is not None:
            execution.resultat.update(apparier(acteur=Acteur.systeme()).en_dict())


def demander_appariement() -> None:
    """Ask for a run now. Without a broker, nothing is lost: the nightly run works from the state of the database."""
    try:
        lancer_appariement.apply_async(retry=False)
    except (OperationalError, OSError):
        logger.warning("Appariement non demandé : la file des tâches ne répond pas")
