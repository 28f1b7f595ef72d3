"""Enumerations that carry their French label and need no ORM, so that the pure rules may use them."""

from __future__ import annotations

from enum import StrEnum


class EnumLibelle(StrEnum):
    """A `StrEnum` whose members are written `NOM = "valeur", "Libellé"`.

    A `TextChoices` of the same values compares equal to it; `choix()` feeds a form field or a model field directly.
    """

    libelle: str

    def __new__(cls, valeur: str, libelle: str = "") -> EnumLibelle:
        membre = str.__new__(cls, valeur)
        membre._value_ = valeur
        membre.libelle = libelle or valeur
        return membre

    @classmethod
    def choix(cls) -> list[tuple[str, str]]:
        return [(membre.value, membre.libelle) for membre in cls]
