"""The context in which a change is recorded: who, as what role, why (R110).

A verb opens it (`portal.commun.verbes.verbe`); django-simple-history's rows take their author, role and reason from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from portal.commun.acteurs import Acteur


@dataclass(frozen=True, slots=True)
class Contexte:
    acteur: Acteur
    motif: str


_contexte: ContextVar[Contexte | None] = ContextVar("journal", default=None)


def contexte_courant() -> Contexte | None:
    """The context of the verb being run, None outside a verb."""
    return _contexte.get()


@contextmanager
def journal(acteur: Acteur, motif: str = "") -> Iterator[None]:
    """Every history row written inside is signed by `acteur`, with `motif` as the reason.

    A verb called by another one keeps the outer reason unless it brings its own.
    """
    avant = _contexte.get()
    jeton = _contexte.set(Contexte(acteur, motif or (avant.motif if avant else "")))
    try:
        yield
    finally:
        _contexte.reset(jeton)
