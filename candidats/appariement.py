"""R46 to R48 on columns of numbers: which candidates to propose for which posts, for the whole country at once.

Pure (NumPy only): what is read and written stands in `candidats.actions.moteur`. The rules themselves are those of
`candidats.regles`, one pair at a time; the tests check that both always agree.

Method:

1. *Eligible pairs.* `candidats.recherche` looks around each place of work, from near to far, and stops when nobody
   further can enter the `VIVIER` best of the post. Few posts, or few candidates, are compared all with all.
2. *Sharing out.* `candidats.attribution`: greedy by scarcity, chains of exchanges until no other choice would make
   more proposals, then the most posts with their three, then better scores.

Both start again for the posts that still lack proposals, beyond their `VIVIER` best. Every order is total (the
tie-break of `regles.Note`), so that the same data give the same pairs whatever the order in which they were read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from candidats import attribution, recherche, regles
from candidats.compilation import compilee
from portal.territoires.distance import distances_km

# Best pairs kept per post: three to propose, the others so that the cap leaves a choice, and for the reserve.
VIVIER = 32
# Where all are compared, more are kept, up to that many for all posts: a better total may need them under the caps.
PAIRES_PARTAGEES = 100_000
# R47: the next best kept by post, proposed as soon as a place comes free.
RESERVE = 23
# Up to that many (place, candidate) pairs, all are compared: it costs less than sorting them by cell.
PAIRES_COMPAREES = 1_000_000
# Beyond, the loops are compiled; the tests lower it.
PAIRES_INTERPRETEES = PAIRES_COMPAREES


@dataclass(frozen=True)
class Postes:
    """One line per post, then one line per place of work (`lieu_poste` is the line of its post).

    Dates are proleptic ordinals, zones are small integers shared with `Candidats`.
    """

    demarrage: np.ndarray
    coordinateur: np.ndarray
    libre: np.ndarray
    places: np.ndarray
    lieu_poste: np.ndarray
    lieu_latitude: np.ndarray
    lieu_longitude: np.ndarray
    lieu_zone: np.ndarray

    def __len__(self) -> int:
        return len(self.demarrage)


@dataclass(frozen=True)
class Candidats:
    """One line per candidate, in the order that breaks ties (`regles.CandidatFacts.identifiant`)."""

    latitude: np.ndarray
    longitude: np.ndarray
    zone: np.ndarray
    mobilite: np.ndarray
    disponible: np.ndarray
    coordination: np.ndarray
    experience: np.ndarray
    pix: np.ndarray
    capacite: np.ndarray

    def __len__(self) -> int:
        return len(self.latitude)


@dataclass(frozen=True)
class Paires:
    """Lines of posts and of candidates, with the distance and the score of each pair."""

    poste: np.ndarray
    candidat: np.ndarray
    distance: np.ndarray
    score: np.ndarray

    def __len__(self) -> int:
        return len(self.poste)

    def garder(self, lesquelles: np.ndarray) -> Paires:
        return Paires(*(getattr(self, nom)[lesquelles] for nom in ("poste", "candidat", "distance", "score")))

    @classmethod
    def vides(cls) -> Paires:
        return cls(*(np.empty(0, dtype=t) for t in (np.int64, np.int64, np.float64, np.float64)))

    @classmethod
    def reunir(cls, morceaux: list[Paires]) -> Paires:
        if not morceaux:
            return cls.vides()
        noms = ("poste", "candidat", "distance", "score")
        return cls(*(np.concatenate([getattr(morceau, nom) for morceau in morceaux]) for nom in noms))


@dataclass(frozen=True)
class Resultat:
    """The proposals to make, and by post the next best (R47), as pairs sorted by post, best first."""

    paires: Paires
    reserve: Paires


def apparier(postes: Postes, candidats: Candidats, interdites: np.ndarray, aujourdhui: date) -> Resultat:
    """R46 to R48. `interdites`: the sorted `cles_de_paires` of pairs that already exist or were turned down."""
    retenues: list[Paires] = []
    places, capacites = postes.places.copy(), candidats.capacite.copy()
    lesquels, reserve = np.flatnonzero(postes.libre), None
    while True:
        restants = replace(candidats, capacite=capacites)
        vivier = _vivier(postes, restants, lesquels)
        aretes, completes = paires_admissibles(postes, restants, interdites, aujourdhui, vivier, lesquels)
        attendues = aretes.garder(places[aretes.poste] > 0)
        choisies = attendues.garder(attribution.attribuer(attendues, places, capacites, completes=completes))
        if reserve is None:
            reserve = _suivantes(aretes, choisies, len(candidats))
        retenues.append(choisies)
        np.subtract.at(places, choisies.poste, 1)
        np.subtract.at(capacites, choisies.candidat, 1)
        lesquels = np.flatnonzero(places > 0)
        if completes or not len(choisies) or not len(lesquels):
            break
        interdites = np.union1d(interdites, cles_de_paires(choisies.poste, choisies.candidat, len(candidats)))
    return Resultat(Paires.reunir(retenues), reserve)


def _a_comparer(postes: Postes, candidats: Candidats, lesquels: np.ndarray) -> int:
    """(Place of work, candidate under the cap) pairs of these posts."""
    return int(np.isin(postes.lieu_poste, lesquels).sum() * np.count_nonzero(candidats.capacite > 0))


def _vivier(postes: Postes, candidats: Candidats, lesquels: np.ndarray) -> int:
    """Best pairs to keep per post. Where all are compared, no more than there are places in all: beyond, somebody
    better placed is always left for the post."""
    if not len(lesquels) or _a_comparer(postes, candidats, lesquels) > PAIRES_COMPAREES:
        return VIVIER
    return max(VIVIER, min(int(postes.places[lesquels].sum()), PAIRES_PARTAGEES // len(lesquels)))


def _suivantes(aretes: Paires, choisies: Paires, nombre_candidats: int) -> Paires:
    """R47: what was found and not proposed, `RESERVE` at most by post."""
    prises = cles_de_paires(choisies.poste, choisies.candidat, nombre_candidats)
    restantes = aretes.garder(~np.isin(cles_de_paires(aretes.poste, aretes.candidat, nombre_candidats), prises))
    rang = np.arange(len(restantes)) - np.searchsorted(restantes.poste, restantes.poste)
    return restantes.garder(rang < RESERVE)


def cles_de_paires(lignes_postes: np.ndarray, lignes_candidats: np.ndarray, nombre_candidats: int) -> np.ndarray:
    """One integer per pair."""
    return np.asarray(lignes_postes, dtype=np.int64) * max(1, nombre_candidats) + np.asarray(lignes_candidats)


# --- eligible pairs -------------------------------------------------------------------------------------------------


def paires_admissibles(
    postes: Postes,
    candidats: Candidats,
    interdites: np.ndarray,
    aujourdhui: date,
    vivier: int | None,
    lesquels: np.ndarray | None = None,
) -> tuple[Paires, bool]:
    """R46: the best pairs of these posts (those that wait for some when not said), with candidates under their cap.

    Sorted by post, best first. The second value says that nothing was left out: every eligible pair is there.
    """
    lesquels = np.flatnonzero(postes.places > 0) if lesquels is None else lesquels
    retenus = np.flatnonzero(candidats.capacite > 0)
    if not len(lesquels) or not len(retenus):
        return Paires.vides(), True
    if vivier is None or _a_comparer(postes, candidats, lesquels) <= PAIRES_COMPAREES:
        toutes = _comparer_tout(postes, candidats, lesquels, retenus, interdites, aujourdhui.toordinal())
        if vivier is None:
            return toutes, True
        rang = np.arange(len(toutes)) - np.searchsorted(toutes.poste, toutes.poste)
        return toutes.garder(rang < vivier), not bool(np.any(rang + 1 >= vivier))
    meilleurs = _chercher(postes, candidats, lesquels, retenus, interdites, aujourdhui.toordinal(), vivier)
    remplis = np.arange(vivier)[None, :] < meilleurs.nombre[:, None]
    paires = Paires(
        np.repeat(lesquels, meilleurs.nombre),
        meilleurs.candidat[remplis],
        meilleurs.distance[remplis],
        meilleurs.score[remplis],
    )
    return paires, not bool(np.any(meilleurs.nombre >= vivier))


def _chercher(postes, candidats, lesquels, retenus, interdites, jour, vivier) -> recherche.Meilleurs:
    """From near to far: local candidates first, then those of « France entière », who rarely need be looked at."""
    demande = _demande(postes, lesquels, interdites, len(candidats), jour)
    forme = (len(lesquels), vivier)
    meilleurs = recherche.Meilleurs(
        np.zeros(len(lesquels), dtype=np.int64),
        np.zeros(forme, dtype=np.int64),
        np.zeros(forme),
        np.zeros(forme),
        np.zeros(forme, dtype=np.int64),
    )
    marque = np.full(len(candidats), -1, dtype=np.int64)
    chercher = recherche.chercher
    if len(demande.lieu_zone) * len(retenus) > PAIRES_INTERPRETEES:
        chercher = compilee(recherche.chercher, *recherche.AIDES)
    partout = candidats.mobilite[retenus] == regles.FRANCE_ENTIERE
    for groupe, pas in ((~partout, recherche.CELLULE_LOCALE), (partout, recherche.CELLULE_FRANCE)):
        if np.any(groupe):
            chercher(recherche.grille(candidats, retenus[groupe], pas), demande, meilleurs, marque)
    return meilleurs


def _demande(postes, lesquels, interdites, nombre_candidats, jour) -> recherche.Demande:
    lieux, debuts = _lieux_par_poste(postes)
    combien = debuts[lesquels + 1] - debuts[lesquels]
    lieux = lieux[_suites(debuts[lesquels], combien)]
    rangs, interdits = _interdites_du_bloc(interdites, lesquels, nombre_candidats)
    return recherche.Demande(
        poste=lesquels,
        limite=np.maximum(jour, postes.demarrage[lesquels]),
        coordinateur=postes.coordinateur[lesquels],
        lieu_debut=np.concatenate(([0], np.cumsum(combien))),
        lieu_latitude=postes.lieu_latitude[lieux],
        lieu_longitude=postes.lieu_longitude[lieux],
        lieu_zone=postes.lieu_zone[lieux],
        interdit_debut=np.searchsorted(rangs, np.arange(len(lesquels) + 1)),
        interdit=interdits,
        jour=jour,
    )


def _comparer_tout(postes, candidats, lesquels, retenus, interdites, jour) -> Paires:
    """Every place of these posts with every one of these candidates, by slices that stay small."""
    tous, debuts = _lieux_par_poste(postes)
    lieux = tous[_suites(debuts[lesquels], debuts[lesquels + 1] - debuts[lesquels])]
    par_tranche = max(1, PAIRES_COMPAREES // len(retenus))
    morceaux = []
    for debut in range(0, len(lieux), par_tranche):
        tranche = lieux[debut : debut + par_tranche]
        croises = np.repeat(tranche, len(retenus)), np.tile(retenus, len(tranche))
        morceaux.append(_exactes(postes, candidats, *croises, interdites, jour))
    return _meilleures(_une_par_paire(Paires.reunir(morceaux), len(candidats)), candidats)


def _lieux_par_poste(postes: Postes) -> tuple[np.ndarray, np.ndarray]:
    """The lines of places, those of a post together, and where those of each post begin."""
    lieux = np.argsort(postes.lieu_poste, kind="stable")
    return lieux, np.searchsorted(postes.lieu_poste[lieux], np.arange(len(postes) + 1))


def _suites(debuts: np.ndarray, combien: np.ndarray) -> np.ndarray:
    """For each start, that many numbers in a row."""
    decalages = np.repeat(debuts - (np.cumsum(combien) - combien), combien)
    return np.arange(len(decalages)) + decalages


def _exactes(postes, candidats, lieux, lignes_c, interdites, jour) -> Paires:
    """R46 in full on (place, candidate) pairs, then R48's score."""
    lignes_p = postes.lieu_poste[lieux]
    gardees = _admissibles_hors_distance(postes, candidats, lignes_p, lignes_c, jour)
    lieux, lignes_p, lignes_c = lieux[gardees], lignes_p[gardees], lignes_c[gardees]
    distance = _distances_acceptees(postes, candidats, lieux, lignes_c)
    proches = np.isfinite(distance)
    lignes_p, lignes_c, distance = lignes_p[proches], lignes_c[proches], distance[proches]
    libres = ~np.isin(cles_de_paires(lignes_p, lignes_c, len(candidats)), interdites)
    lignes_p, lignes_c, distance = lignes_p[libres], lignes_c[libres], distance[libres]
    return Paires(lignes_p, lignes_c, distance, scores(postes, candidats, lignes_p, lignes_c, distance, jour))


