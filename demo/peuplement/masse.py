"""Bulk creation that keeps what one-by-one creation keeps: the history row of each object (R110)."""

from __future__ import annotations

from typing import TypeVar

from django.db import models

LOT = 2000
M = TypeVar("M", bound=models.Model)


def creer(modele: type[M], objets: list[M]) -> list[M]:
    """Insert `objets` and their « created » history rows; the keys are set on the objects."""
    crees = modele._default_manager.bulk_create(objets, batch_size=LOT)
    if hasattr(modele, "history"):
        modele.history.bulk_history_create(crees, batch_size=LOT, default_change_reason="Échantillon national")
    return crees
