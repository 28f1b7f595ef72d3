"""What a business verb raises instead of returning False. Messages are French sentences shown as they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class ErreurMetier(Exception):
    """Something the domain refuses. `message` is a complete French sentence for the person who asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


class TransitionInterdite(ErreurMetier):
    """The object is not in a state from which the verb may start."""


class RegleNonRespectee(ErreurMetier):
    """A numbered rule of the domain is broken.

    `regle` is the rule's number ("R62"); `champ` names the form field to show the message next to, when there is one.
    """

    def __init__(self, regle: str, message: str, champ: str | None = None) -> None:
        super().__init__(message)
        self.regle = regle
        self.champ = champ


class AccesRefuse(ErreurMetier):
    """The object is inside the actor's perimeter, but this is not theirs to do (403, with the reason)."""


@dataclass(frozen=True)
class Manquement:
    """One broken rule among several, reported together so that a form shows them all at once.

    `bloquant` is False for a warning: it is shown, and the verb goes on.
    """

    regle: str
    message: str
    champ: str | None = None
    bloquant: bool = True


def bloquants(manquements: Iterable[Manquement]) -> list[Manquement]:
    """The ones that stop the verb."""
    return [manquement for manquement in manquements if manquement.bloquant]


def exiger(manquements: Iterable[Manquement]) -> None:
    """Raise `RegleNonRespectee` for the first blocking one; warnings pass."""
    for manquement in bloquants(manquements):
        raise RegleNonRespectee(manquement.regle, manquement.message, manquement.champ)
