"""« À faire », at the top of the administration: what waits for the acting role, each figure with its list.

A floor above declares a supplier when its pages are registered; it counts inside the perimeter of the actor, in a
constant number of queries, and gives the address of the list filtered to exactly what it counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from portal.commun.acteurs import Acteur
from portal.commun.affichage import milliers
from portal.commun.roles import Role


@dataclass(frozen=True, slots=True)
class AFaire:
    """One line: how many, what they wait for (`un` for one of them, `plusieurs` for more), where they are listed."""

    nombre: int
    un: str
    plusieurs: str
    lien: str
    precision: str = ""

    @property
    def phrase(self) -> str:
        return f"{milliers(self.nombre)} {self.plusieurs if self.nombre > 1 else self.un}"


Fournisseur = Callable[[Acteur], Iterable[AFaire]]

_fournisseurs: dict[str, Fournisseur] = {}

RIEN = "Rien ne vous attend aujourd’hui. Ce qui demandera une action apparaîtra ici ; les listes sont plus bas."
RIEN_SELON_LE_ROLE = {
    Role.PREFECTURE: (
        "Rien ne vous attend aujourd’hui : aucune candidature de votre territoire n’est sans avis. "
        "Les nouvelles candidatures apparaîtront ici dès leur dépôt."
    ),
    Role.SGAR: (
        "Votre rôle donne à lire, sans rien à faire ici. Les candidatures, les comités et les postes de votre région "
        "sont dans les listes plus bas."
    ),
}


def fournir(etage: str, fournisseur: Fournisseur) -> None:
    """Declare what a floor has to show; a floor is declared once."""
    deja = _fournisseurs.setdefault(etage, fournisseur)
    if deja is not fournisseur:
        raise ValueError(f"two suppliers of « À faire » for {etage}")


def a_faire(acteur: Acteur) -> list[AFaire]:
    """What waits for `acteur`, in the order of the floors; nothing is shown for a zero."""
    return [ligne for fournisseur in _fournisseurs.values() for ligne in fournisseur(acteur) if ligne.nombre]


def rien_a_faire(acteur: Acteur) -> str:
    """The sentence of the empty state."""
    return RIEN_SELON_LE_ROLE.get(acteur.role, RIEN)
