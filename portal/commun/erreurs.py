"""What a business verb raises instead of returning False. Messages are French sentences shown as they are."""

from __future__ import annotations


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
