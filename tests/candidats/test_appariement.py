"""R46 to R48 on columns: the engine agrees with the rules one pair at a time, and shares proposals out well."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candidats import appariement, regles

AUJOURDHUI = date(2024, 2, 29)
ZONES = ("metropole", "corse", "971", "972")
# Moulins, Vichy, Cusset (3 km from Vichy), Montluçon, Paris, Ajaccio, Pointe-à-Pitre, Fort-de-France.
POINTS = (
    (46.56459, 3.33243, 0),
    (46.12709, 3.42577, 0),
    (46.13452, 3.45639, 0),
    (46.34015, 2.60254, 0),
    (48.85341, 2.3488, 0),
    (41.91886, 8.73812, 1),
    (16.24125, -61.53614, 2),
    (14.60365, -61.07418, 3),
)

dates = st.sampled_from([AUJOURDHUI + timedelta(days=jours) for jours in (-400, -1, 0, 1, 30, 179, 180, 400)])
points = st.tuples(st.sampled_from(POINTS), st.sampled_from([0.0, 0.0, 0.044966, 0.3]))
candidats_st = st.tuples(
    points, st.sampled_from(regles.MOBILITES), dates, st.booleans(), st.booleans(), st.booleans(), st.integers(0, 11)
)
postes_st = st.tuples(st.lists(points, min_size=1, max_size=3), dates, st.booleans(), st.integers(0, 3))


def _lieu(point):
    (latitude, longitude, zone), decalage = point
    return regles.Lieu(latitude + decalage, longitude, ZONES[zone])


def _faits_candidat(rang, donnees):
    point, mobilite, disponible, coordination, experience, pix, vivantes = donnees
    return regles.CandidatFacts(
        identifiant=f"{rang:05d}",
        lieu=_lieu(point),
        mobilite_km=mobilite,
        disponible_le=disponible,
        veut_coordination=coordination,
        experience=experience,
        pix_partage=pix,
        propositions_vivantes=vivantes,
    )


def _faits_poste(rang, donnees):
    lieux, demarrage, coordinateur, vivantes = donnees
    return regles.PosteFacts(
        identifiant=f"{rang:05d}",
        lieux=tuple(_lieu(point) for point in lieux),
        demarrage_le=demarrage,
        coordinateur=coordinateur,
        propositions_vivantes=vivantes,
    )


def colonnes(postes, candidats):
    plats = [(rang, lieu) for rang, poste in enumerate(postes) for lieu in poste.lieux]
    entiers, reels = (lambda v: np.array(list(v), dtype=np.int64)), (lambda v: np.array(list(v), dtype=float))
    booleens = lambda v: np.array(list(v), dtype=bool)  # noqa: E731 - three short converters
    return (
        appariement.Postes(
            demarrage=entiers(p.demarrage_le.toordinal() for p in postes),
            coordinateur=booleens(p.coordinateur for p in postes),
            libre=booleens(p.libre for p in postes),
            places=entiers(regles.places_a_pourvoir(p.propositions_vivantes) for p in postes),
            lieu_poste=entiers(rang for rang, _ in plats),
            lieu_latitude=reels(lieu.latitude for _, lieu in plats),
            lieu_longitude=reels(lieu.longitude for _, lieu in plats),
            lieu_zone=entiers(ZONES.index(lieu.zone) for _, lieu in plats),
        ),
        appariement.Candidats(
            latitude=reels(c.lieu.latitude for c in candidats),
            longitude=reels(c.lieu.longitude for c in candidats),
            zone=entiers(ZONES.index(c.lieu.zone) for c in candidats),
            mobilite=entiers(c.mobilite_km for c in candidats),
            disponible=entiers(c.disponible_le.toordinal() for c in candidats),
            coordination=booleens(c.veut_coordination for c in candidats),
            experience=booleens(c.experience for c in candidats),
            pix=booleens(c.pix_partage for c in candidats),
            capacite=entiers(max(0, 10 - c.propositions_vivantes) for c in candidats),
        ),
    )


AUCUNE = np.empty(0, dtype=np.int64)


def _cles(paires, nombre):
    return np.unique(
        appariement.cles_de_paires(
            np.array([p for p, _ in paires], dtype=np.int64), np.array([c for _, c in paires], dtype=np.int64), nombre
        )
    )


# --- R46: the same pairs as the rules, one by one -------------------------------------------------------------------


@settings(max_examples=250, deadline=None)
@given(
    st.lists(postes_st, min_size=1, max_size=6),
    st.lists(candidats_st, min_size=1, max_size=12),
    st.sets(st.tuples(st.integers(0, 5), st.integers(0, 11)), max_size=8),
    st.sampled_from([None, 2, 32]),
)
def test_paires_admissibles_comme_les_regles(postes, candidats, ecartees, vivier):
    """R46, R48: same pairs, same distance, same score, same order as `regles.classer`."""
    postes = [_faits_poste(rang, donnees) for rang, donnees in enumerate(postes)]
    candidats = [_faits_candidat(rang, donnees) for rang, donnees in enumerate(candidats)]
    ecartees = {(p, c) for p, c in ecartees if p < len(postes) and c < len(candidats)}
    paires, completes = appariement.paires_admissibles(
        *colonnes(postes, candidats), _cles(ecartees, len(candidats)), AUJOURDHUI, vivier
    )
    for rang, poste in enumerate(postes):
        interdits = frozenset(f"{c:05d}" for p, c in ecartees if p == rang)
        attendus = regles.classer(candidats, poste, AUJOURDHUI, interdits)
        if not regles.places_a_pourvoir(poste.propositions_vivantes):
            attendus = []
        siennes = paires.garder(paires.poste == rang)
        if vivier is not None:
            assert completes or len(attendus) >= vivier or len(siennes) == len(attendus)
            attendus = attendus[:vivier]
        assert siennes.candidat.tolist() == [int(candidat.identifiant) for candidat, _, _ in attendus]
        assert siennes.distance.tolist() == pytest.approx([distance for _, distance, _ in attendus], abs=1e-6)
        assert siennes.score.tolist() == pytest.approx([note.score for _, _, note in attendus], abs=0.011)


@settings(max_examples=150, deadline=None)
@given(st.lists(postes_st, min_size=1, max_size=4), st.lists(candidats_st, min_size=1, max_size=6))
def test_restent_admissibles_comme_les_regles(postes, candidats):
    """R55: an existing pair is seen again with the very same rule."""
    postes = [_faits_poste(rang, donnees) for rang, donnees in enumerate(postes)]
    candidats = [_faits_candidat(rang, donnees) for rang, donnees in enumerate(candidats)]
    toutes = list(itertools.product(range(len(postes)), range(len(candidats))))
    lignes_p, lignes_c = np.array([p for p, _ in toutes]), np.array([c for _, c in toutes])
    restent = appariement.restent_admissibles(*colonnes(postes, candidats), lignes_p, lignes_c, AUJOURDHUI)
    attendu = [regles.paire_admissible(candidats[c], postes[p], AUJOURDHUI).admissible for p, c in toutes]
    assert restent.tolist() == attendu


def test_la_borne_de_la_mobilite_est_comprise():
    """R46: a distance equal to the mobility is accepted, by the engine as by the rule."""
    from portal.territoires.distance import distance_km

    depart = (46.56459, 3.33243)
    # The latitude at which the distance first reaches 40 km, to the last representable step.
    bas, haut = depart[0], depart[0] + 1
    while np.nextafter(bas, haut) < haut:
        milieu = (bas + haut) / 2
        if distance_km(*depart, milieu, depart[1]) <= 40:
            bas = milieu
        else:
            haut = milieu
    for latitude, admis in ((bas, True), (haut, False)):
        poste = regles.PosteFacts("p", (regles.Lieu(latitude, depart[1], "metropole"),), AUJOURDHUI)
        candidat = regles.CandidatFacts("c", regles.Lieu(*depart, "metropole"), 40, AUJOURDHUI)
        assert regles.paire_admissible(candidat, poste, AUJOURDHUI).admissible is admis
        assert (len(appariement.apparier(*colonnes([poste], [candidat]), AUCUNE, AUJOURDHUI).paires) == 1) is admis


# --- R47, R48: sharing out ------------------------------------------------------------------------------------------


def _hasard(graine, nombre_postes, nombre_candidats, etendue=1.2):
    alea = np.random.default_rng(graine)

    def lieu():
        return regles.Lieu(46 + alea.random() * etendue, 3 + alea.random() * etendue, "metropole")

    postes = [
        regles.PosteFacts(
            f"{rang:05d}",
            tuple(lieu() for _ in range(alea.integers(1, 3))),
            AUJOURDHUI + timedelta(days=int(alea.integers(0, 90))),
            coordinateur=bool(alea.random() < 0.1),
            propositions_vivantes=int(alea.integers(0, 3)) if alea.random() < 0.2 else 0,
        )
        for rang in range(nombre_postes)
    ]
    candidats = [
        regles.CandidatFacts(
            f"{rang:05d}",
            lieu(),
            int(alea.choice(regles.MOBILITES)),
            AUJOURDHUI + timedelta(days=int(alea.integers(-30, 60))),
            veut_coordination=bool(alea.random() < 0.3),
            experience=bool(alea.random() < 0.5),
            propositions_vivantes=int(alea.integers(0, 11)) if alea.random() < 0.3 else 0,
        )
        for rang in range(nombre_candidats)
    ]
    return postes, candidats


def _verifier(postes, candidats, paires):
    """Every promise that can be checked one pair at a time; returns what is left for posts and candidates."""
    places = [regles.places_a_pourvoir(p.propositions_vivantes) for p in postes]
    capacites = [max(0, 10 - c.propositions_vivantes) for c in candidats]
    vues = set()
    for p, c in zip(paires.poste.tolist(), paires.candidat.tolist(), strict=True):
        assert (p, c) not in vues
        vues.add((p, c))
        places[p] -= 1
        capacites[c] -= 1
        assert regles.paire_admissible(candidats[c], postes[p], AUJOURDHUI).admissible
    # R47: three live proposals at most; R48: ten per person at most.
    assert min(places) >= 0
    assert min(capacites) >= 0
    return vues, places, capacites


@pytest.mark.parametrize("graine", range(12))
def test_aucune_proposition_possible_n_est_oubliee(graine):
    """R47: when a post still waits, nobody eligible is left under the cap."""
    postes, candidats = _hasard(graine, 40, 30 + 10 * (graine % 4))
    paires = appariement.apparier(*colonnes(postes, candidats), AUCUNE, AUJOURDHUI).paires
    vues, places, capacites = _verifier(postes, candidats, paires)
    for p, c in itertools.product(range(len(postes)), range(len(candidats))):
        if places[p] > 0 and capacites[c] > 0 and (p, c) not in vues:
            assert not regles.paire_admissible(candidats[c], postes[p], AUJOURDHUI).admissible


@pytest.mark.parametrize("graine", range(6))
def test_le_vivier_n_oublie_personne(graine, monkeypatch):
    """R47: the posts that lack proposals look beyond their best candidates."""
    monkeypatch.setattr(appariement, "VIVIER", 3)
    monkeypatch.setattr(appariement, "PAIRES_PARTAGEES", 0)
    postes, candidats = _hasard(graine, 60, 25, etendue=0.3)
    paires = appariement.apparier(*colonnes(postes, candidats), AUCUNE, AUJOURDHUI).paires
    vues, places, capacites = _verifier(postes, candidats, paires)
    for p, c in itertools.product(range(len(postes)), range(len(candidats))):
        if places[p] > 0 and capacites[c] > 0 and (p, c) not in vues:
            assert not regles.paire_admissible(candidats[c], postes[p], AUJOURDHUI).admissible


def test_meme_entree_meme_sortie():
    """R48: nothing depends on chance."""
    postes, candidats = _hasard(7, 50, 60)
    paires = appariement.apparier(*colonnes(postes, candidats), AUCUNE, AUJOURDHUI).paires
    attendu = {(int(p), int(c)) for p, c in zip(paires.poste, paires.candidat, strict=True)}
    encore = appariement.apparier(*colonnes(postes, candidats), AUCUNE, AUJOURDHUI).paires
    assert {(int(p), int(c)) for p, c in zip(encore.poste, encore.candidat, strict=True)} == attendu


def test_une_seconde_passe_ne_propose_rien():
    """R55: once made, the same pairs leave nothing to do."""
    postes, candidats = _hasard(11, 40, 40)
    p, c = colonnes(postes, candidats)
    paires = appariement.apparier(p, c, AUCUNE, AUJOURDHUI).paires
    np.subtract.at(p.places, paires.poste, 1)
    np.subtract.at(c.capacite, paires.candidat, 1)
    deja = np.unique(appariement.cles_de_paires(paires.poste, paires.candidat, len(c)))
    assert len(appariement.apparier(p, c, deja, AUJOURDHUI).paires) == 0


def _flot_maximal(aretes, places, capacites):
    """Largest number of proposals, by the textbook method: one unit at a time."""
    tenu = {c: [] for c in capacites}
    compte = dict.fromkeys(places, 0)

    def placer(p, vus):
        for c in aretes[p]:
            if c in vus or p in tenu[c]:
                continue
            vus.add(c)
            if len(tenu[c]) < capacites[c]:
                tenu[c].append(p)
                return True
            for q in list(tenu[c]):
                tenu[c].remove(q)
                if placer(q, vus):
                    tenu[c].append(p)
                    return True
                tenu[c].append(q)
        return False

    progres = True
    while progres:
        progres = False
        for p in places:
            if compte[p] < places[p] and placer(p, set()):
                compte[p] += 1
                progres = True
    return sum(compte.values())


def _rares(graine):
    """Candidates at two proposals from their cap, posts close together: a shortage."""
    postes, candidats = _hasard(graine, 14, 9, etendue=0.6)
    return postes, [
        regles.CandidatFacts(**{**c.__dict__, "propositions_vivantes": 8 + rang % 2})
        for rang, c in enumerate(candidats)
    ]


@pytest.mark.parametrize("graine", range(40))
def test_autant_de_propositions_que_possible(graine):
    """R48: under shortage, no other choice makes more proposals than ours."""
    postes, candidats = _rares(graine)
    paires = appariement.apparier(*colonnes(postes, candidats), AUCUNE, AUJOURDHUI).paires
    _verifier(postes, candidats, paires)
    aretes = {
        p: [c for c, cand in enumerate(candidats) if regles.paire_admissible(cand, poste, AUJOURDHUI).admissible]
        for p, poste in enumerate(postes)
    }
    places = {p: regles.places_a_pourvoir(poste.propositions_vivantes) for p, poste in enumerate(postes)}
    capacites = {c: max(0, 10 - cand.propositions_vivantes) for c, cand in enumerate(candidats)}
    assert len(paires) == _flot_maximal(aretes, places, capacites)


def test_les_postes_presque_complets_passent_avant():
    """R48: with four candidates for two posts of three, one post gets its three rather than two posts two each."""
    lieu = regles.Lieu(46.5, 3.3, "metropole")
    postes = [regles.PosteFacts(f"{rang}", (lieu,), AUJOURDHUI) for rang in range(2)]
    candidats = [regles.CandidatFacts(f"{rang}", lieu, 40, AUJOURDHUI, propositions_vivantes=9) for rang in range(4)]
    paires = appariement.apparier(*colonnes(postes, candidats), AUCUNE, AUJOURDHUI).paires
    assert sorted(np.bincount(paires.poste, minlength=2).tolist()) == [1, 3]


def test_le_meilleur_score_sans_contrainte():
    """R48: when nobody is at the cap, each post simply has its three best."""
    postes, candidats = _hasard(3, 15, 60)
    candidats = [regles.CandidatFacts(**{**c.__dict__, "propositions_vivantes": -50}) for c in candidats]
    p, c = colonnes(postes, candidats)
    c.capacite[:] = 50
    paires = appariement.apparier(p, c, AUCUNE, AUJOURDHUI).paires
    for rang, poste in enumerate(postes):
        meilleurs = regles.classer(candidats, poste, AUJOURDHUI)[: int(p.places[rang])]
        attendu = sum(note.score for _, _, note in meilleurs)
        assert float(paires.score[paires.poste == rang].sum()) == pytest.approx(attendu, abs=0.05)
