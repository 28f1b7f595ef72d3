"""Rights that no state machine holds: who may call a verb, written once (DOMAIN §2).

Each floor declares its own in `<app>/droits.py`. The verb, the button of the administration, the page and
`docs/droits.md` all read the same line. A right says who may ask; the perimeter is `acces.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.module_loading import autodiscover_modules

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse
from portal.commun.roles import Role


@dataclass(frozen=True, slots=True)
class Droit:
    """`nom` is the verb; `refus` the sentence for who may not, when the general one does not say enough."""

    nom: str
    libelle: str
    regle: str
    roles: frozenset[str]
    refus: str = ""

    def permis(self, acteur: Acteur) -> bool:
        return acteur.est(*self.roles, Role.SYSTEME)

    def exiger(self, acteur: Acteur) -> None:
        """Raise `AccesRefuse` (403) for another role."""
        if not self.permis(acteur):
            defaut = f"Votre rôle ({Role(acteur.role).label}) ne permet pas cette action : {self.libelle}."
            raise AccesRefuse(self.refus or defaut)


_droits: dict[str, Droit] = {}


def declarer(nom: str, libelle: str, regle: str, roles: str | Iterable[str], refus: str = "") -> Droit:
    """One line of the table; a verb has one line."""
    droit = Droit(nom, libelle, regle, frozenset({roles} if isinstance(roles, str) else roles), refus)
    if _droits.setdefault(nom, droit) != droit:
        raise ValueError(f"right declared twice: {nom}")
    return droit


def droits() -> list[Droit]:
    """Every declared right, by name."""
    autodiscover_modules("droits")
    return [_droits[nom] for nom in sorted(_droits)]
