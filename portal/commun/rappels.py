"""Deadline reminders (R30, R67, R92): each app declares its own in `<app>/rappels.py`; one job runs them all.

A reminder is a function of the day: run twice, or late by a week, it sends each message once (`une_fois`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.db import models, transaction
from django.utils.module_loading import autodiscover_modules

from portal.commun.courriels import envoyer
from portal.commun.models import RappelEnvoye

logger = logging.getLogger(__name__)

FonctionRappel = Callable[[date], int]
_rappels: dict[str, FonctionRappel] = {}


def rappel(nom: str) -> Callable[[FonctionRappel], FonctionRappel]:
    """Register a function that sends the reminders of a day and returns how many it sent."""

    def enregistrer(fonction: FonctionRappel) -> FonctionRappel:
        deja = _rappels.get(nom)
        if deja is not None and deja.__qualname__ != fonction.__qualname__:
            raise ValueError(f"reminder declared twice: {nom}")
        _rappels[nom] = fonction
        return fonction

    return enregistrer


def rappels() -> dict[str, FonctionRappel]:
    """Every declared reminder, by name."""
    autodiscover_modules("rappels")
    return dict(sorted(_rappels.items()))


def une_fois(cle: str) -> bool:
    """True the first time a key is seen; inside the transaction of the message, so that both hold or neither."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("une_fois() is called inside the transaction of the reminder")
    return RappelEnvoye.objects.get_or_create(cle=cle)[1]


def rappeler_une_fois(
    cle: str,
    modele: str,
    *,
    destinataires: Iterable[str],
    contexte: Mapping[str, Any],
    objet: models.Model | None = None,
) -> bool:
    """Queue a mail unless this key already did; True when it was queued."""
    with transaction.atomic():
        if not une_fois(cle):
            return False
        envoyer(modele, destinataires=destinataires, contexte=contexte, objet=objet)
        return True


def lancer(le: date) -> tuple[dict[str, int], list[str]]:
    """Run every reminder of a day; one that fails is logged and named, the others go on."""
    envoyes: dict[str, int] = {}
    en_echec: list[str] = []
    for nom, fonction in rappels().items():
        try:
            envoyes[nom] = fonction(le)
        except Exception:
            logger.exception("Rappel %s en échec", nom)
            en_echec.append(nom)
    return envoyes, en_echec
