"""Celery tasks of the subsidy; the schedule stands in `portal/celery.py`."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.taches import tache_suivie
from subventions.actions import ouvrir_tranches

NOM = "subventions.ouvrir_tranches"


@shared_task(name=NOM)
def ouvrir_les_tranches() -> None:
    """R65: the payment-date job, every night."""
    with tache_suivie(NOM) as execution:
        if execution is None:
            return
        bilan = ouvrir_tranches(acteur=Acteur.systeme(), le=timezone.localdate())
        execution.resultat.update({"exigibles": bilan.exigibles, "montant": f"{bilan.montant:.2f}"})