def _interdites_du_bloc(interdites, lignes_p, nombre_candidats) -> tuple[np.ndarray, np.ndarray]:
    """Of the sorted forbidden pairs, those of a few posts: (rank of the post in `lignes_p`, candidate)."""
    debuts = np.searchsorted(interdites, lignes_p * nombre_candidats)
    combien = np.searchsorted(interdites, (lignes_p + 1) * nombre_candidats) - debuts
    rangs = np.repeat(np.arange(len(lignes_p)), combien)
    return rangs, interdites[_suites(debuts, combien)] - lignes_p[rangs] * nombre_candidats


def _admissibles_hors_distance(postes, candidats, lignes_p, lignes_c, jour) -> np.ndarray:
    """R46 but the distance: dates and wish for coordination; the state of both was filtered when they were read."""
    limite = np.maximum(jour, postes.demarrage[lignes_p])
    voeu = candidats.coordination[lignes_c] | ~postes.coordinateur[lignes_p]
    return (candidats.disponible[lignes_c] <= limite) & voeu


def _distances_acceptees(postes, candidats, lieux, lignes_c) -> np.ndarray:
    """R46: the distance of each (place, candidate), infinite when beyond the mobility or across the sea."""
    distance = distances_km(
        candidats.latitude[lignes_c],
        candidats.longitude[lignes_c],
        postes.lieu_latitude[lieux],
        postes.lieu_longitude[lieux],
    )
    mobilite = candidats.mobilite[lignes_c]
    partout = mobilite == regles.FRANCE_ENTIERE
    meme_zone = candidats.zone[lignes_c] == postes.lieu_zone[lieux]
    return np.where(partout | (meme_zone & (distance <= mobilite)), distance, np.inf)


