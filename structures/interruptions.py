"""What the end of a free post, or its transfer, interrupts on the floors above: said before the button (R29, R30).

Nothing holds a free post here, but people may be on their way to it. Each floor that acts on `poste.ferme` and
`poste.transfere` registers a supplier that says beforehand, for a list of posts, what it would then end; in one round,
whatever the number of posts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from structures.models import Poste

# By the key of the post, what would end: parts of sentences, without their full stop.
Fournisseur = Callable[[Sequence["Poste"]], dict[int, list[str]]]

_fournisseurs: list[Fournisseur] = []


def enregistrer(fournisseur: Fournisseur) -> None:
    """Called once per floor at start-up."""
    _fournisseurs.append(fournisseur)


def phrases(postes: Iterable[Poste]) -> list[str]:
    """One sentence per post that somebody is on the way to."""
    postes = list(postes)
    parties: dict[int, list[str]] = defaultdict(list)
    for fournisseur in _fournisseurs if postes else ():
        for cle, dites in fournisseur(postes).items():
            parties[cle] += dites
    return [f"Poste n° {poste.numero} : {' ; '.join(parties[poste.pk])}." for poste in postes if parties.get(poste.pk)]
