"""R46, R48: the best candidates of each post, found from near to far. Pure.

Candidates stand in cells of a grid over the globe, those of « France entière » in a coarser one of their own. A place
of work looks at its cell, then at the rings around, and stops when the next ring is beyond every mobility, or too far
for anybody in it to enter the best already found (R48: points fall with the distance, and the other criteria bring a
known maximum). What is said rough errs on the side of looking: the exact distance and score decide.

`chercher` and what it calls are written for `candidats.compilation`: numbers and arrays only.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from candidats import regles
from portal.territoires.distance import RAYON_TERRE_KM

# Slack of the rough tests, in km and in points; what is exact decides afterwards.
TOLERANCE_KM = 0.05
TOLERANCE_POINTS = 0.03
# Sides of a cell in degrees.
CELLULE_LOCALE, CELLULE_FRANCE = (0.1, 0.15), (0.5, 0.75)
# Beyond this longitude, rings counted in cells would miss who lives across the antimeridian: all are looked at.
LONGITUDE_SURE = 90.0

RAYON = float(RAYON_TERRE_KM)
REFERENCE_KM = float(regles.DISTANCE_DE_REFERENCE_KM)
FRANCE = int(regles.FRANCE_ENTIERE)
ECART_MAX = int(regles.ECART_MAX_JOURS)
P_DISTANCE, P_DATE, P_VOEU = float(regles.POINTS_DISTANCE), float(regles.POINTS_DATE), float(regles.POINTS_VOEUX)


class Grille(NamedTuple):
    """Candidates sorted by cell, the most mobile of a cell first; `debut` gives the first one of each cell."""

    debut: np.ndarray
    lignes: int
    colonnes: int
    sud: float
    ouest: float
    pas_latitude: float
    pas_longitude: float
    mobilite_max: int
    ligne: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    vecteur: np.ndarray
    zone: np.ndarray
    mobilite: np.ndarray
    disponible: np.ndarray
    coordination: np.ndarray
    propre: np.ndarray
    autres_max: float


class Demande(NamedTuple):
    """The posts, their places (those of post p: `lieu_debut[p]` to `lieu_debut[p + 1]`), and the pairs left out."""

    poste: np.ndarray
    limite: np.ndarray
    coordinateur: np.ndarray
    lieu_debut: np.ndarray
    lieu_latitude: np.ndarray
    lieu_longitude: np.ndarray
    lieu_zone: np.ndarray
    interdit_debut: np.ndarray
    interdit: np.ndarray
    jour: int


class Meilleurs(NamedTuple):
    """By rank of post, best first: how many, then line of candidate, distance, score, day of availability."""

    nombre: np.ndarray
    candidat: np.ndarray
    distance: np.ndarray
    score: np.ndarray
    disponible: np.ndarray


def grille(candidats, retenus: np.ndarray, pas: tuple[float, float]) -> Grille:
    """The candidates of these lines, by cell."""
    latitude, longitude = candidats.latitude[retenus], candidats.longitude[retenus]
    sud, ouest = float(latitude.min()), float(longitude.min())
    rangs = np.floor((latitude - sud) / pas[0]).astype(np.int64)
    colonnes = np.floor((longitude - ouest) / pas[1]).astype(np.int64)
    largeur = int(colonnes.max()) + 1
    cellule = rangs * largeur + colonnes
    ordre = np.lexsort((retenus, -candidats.mobilite[retenus], cellule))
    nombre = (int(rangs.max()) + 1) * largeur
    retenus = retenus[ordre]
    phi, lam = np.radians(candidats.latitude[retenus]), np.radians(candidats.longitude[retenus])
    propre = (
        regles.POINTS_EXPERIENCE * candidats.experience[retenus] + float(regles.POINTS_PIX) * candidats.pix[retenus]
    )
    return Grille(
        debut=np.searchsorted(cellule[ordre], np.arange(nombre + 1)).astype(np.int64),
        lignes=nombre // largeur,
        colonnes=largeur,
        sud=sud,
        ouest=ouest,
        pas_latitude=pas[0],
        pas_longitude=pas[1],
        mobilite_max=int(candidats.mobilite[retenus].max()),
        ligne=retenus,
        latitude=candidats.latitude[retenus],
        longitude=candidats.longitude[retenus],
        vecteur=np.column_stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi))),
        zone=candidats.zone[retenus],
        mobilite=candidats.mobilite[retenus],
        disponible=candidats.disponible[retenus],
        coordination=candidats.coordination[retenus],
        propre=propre,
        autres_max=P_DATE + P_VOEU + float(propre.max()),
    )


def distance_exacte(latitude_a, longitude_a, latitude_b, longitude_b):
    """`distance_km`, the same operations in the same order."""
    phi_a = math.radians(latitude_a)
    phi_b = math.radians(latitude_b)
    demi_latitude = (phi_b - phi_a) / 2
    demi_longitude = math.radians(longitude_b - longitude_a) / 2
    corde = math.sin(demi_latitude) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(demi_longitude) ** 2
    return 2 * RAYON * math.asin(math.sqrt(min(1.0, corde)))


def au_centieme(valeur):
    return math.floor(valeur * 100 + 0.5) / 100


def inserer(m, rang, candidat, distance, score, disponible):
    """Keep the pair among the best of this post if it is one of them; a candidate counts once, at the nearest place."""
    qui, ou, points, quand = m.candidat[rang], m.distance[rang], m.score[rang], m.disponible[rang]
    nombre = m.nombre[rang]
    metre = math.floor(distance * 1000 + 0.5)
    libre = nombre
    for i in range(nombre):
        if qui[i] == candidat:
            if ou[i] <= distance:
                return
            # Seen again from a nearer place: it moves up from its present rank.
            libre = i
            break
    if libre == nombre:
        libre = min(nombre, len(qui) - 1)
        if nombre == len(qui) and devance(points, ou, quand, qui, libre, score, metre, disponible, candidat):
            return
        m.nombre[rang] = libre + 1
    while libre > 0 and not devance(points, ou, quand, qui, libre - 1, score, metre, disponible, candidat):
        qui[libre], ou[libre], points[libre], quand[libre] = (
            qui[libre - 1],
            ou[libre - 1],
            points[libre - 1],
            quand[libre - 1],
        )
        libre -= 1
    qui[libre], ou[libre], points[libre], quand[libre] = candidat, distance, score, disponible


def devance(points, ou, quand, qui, i, score, metre, disponible, candidat):
    """Does the pair at rank `i` come before this one? The order of `regles.Note.cle`."""
    if points[i] != score:
        return points[i] > score
    autre = math.floor(ou[i] * 1000 + 0.5)
    if autre != metre:
        return autre < metre
    if quand[i] != disponible:
        return quand[i] < disponible
    return qui[i] < candidat


def examiner(g, d, m, rang, lieu, x, y, z, debut, fin, au_moins_km, marque):
    """The candidates of one cell for one place of work: R46 in full, then R48's score."""
    limite, coordinateur = d.limite[rang], d.coordinateur[rang]
    zone, latitude, longitude = d.lieu_zone[lieu], d.lieu_latitude[lieu], d.lieu_longitude[lieu]
    vecteur, mobilites, disponibles, coordination = g.vecteur, g.mobilite, g.disponible, g.coordination
    zones, lignes, propre = g.zone, g.ligne, g.propre
    vivier = m.candidat.shape[1]
    for i in range(debut, fin):
        mobilite = mobilites[i]
        if mobilite + TOLERANCE_KM < au_moins_km:
            break
        partout = mobilite == FRANCE
        if disponibles[i] > limite or (coordinateur and not coordination[i]):
            continue
        # The chord is never longer than the arc.
        corde = RAYON * math.sqrt((vecteur[i, 0] - x) ** 2 + (vecteur[i, 1] - y) ** 2 + (vecteur[i, 2] - z) ** 2)
        if not partout and corde > mobilite + TOLERANCE_KM:
            continue
        ecart = min(limite - max(d.jour, disponibles[i]), ECART_MAX)
        autres = au_centieme(P_DATE * (1 - ecart / ECART_MAX)) + propre[i]
        if coordination[i] == coordinateur:
            autres += P_VOEU
        if m.nombre[rang] == vivier:
            au_plus = P_DISTANCE * REFERENCE_KM / (REFERENCE_KM + max(0.0, corde - TOLERANCE_KM)) + autres
            if au_plus + TOLERANCE_POINTS < m.score[rang, vivier - 1]:
                continue
        if marque[lignes[i]] == rang or not (partout or zones[i] == zone):
            continue
        distance = distance_exacte(g.latitude[i], g.longitude[i], latitude, longitude)
        if partout or distance <= mobilite:
            score = au_centieme(au_centieme(P_DISTANCE * REFERENCE_KM / (REFERENCE_KM + distance)) + autres)
            inserer(m, rang, lignes[i], distance, score, disponibles[i])


