"""R47, R48: among eligible pairs, which ones to propose, each post and each candidate within its cap. Pure.

1. *Greedy by scarcity.* The posts with the fewest eligible candidates choose first.
2. *Repair.* A post that lacks proposals looks for a chain of exchanges that frees a candidate at the cap of R48: when
   none is left, no other choice would make more proposals. Then the posts that lack the least take from those that
   cannot be completed anyway, so that more posts have their three.
3. *Improvement.* Exchanges in circles, or that end under a cap, raise the total score: when none is left, no other
   choice with the same posts complete is better. Their number is bounded.
4. *Another choice of posts.* A post that has its three gives all to one that lacks some; what results is kept when it
   is better. The number of tries is bounded.

Making the most posts with three is a hard problem (it holds three-dimensional matching): steps 2 and 4 are a heuristic
for it, exact for the number of proposals. `docs/appariement.md` says how far all this is from the optimum.

The loops stand in `candidats.echanges`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from candidats import echanges
from candidats.compilation import compilee

if TYPE_CHECKING:
    from candidats.appariement import Paires

# Beyond that many pairs, the loops are compiled; the tests lower it.
PAIRES_INTERPRETEES = 2_000
# Pairs gone through by the tries of another choice of posts (many tries where there is little to try), in the one case
# and in the other.
TRAVAIL_INTERPRETE, TRAVAIL_COMPILE = 50_000, 10_000_000


class Etat(NamedTuple):
    """The pairs taken so far. Lines of pairs, posts and candidates are ranks; the pairs of post p stand together, best
    first, from `debut[p]` to `debut[p + 1]`; those who hold candidate c stand in `tenu`, from `place[c]`."""

    debut: np.ndarray
    poste: np.ndarray
    candidat: np.ndarray
    score: np.ndarray
    manque: np.ndarray
    reste: np.ndarray
    prise: np.ndarray
    place: np.ndarray
    tenus: np.ndarray
    tenu: np.ndarray
    # Of the search under way: posts met, in which order, and by which exchange.
    vu: np.ndarray
    file: np.ndarray
    venu_prise: np.ndarray
    venu_cedee: np.ndarray
    sans_issue: np.ndarray
    donneur: np.ndarray


def attribuer(paires: Paires, places: np.ndarray, capacites: np.ndarray, *, completes: bool = True) -> np.ndarray:
    """The lines of the pairs to keep. `paires` are sorted by post, best first.

    Unless they are `completes`, posts that lack some will look further: no other choice of posts is tried.
    """
    if not len(paires):
        return np.empty(0, dtype=np.int64)
    postes, debut, poste = np.unique(paires.poste, return_index=True, return_inverse=True)
    candidats, candidat, degres = np.unique(paires.candidat, return_inverse=True, return_counts=True)
    reste = capacites[candidats].astype(np.int64)
    place = np.concatenate(([0], np.cumsum(np.minimum(degres, np.maximum(reste, 0)))))
    entiers = lambda taille: np.zeros(taille, dtype=np.int64)  # noqa: E731 - a short name for what follows
    etat = Etat(
        debut=np.append(debut, len(paires)).astype(np.int64),
        poste=poste.astype(np.int64),
        candidat=candidat.astype(np.int64),
        score=paires.score.astype(np.float64),
        manque=places[postes].astype(np.int64),
        reste=reste,
        prise=np.zeros(len(paires), dtype=np.bool_),
        place=place.astype(np.int64),
        tenus=entiers(len(candidats)),
        tenu=entiers(max(1, int(place[-1]))),
        vu=entiers(len(postes)),
        file=entiers(len(postes)),
        venu_prise=entiers(len(postes)),
        venu_cedee=entiers(len(postes)),
        sans_issue=np.zeros(len(postes), dtype=np.bool_),
        donneur=np.zeros(len(postes), dtype=np.bool_),
    )
    ordre = np.argsort(np.diff(etat.debut), kind="stable")
    if len(paires) <= PAIRES_INTERPRETEES:
        echanges.partager(etat, ordre, completes * TRAVAIL_INTERPRETE // len(paires))
    else:
        compilee(echanges.partager, *echanges.AIDES)(etat, ordre, completes * TRAVAIL_COMPILE // len(paires))
    return np.flatnonzero(etat.prise)
