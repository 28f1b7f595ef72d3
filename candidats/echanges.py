"""R47, R48: the loops of `candidats.attribution`, on its state. Pure.

The loops are written for `candidats.compilation`: numbers and arrays only.
"""

from __future__ import annotations

import numpy as np

# A chain longer than that is not looked for when posts that cannot be completed give theirs up.
POSTES_VISITES_MAX = 40
# How often exchanges that gain are looked for: on a country, and in pairs gone through where there are fewer of them.
PASSES_D_AMELIORATION = 40
TRAVAIL_D_AMELIORATION = 1_000_000
# How many of them may follow each other.
TOURS_MAX = 60
GAIN_MINIMAL = 1e-6
AUCUN = -1
# A node whose exchanges are made.
DEPLACE = -2


def partager(e, ordre, essais):
    glouton(e, ordre)
    tour = reparer(e, 0)
    tour = completer(e, tour)
    ameliorer(e)
    changer_de_postes(e, tour, essais)


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


def ameliorer(e):
    """Exchanges that gain, by the method of Bellman and Ford on the candidates.

    An arc goes from a candidate whom a post gives up to the one it takes instead, and is worth the difference. A way
    gains when it ends where it began, or at somebody under the cap. One node stands beside the candidates: the
    proposals that some posts will lack whatever is done, which may be lacking here or there.
    """
    noeuds = len(e.tenus) + 1
    valeur = np.empty(noeuds, dtype=np.float64)
    # How each node was reached: the pair taken, the pair given up for it.
    gagnee = np.empty(noeuds, dtype=np.int64)
    cedee = np.empty(noeuds, dtype=np.int64)
    vu = np.empty(noeuds, dtype=np.int64)
    for _ in range(max(PASSES_D_AMELIORATION, TRAVAIL_D_AMELIORATION // len(e.score))):
        valeur[:] = 0
        gagnee[:] = AUCUN
        cedee[:] = AUCUN
        fait = False
        for _ in range(TOURS_MAX):
            if not propager(e, valeur, gagnee, cedee):
                break
            if echanger(e, valeur, gagnee, cedee, vu):
                fait = True
                break
        if not fait:
            return


def propager(e, valeur, gagnee, cedee):
    """One round: the best gain that leads to each node; whether one rose."""
    manques = len(e.tenus)
    change = False
    for p in range(len(e.manque)):
        meilleure, mieux = AUCUN, -np.inf
        for a in range(e.debut[p], e.debut[p + 1]):
            if e.prise[a] and valeur[e.candidat[a]] - e.score[a] > mieux:
                meilleure, mieux = a, valeur[e.candidat[a]] - e.score[a]
        if e.manque[p] > 0:
            if mieux > valeur[manques] + GAIN_MINIMAL:
                valeur[manques], cedee[manques] = mieux, meilleure
                change = True
            if valeur[manques] > mieux:
                meilleure, mieux = AUCUN, valeur[manques]
        for b in range(e.debut[p], e.debut[p + 1]):
            c = e.candidat[b]
            if not e.prise[b] and mieux + e.score[b] > valeur[c] + GAIN_MINIMAL:
                valeur[c], gagnee[c], cedee[c] = mieux + e.score[b], b, meilleure
                change = True
    return change


def precedent(e, noeud, gagnee, cedee):
    """The node from which this one was reached."""
    if cedee[noeud] != AUCUN:
        return e.candidat[cedee[noeud]]
    # Somebody is taken by a post that lacks proposals and gives nobody up.
    return len(e.tenus) if noeud < len(e.tenus) and gagnee[noeud] != AUCUN else AUCUN


def echanger(e, valeur, gagnee, cedee, vu):
    """Make the exchanges of the circles found, then of the ways that end under a cap; whether there is one.

    No two of them share a node, so that each is worth what was computed.
    """
    fait = False
    vu[:] = AUCUN
    for depart in range(len(vu)):
        noeud = depart
        while noeud != AUCUN and vu[noeud] == AUCUN:
            vu[noeud] = depart
            noeud = precedent(e, noeud, gagnee, cedee)
        if noeud != AUCUN and vu[noeud] == depart:
            suivre(e, noeud, gagnee, cedee, vu)
            fait = True
    for fin in range(len(e.tenus)):
        if e.reste[fin] <= 0 or valeur[fin] <= GAIN_MINIMAL:
            continue
        noeud = fin
        while noeud != AUCUN and vu[noeud] != DEPLACE:
            noeud = precedent(e, noeud, gagnee, cedee)
        if noeud == AUCUN:
            suivre(e, fin, gagnee, cedee, vu)
            fait = True
    return fait


def suivre(e, depart, gagnee, cedee, vu):
    """The exchanges that lead to this node. All is given up before anything is taken: nobody is ever above a cap."""
    for prendra in (False, True):
        noeud = depart
        while True:
            vu[noeud] = DEPLACE
            if prendra and gagnee[noeud] != AUCUN:
                prendre(e, gagnee[noeud])
            elif not prendra and cedee[noeud] != AUCUN:
                rendre(e, cedee[noeud])
            noeud = precedent(e, noeud, gagnee, cedee)
            if noeud in (AUCUN, depart):
                break


# In the order in which they call each other.
AIDES = (
    prendre,
    rendre,
    glouton,
    incomplets,
    chercher_chaine,
    appliquer,
    reparer,
    revenir,
    completer_un,
    completer,
    propager,
    precedent,
    suivre,
    echanger,
    ameliorer,
    complet_a_essayer,
    essayer,
    changer_de_postes,
)