def au_dela(g, latitude, anneau):
    """No candidate of this ring or of the next ones is nearer than that, in km."""
    if anneau < 1:
        return 0.0
    nord = math.radians((anneau - 1) * g.pas_latitude)
    est = min(math.radians((anneau - 1) * g.pas_longitude), math.pi / 2)
    return RAYON * min(nord, math.asin(math.cos(math.radians(latitude)) * math.sin(est)))


def parcourir(g, d, m, rang, lieu, marque):
    """One place of work: its cell, then the rings around it, as far as somebody may still enter."""
    latitude, longitude = d.lieu_latitude[lieu], d.lieu_longitude[lieu]
    phi, lam = math.radians(latitude), math.radians(longitude)
    x, y, z = math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)
    vivier = m.candidat.shape[1]
    rangee = int(math.floor((latitude - g.sud) / g.pas_latitude))
    colonne = int(math.floor((longitude - g.ouest) / g.pas_longitude))
    dernier = max(max(rangee, g.lignes - 1 - rangee), max(colonne, g.colonnes - 1 - colonne))
    sure = abs(longitude) < LONGITUDE_SURE or g.mobilite_max < FRANCE
    for anneau in range(dernier + 1):
        au_moins_km = au_dela(g, latitude, anneau) if sure else 0.0
        if au_moins_km > g.mobilite_max + TOLERANCE_KM:
            break
        if m.nombre[rang] == vivier:
            au_plus = P_DISTANCE * REFERENCE_KM / (REFERENCE_KM + au_moins_km) + g.autres_max
            if au_plus + TOLERANCE_POINTS < m.score[rang, vivier - 1]:
                break
        bas, haut = rangee - anneau, rangee + anneau
        gauche, droite = max(colonne - anneau, 0), min(colonne + anneau, g.colonnes - 1)
        for r in range(max(bas, 0), min(haut, g.lignes - 1) + 1):
            base = r * g.colonnes
            if r in (bas, haut):
                if gauche <= droite:
                    # A whole row of cells: they stand one after the other.
                    for c in range(gauche, droite + 1):
                        debut, fin = g.debut[base + c], g.debut[base + c + 1]
                        if debut < fin:
                            examiner(g, d, m, rang, lieu, x, y, z, debut, fin, au_moins_km, marque)
                continue
            for c in (colonne - anneau, colonne + anneau):
                if 0 <= c < g.colonnes and g.debut[base + c] < g.debut[base + c + 1]:
                    examiner(
                        g, d, m, rang, lieu, x, y, z, g.debut[base + c], g.debut[base + c + 1], au_moins_km, marque
                    )


def chercher(g, d, m, marque):
    """Every post of the demand in one grid. `marque` holds one line per candidate, -1 everywhere."""
    for rang in range(len(d.poste)):
        for i in range(d.interdit_debut[rang], d.interdit_debut[rang + 1]):
            marque[d.interdit[i]] = rang
        for lieu in range(d.lieu_debut[rang], d.lieu_debut[rang + 1]):
            parcourir(g, d, m, rang, lieu, marque)


AIDES = (distance_exacte, au_centieme, devance, inserer, examiner, au_dela, parcourir)
