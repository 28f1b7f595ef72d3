"""Rows under lock with what they point to, as it is once the lock is held.

`select_for_update` and `select_related` do not go together when the foreign key may change: after a wait, PostgreSQL
checks the join again between the row as it is now and the joined rows as they were before, and a row that points
elsewhere meanwhile is not returned at all. So the rows are locked alone, then read.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def sous_verrou(modele: type[M], cle: Any, *lies: str) -> M:
    """One row under lock, with what `lies` names; `DoesNotExist` when it is gone."""
    modele.objects.select_for_update(of=("self",), no_key=True).values_list("pk").get(pk=cle)
    return modele.objects.select_related(*lies).get(pk=cle)


def toutes_sous_verrou(lignes: QuerySet[M], *lies: str) -> list[M]:
    """Several rows under lock, always in the order of their keys, with what `lies` names.

    `lignes` is what is asked for; a row that no longer answers to it once the lock is held is left out.
    """
    alors = lignes.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk", flat=True)
    return list(lignes.model.objects.filter(pk__in=list(alors)).select_related(*lies).order_by("pk"))