def restent_admissibles(
    postes: Postes, candidats: Candidats, lignes_p: np.ndarray, lignes_c: np.ndarray, aujourdhui: date
) -> np.ndarray:
    """R46 on pairs that exist: False for those that an edit or a date has made impossible (R55)."""
    admissibles = _admissibles_hors_distance(postes, candidats, lignes_p, lignes_c, aujourdhui.toordinal())
    ordre, debuts = _lieux_par_poste(postes)
    combien = debuts[lignes_p + 1] - debuts[lignes_p]
    paires = np.repeat(np.arange(len(lignes_p)), combien)
    lieux = ordre[_suites(debuts[lignes_p], combien)]
    distance = np.full(len(lignes_p), np.inf)
    np.minimum.at(distance, paires, _distances_acceptees(postes, candidats, lieux, lignes_c[paires]))
    return admissibles & np.isfinite(distance)


# --- score (R48) ----------------------------------------------------------------------------------------------------


def _points_propres(candidats: Candidats, lignes: np.ndarray) -> np.ndarray:
    """What a candidate brings whatever the post."""
    return regles.POINTS_EXPERIENCE * candidats.experience[lignes] + regles.POINTS_PIX * candidats.pix[lignes]


def scores(postes, candidats, lignes_p, lignes_c, distance, jour: int) -> np.ndarray:
    """R48: `regles.noter` on columns."""
    ecart = np.maximum(
        0, np.maximum(jour, postes.demarrage[lignes_p]) - np.maximum(jour, candidats.disponible[lignes_c])
    )
    points = np.round(regles.points_distance(distance), 2)
    points += np.round(regles.POINTS_DATE * (1 - np.minimum(ecart, regles.ECART_MAX_JOURS) / regles.ECART_MAX_JOURS), 2)
    points += _points_propres(candidats, lignes_c)
    points += regles.POINTS_VOEUX * (candidats.coordination[lignes_c] == postes.coordinateur[lignes_p])
    return np.round(points, 2)


def _une_par_paire(paires: Paires, nombre_candidats: int) -> Paires:
    """A post with several places meets the same candidate several times: the nearest place counts."""
    cles = cles_de_paires(paires.poste, paires.candidat, nombre_candidats)
    ordre = np.lexsort((paires.distance, cles))
    premiere = np.ones(len(ordre), dtype=bool)
    premiere[1:] = cles[ordre][1:] != cles[ordre][:-1]
    return paires.garder(ordre[premiere])


def _meilleures(paires: Paires, candidats: Candidats) -> Paires:
    """By post, best first (the order of `regles.Note.cle`)."""
    ordre = np.lexsort(
        (
            paires.candidat,
            candidats.disponible[paires.candidat],
            np.round(paires.distance, 3),
            -paires.score,
            paires.poste,
        )
    )
    return paires.garder(ordre)
