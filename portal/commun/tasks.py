"""Celery tasks of the kernel; the schedule stands in `portal/celery.py`."""

from __future__ import annotations

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from portal.commun import courriels, purge, rappels
from portal.commun.sante import CLE_OUVRIER, DUREE_OUVRIER_S
from portal.commun.taches import tache_suivie


@shared_task(name="commun.envoyer_courriels")
def envoyer_courriels() -> None:
    """Send the queued mails; also the worker's sign of life, since it runs every few seconds."""
    cache.set(CLE_OUVRIER, timezone.now().isoformat(), DUREE_OUVRIER_S)
    with tache_suivie("commun.envoyer_courriels", historique=False) as execution:
        if execution is not None:
            execution.resultat.update(courriels.envoyer_en_attente())


@shared_task(name="commun.rappels")
def envoyer_rappels() -> None:
    """Send the reminders of the day."""
    with tache_suivie("commun.rappels") as execution:
        if execution is None:
            return
        envoyes, en_echec = rappels.lancer(timezone.localdate())
        execution.resultat.update({"envoyes": envoyes, "en_echec": en_echec})
        if en_echec:
            raise RuntimeError(f"reminders failed: {', '.join(en_echec)}")


@shared_task(name="commun.purger")
def purger() -> None:
    """Delete what has no reason to be kept any longer."""
    with tache_suivie("commun.purger") as execution:
        if execution is not None:
            execution.resultat.update(purge.purger(timezone.localdate()))
