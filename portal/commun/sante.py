"""State of the portal for a monitor: database, Redis, worker, age of each job. No secret, no personal data."""

from __future__ import annotations

import logging
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from portal.commun.taches import dernieres_executions

logger = logging.getLogger(__name__)

CLE_OUVRIER = "sante:ouvrier"
# Mails are sent every 20 seconds: two minutes of silence means that the worker or its clock has stopped.
DUREE_OUVRIER_S = 120


def etat_du_portail() -> dict[str, Any]:
    """`etat` is « ok » when everything answers, « degrade » otherwise."""
    base, taches = _base()
    redis, ouvrier = _redis()
    tout_va = base == redis == ouvrier == "ok"
    return {
        "etat": "ok" if tout_va else "degrade",
        "base": base,
        "redis": redis,
        "ouvrier": ouvrier,
        "taches": taches,
    }


def _base() -> tuple[str, dict[str, Any]]:
    try:
        with connection.cursor() as curseur:
            curseur.execute("SELECT 1")
        maintenant = timezone.now()
        return "ok", {
            ligne.nom: {
                "derniere": ligne.debut.isoformat(timespec="seconds"),
                "age_s": int((maintenant - ligne.debut).total_seconds()),
                "reussie": ligne.reussie,
            }
            for ligne in dernieres_executions()
        }
    except Exception:
        logger.exception("La base ne répond pas")
        return "absente", {}


def _redis() -> tuple[str, str]:
    try:
        vivant = cache.get(CLE_OUVRIER)
    except Exception:
        logger.exception("Redis ne répond pas")
        return "absent", "inconnu"
    return "ok", "ok" if vivant else "absent"
