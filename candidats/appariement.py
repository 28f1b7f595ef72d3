"""R46 to R48 on columns of numbers: which candidates to propose for which posts, for the whole country at once.

Pure (NumPy only): what is read and written stands in `candidats.actions.moteur`. The rules themselves are those of
`candidats.regles`, one pair at a time; the tests check that both always agree.

Method:

1. *Eligible pairs.* Candidates are taken by class of mobility and sorted by latitude, places of work too: a block of
   places only meets the slice of candidates that can reach it. Directions on the sphere and one matrix product say
   roughly who is near; the exact distance (`distances_km`, bound included) decides for those only. Each post keeps its
   `VIVIER` best pairs.
2. *Greedy by scarcity.* The posts with the fewest eligible candidates choose first.
3. *Repair.* A post that lacks proposals looks for a chain of exchanges that frees a candidate at the cap of R48:
   when none is left, no other choice would make more proposals. Then the posts that lack the least take from
   those that cannot be completed anyway, so that more posts have their three (R48).
4. *Improvement.* A post swaps a proposal for a better candidate still under the cap.

Steps 1 to 4 start again for the posts that still lack proposals, beyond their `VIVIER` best. Every order is total (the
tie-break of `regles.Note`), so that the same data give the same pairs whatever the order in which they were read.
Making the most posts with three is a hard problem (it holds three-dimensional matching): step 3 is a heuristic for it,
exact for the number of proposals.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from candidats import attribution, regles
from portal.territoires.distance import RAYON_TERRE_KM, distances_km

# Best pairs kept per post: three to propose, the others so that the cap leaves a choice.
VIVIER = 32
LIEUX_PAR_BLOC = 64
# Slack of the rough test, in km; the exact distance decides afterwards.
TOLERANCE_KM = 0.05


@dataclass(frozen=True)
class Postes:
    """One line per post, then one line per place of work (`lieu_poste` is the line of its post).

    Dates are proleptic ordinals, zones are small integers shared with `Candidats`.
    """

    demarrage: np.ndarray
    coordinateur: np.ndarray
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


def apparier(postes: Postes, candidats: Candidats, interdites: np.ndarray, aujourdhui: date) -> Paires:
    """R46 to R48: the proposals to make.

    `interdites`: the sorted `cles_de_paires` of pairs that already exist or were turned down.
    """
    retenues: list[Paires] = []
    places, capacites = postes.places.copy(), candidats.capacite.copy()
    while True:
        aretes, completes = paires_admissibles(
            replace(postes, places=places), replace(candidats, capacite=capacites), interdites, aujourdhui
        )
        if not len(aretes):
            break
        choisies = aretes.garder(attribution.attribuer(aretes, places, capacites))
        retenues.append(choisies)
        np.subtract.at(places, choisies.poste, 1)
        np.subtract.at(capacites, choisies.candidat, 1)
        if completes:
            break
        interdites = np.union1d(interdites, cles_de_paires(choisies.poste, choisies.candidat, len(candidats)))
    return Paires.reunir(retenues)


def cles_de_paires(lignes_postes: np.ndarray, lignes_candidats: np.ndarray, nombre_candidats: int) -> np.ndarray:
    """One integer per pair."""
    return np.asarray(lignes_postes, dtype=np.int64) * max(1, nombre_candidats) + np.asarray(lignes_candidats)


# --- eligible pairs -------------------------------------------------------------------------------------------------


def paires_admissibles(
    postes: Postes, candidats: Candidats, interdites: np.ndarray, aujourdhui: date, vivier: int | None = VIVIER
) -> tuple[Paires, bool]:
    """R46: the best pairs of each post that waits for some, best first, with candidates under their cap.

    The second value says that nothing was left out: every eligible pair is there.
    """
    jour = aujourdhui.toordinal()
    lieux = np.flatnonzero(postes.places[postes.lieu_poste] > 0)
    lieux = lieux[np.argsort(postes.lieu_latitude[lieux], kind="stable")]
    morceaux = []
    for mobilite in regles.MOBILITES:
        classe = np.flatnonzero((candidats.mobilite == mobilite) & (candidats.capacite > 0))
        classe = classe[np.argsort(candidats.latitude[classe], kind="stable")]
        if len(classe) and len(lieux):
            morceaux += _par_blocs(postes, candidats, lieux, classe, mobilite, interdites, jour, vivier)
    toutes = _une_par_paire(Paires.reunir(morceaux), len(candidats))
    meilleures = _meilleures(toutes, candidats, vivier)
    tronquees = vivier is not None and bool(np.any(np.bincount(toutes.poste, minlength=1) >= vivier))
    return meilleures, not tronquees


def _par_blocs(postes, candidats, lieux, classe, mobilite, interdites, jour, vivier) -> list[Paires]:
    partout = mobilite == regles.FRANCE_ENTIERE
    directions_c = _directions(candidats.latitude[classe], candidats.longitude[classe]).T
    latitudes = candidats.latitude[classe]
    marge = np.degrees((mobilite + TOLERANCE_KM) / RAYON_TERRE_KM)
    morceaux = []
    for debut in range(0, len(lieux), LIEUX_PAR_BLOC):
        bloc = lieux[debut : debut + LIEUX_PAR_BLOC]
        tranche = slice(None)
        if not partout:
            bas, haut = postes.lieu_latitude[bloc[0]] - marge, postes.lieu_latitude[bloc[-1]] + marge
            tranche = slice(np.searchsorted(latitudes, bas, "left"), np.searchsorted(latitudes, haut, "right"))
        vus = classe[tranche]
        if not len(vus):
            continue
        cosinus = _directions(postes.lieu_latitude[bloc], postes.lieu_longitude[bloc]) @ directions_c[:, tranche]
        if partout and vivier is not None and len(vus) > vivier:
            rangs, colonnes = _plus_prometteurs(postes, candidats, bloc, vus, cosinus, interdites, jour, vivier)
        elif partout:
            rangs, colonnes = np.nonzero(np.ones_like(cosinus, dtype=bool))
        else:
            rangs, colonnes = np.nonzero(cosinus >= np.cos((mobilite + TOLERANCE_KM) / RAYON_TERRE_KM))
        exactes = _exactes(postes, candidats, bloc[rangs], vus[colonnes], interdites, jour)
        if len(np.unique(postes.lieu_poste[bloc])) < len(bloc):
            exactes = _une_par_paire(exactes, len(candidats))
        morceaux.append(_elaguer(exactes, vivier))
    return morceaux


def _elaguer(paires: Paires, vivier: int | None) -> Paires:
    """Leave out, post by post, what scores less than the `vivier` best; equal scores stay for the tie-break."""
    if vivier is None or len(paires) <= vivier:
        return paires
    ordre = np.lexsort((-paires.score, paires.poste))
    rang = np.arange(len(ordre)) - (debuts := np.searchsorted(paires.poste[ordre], paires.poste[ordre]))
    scores_ordonnes = paires.score[ordre]
    dernier = np.minimum(debuts + vivier - 1, len(ordre) - 1)
    meme_poste = paires.poste[ordre][dernier] == paires.poste[ordre]
    seuil = np.where(meme_poste, scores_ordonnes[dernier], -np.inf)
    return paires.garder(ordre[(rang < vivier) | (scores_ordonnes >= seuil)])


def _directions(latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    """Unit vectors: their product is the cosine of the angle between two places."""
    phi, lam = np.radians(latitudes), np.radians(longitudes)
    return np.column_stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))


def _plus_prometteurs(postes, candidats, bloc, vus, cosinus, interdites, jour, vivier):
    """For candidates of « France entière »: the best of each place by score, from rough distances."""
    lignes = postes.lieu_poste[bloc]
    distance = RAYON_TERRE_KM * np.arccos(np.clip(cosinus, -1.0, 1.0))
    limite = np.maximum(jour, postes.demarrage[lignes])[:, None]
    libre = np.maximum(jour, candidats.disponible[vus])[None, :]
    score = regles.POINTS_DISTANCE * regles.DISTANCE_DE_REFERENCE_KM / (regles.DISTANCE_DE_REFERENCE_KM + distance)
    score += regles.POINTS_DATE * (1 - np.clip(limite - libre, 0, regles.ECART_MAX_JOURS) / regles.ECART_MAX_JOURS)
    score += _points_propres(candidats, vus)[None, :]
    voeu = candidats.coordination[vus][None, :] == postes.coordinateur[lignes][:, None]
    score += regles.POINTS_VOEUX * voeu
    score[(libre > limite) | (postes.coordinateur[lignes][:, None] & ~candidats.coordination[vus][None, :])] = -np.inf
    rang_interdit, candidat_interdit = _interdites_du_bloc(interdites, lignes, len(candidats))
    colonne = np.full(len(candidats), -1)
    colonne[vus] = np.arange(len(vus))
    vues = colonne[candidat_interdit] >= 0
    score[rang_interdit[vues], colonne[candidat_interdit[vues]]] = -np.inf
    colonnes = np.argpartition(-score, vivier - 1, axis=1)[:, :vivier]
    rangs = np.repeat(np.arange(len(bloc)), colonnes.shape[1])
    colonnes = colonnes.ravel()
    possibles = np.isfinite(score[rangs, colonnes])
    return rangs[possibles], colonnes[possibles]


def _exactes(postes, candidats, lieux, lignes_c, interdites, jour) -> Paires:
    """R46 in full on (place, candidate) pairs, then R48's score."""
    lignes_p = postes.lieu_poste[lieux]
    gardees = _admissibles_hors_distance(postes, candidats, lignes_p, lignes_c, jour)
    rangs, interdits = _interdites_du_bloc(interdites, (distinctes := np.unique(lignes_p)), len(candidats))
    if len(rangs):
        du_bloc = cles_de_paires(distinctes[rangs], interdits, len(candidats))
        gardees &= ~np.isin(cles_de_paires(lignes_p, lignes_c, len(candidats)), du_bloc)
    lieux, lignes_p, lignes_c = lieux[gardees], lignes_p[gardees], lignes_c[gardees]
    distance = _distances_acceptees(postes, candidats, lieux, lignes_c)
    proches = np.isfinite(distance)
    lignes_p, lignes_c, distance = lignes_p[proches], lignes_c[proches], distance[proches]
    return Paires(lignes_p, lignes_c, distance, scores(postes, candidats, lignes_p, lignes_c, distance, jour))


