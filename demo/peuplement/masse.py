"""Bulk creation that keeps what one-by-one creation keeps: the history row of each object (R110)."""

from __future__ import annotations

from typing import TypeVar

from django.db import models

from portal.commun.acteurs import Acteur
from portal.commun.historique import historiser

LOT = 2000
M = TypeVar("M", bound=models.Model)


def creer(modele: type[M], objets: list[M]) -> list[M]:
    """Insert `objets` and their « created » history rows; the keys are set on the objects."""
    crees = modele._default_manager.bulk_create(objets, batch_size=LOT)
    if hasattr(modele, "history"):
        cles = [objet.pk for objet in crees]
        historiser(modele, cles, creation=True, acteur=Acteur.systeme(), motif="Échantillon national")
    return crees
