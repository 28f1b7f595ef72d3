"""R48: exchanges between posts that raise the total score, on the state of `candidats.attribution`. Pure.

The loops are written for `candidats.compilation`: numbers and arrays only.
"""

from __future__ import annotations

import numpy as np

# How often circles are looked for, and how many exchanges one may hold.
PASSES_D_AMELIORATION = 200
TOURS_MAX = 60
GAIN_MINIMAL = 1e-6
AUCUN = -1
# Who gives way to a candidate in a circle: nobody, the candidate has a place left.
LIBRE = -2


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


def ameliorer(e):
    """Circles of exchanges that gain, by the method of Bellman and Ford on the candidates.

    An arc goes from a candidate whom a post gives up to the one it takes instead, and is worth the difference. Two
    nodes stand beside the candidates: the places left under the caps, and the proposals that some posts will lack
    whatever is done, which may be lacking here or there.
    """
    candidats = len(e.tenus)
    valeur = np.empty(candidats + 2, dtype=np.float64)
    # How each node was reached: the pair taken, the pair given up for it.
    gagnee = np.empty(candidats + 2, dtype=np.int64)
    cedee = np.empty(candidats + 2, dtype=np.int64)
    vu = np.empty(candidats + 2, dtype=np.int64)
    for _ in range(PASSES_D_AMELIORATION):
        valeur[:] = 0
        gagnee[:] = AUCUN
        cedee[:] = AUCUN
        fait = False
        for _ in range(TOURS_MAX):
            if not propager(e, valeur, gagnee, cedee):
                break
            if tourner(e, gagnee, cedee, vu):
                fait = True
                break
        if not fait:
            return


def propager(e, valeur, gagnee, cedee):
    """One round: the best gain that leads to each node; whether one rose."""
    places, manques = len(e.tenus), len(e.tenus) + 1
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
    for c in range(places):
        if e.reste[c] > 0 and valeur[c] > valeur[places] + GAIN_MINIMAL:
            valeur[places], gagnee[places] = valeur[c], c
            change = True
    for c in range(places):
        if e.tenus[c] > 0 and valeur[places] > valeur[c] + GAIN_MINIMAL:
            valeur[c], gagnee[c], cedee[c] = valeur[places], LIBRE, AUCUN
            change = True
    return change


def precedent(e, noeud, gagnee, cedee):
    """The node from which this one was reached."""
    places, manques = len(e.tenus), len(e.tenus) + 1
    if noeud == places:
        return gagnee[noeud]
    if noeud == manques:
        return AUCUN if cedee[noeud] == AUCUN else e.candidat[cedee[noeud]]
    if gagnee[noeud] == AUCUN:
        return AUCUN
    if gagnee[noeud] == LIBRE:
        return places
    return manques if cedee[noeud] == AUCUN else e.candidat[cedee[noeud]]


def tourner(e, gagnee, cedee, vu):
    """Make the exchanges of every circle found; whether there is one. No two of them share a node."""
    vu[:] = AUCUN
    fait = False
    for depart in range(len(vu)):
        noeud = depart
        while noeud != AUCUN and vu[noeud] == AUCUN:
            vu[noeud] = depart
            noeud = precedent(e, noeud, gagnee, cedee)
        if noeud == AUCUN or vu[noeud] != depart:
            continue
        fait = True
        # All is given up before anything is taken: nobody is ever above a cap.
        for prendra in (False, True):
            suivant = noeud
            while True:
                if prendra and suivant < len(e.tenus) and gagnee[suivant] >= 0:
                    prendre(e, gagnee[suivant])
                elif not prendra and cedee[suivant] != AUCUN:
                    rendre(e, cedee[suivant])
                suivant = precedent(e, suivant, gagnee, cedee)
                if suivant == noeud:
                    break
    return fait


AIDES = (prendre, rendre, propager, precedent, tourner, ameliorer)