def _interdites_du_bloc(interdites, lignes_p, nombre_candidats) -> tuple[np.ndarray, np.ndarray]:
    """Of the sorted forbidden pairs, those of a few posts: (rank of the post in `lignes_p`, candidate)."""
    debuts = np.searchsorted(interdites, lignes_p * nombre_candidats)
    combien = np.searchsorted(interdites, (lignes_p + 1) * nombre_candidats) - debuts
    rangs = np.repeat(np.arange(len(lignes_p)), combien)
    places = np.arange(len(rangs)) - np.repeat(np.cumsum(combien) - combien, combien) + np.repeat(debuts, combien)
    return rangs, interdites[places] - lignes_p[rangs] * nombre_candidats


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
    # The places of each post stand together: each pair meets all the places of its post.
    ordre = np.argsort(postes.lieu_poste, kind="stable")
    debuts = np.searchsorted(postes.lieu_poste[ordre], np.arange(len(postes) + 1))
    combien = debuts[lignes_p + 1] - debuts[lignes_p]
    paires = np.repeat(np.arange(len(lignes_p)), combien)
    dans_le_poste = np.arange(len(paires)) - np.repeat(np.cumsum(combien) - combien, combien)
    lieux = ordre[debuts[lignes_p[paires]] + dans_le_poste]
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


def _meilleures(paires: Paires, candidats: Candidats, vivier: int | None) -> Paires:
    """By post, best first (the order of `regles.Note.cle`), `vivier` at most."""
    ordre = np.lexsort(
        (
            paires.candidat,
            candidats.disponible[paires.candidat],
            np.round(paires.distance, 3),
            -paires.score,
            paires.poste,
        )
    )
    paires = paires.garder(ordre)
    if vivier is None or not len(paires):
        return paires
    debuts = np.searchsorted(paires.poste, paires.poste)
    return paires.garder(np.arange(len(paires)) - debuts < vivier)
