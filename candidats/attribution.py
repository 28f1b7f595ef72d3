"""R47, R48: among eligible pairs, which ones to propose, each post and each candidate within its cap. Pure.

1. *Greedy by scarcity.* The posts with the fewest eligible candidates choose first.
2. *Repair.* A post that lacks proposals looks for a chain of exchanges that frees a candidate at the cap of R48: when
   none is left, no other choice would make more proposals. Then the posts that lack the least take from those that
   cannot be completed anyway, so that more posts have their three.
3. *Improvement.* Circles of exchanges that raise the total score, as long as there are any: when none is left, no
   other choice with the same posts complete is better.

Making the most posts with three is a hard problem (it holds three-dimensional matching): step 2 is a heuristic for it,
exact for the number of proposals. `docs/appariement.md` says how far all this is from the optimum.

The loops are written for `candidats.compilation`: numbers and arrays only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from candidats import echanges
from candidats.compilation import compilee
from candidats.echanges import AUCUN, GAIN_MINIMAL, ameliorer, prendre, rendre

if TYPE_CHECKING:
    from candidats.appariement import Paires

# A chain longer than that is not looked for when posts that cannot be completed give theirs up.
POSTES_VISITES_MAX = 40
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


def attribuer(paires: Paires, places: np.ndarray, capacites: np.ndarray) -> np.ndarray:
    """The lines of the pairs to keep. `paires` are sorted by post, best first."""
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
        partager(etat, ordre, TRAVAIL_INTERPRETE // len(paires))
    else:
        compilee(partager, *AIDES)(etat, ordre, TRAVAIL_COMPILE // len(paires))
    return np.flatnonzero(etat.prise)


def partager(e, ordre, essais):
    glouton(e, ordre)
    tour = reparer(e, 0)
    tour = completer(e, tour)
    ameliorer(e)
    changer_de_postes(e, tour, essais)


def glouton(e, ordre):
    """The posts with the fewest candidates choose first."""
    for p in ordre:
        for a in range(e.debut[p], e.debut[p + 1]):
            if e.manque[p] <= 0:
                break
            if e.reste[e.candidat[a]] > 0:
                prendre(e, a)


def incomplets(e):
    """The posts that lack proposals, those that lack the least first."""
    lesquels = np.empty(len(e.manque), dtype=np.int64)
    nombre = 0
    for manque in range(1, e.manque.max() + 1):
        for p in range(len(e.manque)):
            if e.manque[p] == manque:
                lesquels[nombre] = p
                nombre += 1
    return lesquels[:nombre]


def chercher_chaine(e, depart, tour, vers_donneur, limite):
    """Breadth first, from a post that lacks one: the pair that ends the chain, the one given up for it, posts met.

    It ends at a candidate under the cap, or (`vers_donneur`) at a pair that a giving post holds.
    """
    e.vu[depart] = tour
    e.venu_prise[depart] = AUCUN
    e.file[0] = depart
    tete, queue = 0, 1
    while tete < queue:
        p = e.file[tete]
        tete += 1
        for a in range(e.debut[p], e.debut[p + 1]):
            if e.prise[a]:
                continue
            c = e.candidat[a]
            if not vers_donneur and e.reste[c] > 0:
                return a, AUCUN, queue
            for i in range(e.place[c], e.place[c] + e.tenus[c]):
                autre = e.tenu[i]
                q = e.poste[autre]
                if e.vu[q] == tour:
                    continue
                if vers_donneur and e.donneur[q]:
                    return a, autre, queue
                if not vers_donneur and e.sans_issue[q]:
                    continue
                e.vu[q] = tour
                e.venu_prise[q] = a
                e.venu_cedee[q] = autre
                e.file[queue] = q
                queue += 1
        if limite > 0 and queue > limite:
            break
    return AUCUN, AUCUN, queue


def appliquer(e, fin, cedee):
    """Along the chain, each post gives up what the one before takes."""
    if cedee != AUCUN:
        rendre(e, cedee)
    a = fin
    while True:
        p = e.poste[a]
        suivante = e.venu_prise[p]
        if suivante != AUCUN:
            rendre(e, e.venu_cedee[p])
        prendre(e, a)
        if suivante == AUCUN:
            return
        a = suivante


def reparer(e, tour):
    """Chains of exchanges, until none adds a proposal. What a failed search has met leads nowhere for good."""
    e.sans_issue[:] = False
    for p in incomplets(e):
        while e.manque[p] > 0:
            tour += 1
            fin, cedee, rencontres = chercher_chaine(e, p, tour, False, 0)
            if fin == AUCUN:
                for i in range(rencontres):
                    e.sans_issue[e.file[i]] = True
                break
            appliquer(e, fin, cedee)
    return tour


def completer(e, tour):
    """Posts that lack the least take from those that lack more, when it gives them their three."""
    for p in incomplets(e):
        tour = completer_un(e, p, e.manque[p], tour)
    return tour


def completer_un(e, p, seuil, tour):
    """All that this post lacks, from posts that lack `seuil` or more, or nothing."""
    avant = e.manque[p]
    if avant <= 0:
        return tour
    for q in range(len(e.manque)):
        e.donneur[q] = q != p and e.manque[q] >= seuil
    memoire = e.prise.copy()
    while e.manque[p] > 0:
        tour += 1
        fin, cedee, _ = chercher_chaine(e, p, tour, True, POSTES_VISITES_MAX)
        if fin == AUCUN:
            break
        appliquer(e, fin, cedee)
    if 0 < e.manque[p] < avant:
        revenir(e, memoire)
    return tour


def revenir(e, memoire):
    """The pairs as they were: the exchanges tried did not complete the post."""
    for a in range(len(memoire)):
        if e.prise[a] and not memoire[a]:
            rendre(e, a)
    for a in range(len(memoire)):
        if memoire[a] and not e.prise[a]:
            prendre(e, a)


def changer_de_postes(e, tour, essais):
    """Another choice of the posts that have their three: one gives all it has to one that lacks some.

    Kept when more posts are complete, or as many with a better total, `essais` times at most.
    """
    change = True
    essaye, marque = np.zeros(len(e.manque), dtype=np.int64), 0
    while change and essais > 0:
        change = False
        for p in incomplets(e):
            marque += 1
            a = e.debut[p]
            while a < e.debut[p + 1] and e.manque[p] > 0 and essais > 0:
                q = complet_a_essayer(e, a, essaye, marque)
                if q == AUCUN:
                    a += 1
                    continue
                essaye[q] = marque
                essais -= 1
                tour, mieux = essayer(e, p, q, tour)
                change = change or mieux
    return tour


def complet_a_essayer(e, a, essaye, marque):
    """A complete post, not tried yet for this one, that holds the candidate of this pair."""
    c = e.candidat[a]
    if not e.prise[a]:
        for i in range(e.place[c], e.place[c] + e.tenus[c]):
            q = e.poste[e.tenu[i]]
            if e.manque[q] <= 0 and essaye[q] != marque:
                return q
    return AUCUN


def essayer(e, p, q, tour):
    """`q` gives all it has, `p` is served before anybody; what results is kept if it is better."""
    memoire, avant, total = e.prise.copy(), np.sum(e.manque <= 0), np.sum(e.score[e.prise])
    for b in range(e.debut[q], e.debut[q + 1]):
        if e.prise[b]:
            rendre(e, b)
    tour = completer_un(e, p, 1, tour)
    tour = completer(e, reparer(e, tour))
    ameliorer(e)
    apres = np.sum(e.manque <= 0)
    mieux = apres > avant or (apres == avant and np.sum(e.score[e.prise]) > total + GAIN_MINIMAL)
    if not mieux:
        revenir(e, memoire)
    return tour, mieux


AIDES = (
    *echanges.AIDES,
    glouton,
    incomplets,
    chercher_chaine,
    appliquer,
    reparer,
    revenir,
    completer_un,
    completer,
    complet_a_essayer,
    essayer,
    changer_de_postes,
)
