"""Invariants that SQL constraints cannot say, each with its key, proved by `manage.py verifier_coherence`.

An app puts its own in `<app>/coherence.py`; the modules are imported when the command runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.module_loading import autodiscover_modules

Controle = Callable[[], "QuerySet[Any] | Iterable[Any] | int"]


@dataclass(frozen=True, slots=True)
class Invariant:
    cle: str
    description: str
    controle: Controle


@dataclass(frozen=True, slots=True)
class Constat:
    """The result of one invariant: how many violations, and a few examples to start from."""

    cle: str
    description: str
    violations: int
    exemples: list[str]


_invariants: dict[str, Invariant] = {}


def invariant(cle: str, description: str) -> Callable[[Controle], Controle]:
    """Register a function that returns the violations of an invariant (a queryset, a list) or their number."""

    def enregistrer(fonction: Controle) -> Controle:
        deja = _invariants.get(cle)
        if deja is not None and deja.controle.__qualname__ != fonction.__qualname__:
            raise ValueError(f"invariant declared twice: {cle}")
        _invariants[cle] = Invariant(cle, description, fonction)
        return fonction

    return enregistrer


def invariants() -> list[Invariant]:
    """Every declared invariant, by key."""
    autodiscover_modules("coherence")
    return [_invariants[cle] for cle in sorted(_invariants)]


def verifier() -> list[Constat]:
    """Run every invariant."""
    return [_constater(ligne) for ligne in invariants()]


def _constater(ligne: Invariant) -> Constat:
    resultat = ligne.controle()
    if isinstance(resultat, int):
        return Constat(ligne.cle, ligne.description, resultat, [])
    if isinstance(resultat, QuerySet):
        nombre = resultat.count()
        exemples = [_nommer(objet) for objet in resultat[:5]] if nombre else []
        return Constat(ligne.cle, ligne.description, nombre, exemples)
    fautifs = list(resultat)
    return Constat(ligne.cle, ligne.description, len(fautifs), [_nommer(objet) for objet in fautifs[:5]])


def _nommer(objet: Any) -> str:
    # The identifier only: the output of the command may travel, names must not.
    return str(getattr(objet, "uuid", None) or getattr(objet, "pk", None) or objet)
