"""Who acts, as what role, for which body: the first argument of every verb and of every reading."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal.commun.roles import Role


@dataclass(frozen=True, slots=True)
class Acteur:
    """A person acting in one role for one body, or the portal itself.

    `departements` and `regions` are the codes of the perimeter of a prefecture, SGAR or hub; empty for the others.
    """

    role: Role
    utilisateur_id: int | None = None
    nom: str = ""
    courriel: str = ""
    organisation_id: int | None = None
    organisation_nom: str = ""
    departements: frozenset[str] = field(default_factory=frozenset)
    regions: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def systeme(cls, nom: str = "Portail") -> Acteur:
        """The portal's own jobs, commands and demo data."""
        return cls(role=Role.SYSTEME, nom=nom)

    @classmethod
    def visiteur(cls) -> Acteur:
        """Somebody who has not signed in."""
        return cls(role=Role.VISITEUR, nom="Visiteur")

    def est(self, *roles: str) -> bool:
        """True when the acting role is one of `roles`."""
        return self.role in roles

    @property
    def authentifie(self) -> bool:
        return self.utilisateur_id is not None
