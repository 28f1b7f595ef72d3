"""R47, R48: among eligible pairs, which ones to propose, each post and each candidate within its cap. Pure.

1. *Greedy by scarcity.* The posts with the fewest eligible candidates choose first.
2. *Repair.* A post that lacks proposals looks for a chain of exchanges that frees a candidate at the cap of R48: when
   none is left, no other choice would make more proposals. Then the posts that lack the least take from those that
   cannot be completed anyway, so that more posts have their three.
3. *Improvement.* A post swaps a proposal for a better candidate under the cap, or at the cap when one of those who
   hold that candidate can take another and both together gain.

Making the most posts with three is a hard problem (it holds three-dimensional matching): step 2 is a heuristic for it,
exact for the number of proposals. `docs/appariement.md` says how far all this is from the optimum.

The loops are written for `candidats.compilation`: numbers and arrays only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from candidats.compilation import compilee

if TYPE_CHECKING:
    from candidats.appariement import Paires

PASSES_D_AMELIORATION = 10
# A chain longer than that is not looked for when posts that cannot be completed give theirs up.
POSTES_VISITES_MAX = 40
# Beyond that many pairs, the loops are compiled; the tests lower it.
PAIRES_INTERPRETEES = 20_000
GAIN_MINIMAL = 1e-6
AUCUN = -1


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
    faire = partager if len(paires) <= PAIRES_INTERPRETEES else compilee(partager, *AIDES)
    faire(etat, ordre)
    return np.flatnonzero(etat.prise)


def partager(e, ordre):
    glouton(e, ordre)
    tour = reparer(e, 0)
    completer(e, tour)
    ameliorer(e)


def prendre(e, a):
    p, c = e.poste[a], e.candidat[a]
    e.prise[a] = True
    e.manque[p] -= 1
    e.reste[c] -= 1
    e.tenu[e.place[c] + e.tenus[c]] = a
    e.tenus[c] += 1


def rendre(e, a):
    p, c = e.poste[a], e.candidat[a]
    e.prise[a] = False
    e.manque[p] += 1
    e.reste[c] += 1
    i = e.place[c]
    while e.tenu[i] != a:
        i += 1
    # The order of those who hold somebody is kept: the same data give the same exchanges.
    e.tenus[c] -= 1
    for j in range(i, e.place[c] + e.tenus[c]):
        e.tenu[j] = e.tenu[j + 1]


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
    """Along the chain, each post gives up what the one before takes; returns how many exchanges, for `defaire`."""
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
    a_completer = incomplets(e)
    for p in a_completer:
        if e.manque[p] <= 0:
            continue
        avant = e.manque[p]
        e.donneur[:] = False
        for q in a_completer:
            e.donneur[q] = q != p and e.manque[q] >= avant
        memoire = e.prise.copy()
        while e.manque[p] > 0:
            tour += 1
            fin, cedee, _ = chercher_chaine(e, p, tour, True, POSTES_VISITES_MAX)
            if fin == AUCUN:
                break
            appliquer(e, fin, cedee)
        if 0 < e.manque[p] < avant:
            revenir(e, memoire)


def revenir(e, memoire):
    """The pairs as they were: the exchanges tried did not complete the post."""
    for a in range(len(memoire)):
        if e.prise[a] and not memoire[a]:
            rendre(e, a)
    for a in range(len(memoire)):
        if memoire[a] and not e.prise[a]:
            prendre(e, a)


def ameliorer(e):
    for _ in range(PASSES_D_AMELIORATION):
        change = False
        for p in range(len(e.manque)):
            if ameliorer_un(e, p):
                change = True
        if not change:
            return


def ameliorer_un(e, p):
    """A better candidate takes the place of the worst proposal of a post."""
    change = False
    for a in range(e.debut[p], e.debut[p + 1]):
        if e.prise[a]:
            continue
        pire = AUCUN
        for autre in range(e.debut[p + 1] - 1, a, -1):
            if e.prise[autre]:
                pire = autre
                break
        # Best first: a pair later in the list than the worst one held cannot be better.
        if pire == AUCUN:
            break
        gain = e.score[a] - e.score[pire]
        if gain <= GAIN_MINIMAL:
            continue
        if e.reste[e.candidat[a]] > 0:
            rendre(e, pire)
            prendre(e, a)
            change = True
        elif deplacer(e, a, pire, gain):
            change = True
    return change


def deplacer(e, a, pire, gain):
    """The candidate of `a` is at the cap: one of the posts that hold them takes another, if both together gain."""
    c, libere = e.candidat[a], e.candidat[pire]
    meilleur, cedee, prise = GAIN_MINIMAL, AUCUN, AUCUN
    for i in range(e.place[c], e.place[c] + e.tenus[c]):
        autre = e.tenu[i]
        q = e.poste[autre]
        for b in range(e.debut[q], e.debut[q + 1]):
            if e.prise[b] or not (e.reste[e.candidat[b]] > 0 or e.candidat[b] == libere):
                continue
            ensemble = gain + e.score[b] - e.score[autre]
            if ensemble > meilleur:
                meilleur, cedee, prise = ensemble, autre, b
            break
    if prise == AUCUN:
        return False
    rendre(e, pire)
    rendre(e, cedee)
    prendre(e, a)
    prendre(e, prise)
    return True


AIDES = (
    prendre,
    rendre,
    glouton,
    incomplets,
    chercher_chaine,
    appliquer,
    reparer,
    revenir,
    completer,
    deplacer,
    ameliorer_un,
    ameliorer,
)
