"""R46 compares these distances with a mobility, bound included."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.territoires.distance import RAYON_TERRE_KM, distance_km, distances_km

latitudes = st.floats(min_value=-90, max_value=90)
longitudes = st.floats(min_value=-180, max_value=180)
points = st.tuples(latitudes, longitudes)

PARIS, MARSEILLE, LYON = (48.8566, 2.3522), (43.2965, 5.3698), (45.7640, 4.8357)
SAINT_DENIS_REUNION, NOUMEA, PAPEETE = (-20.8789, 55.4481), (-22.2758, 166.4580), (-17.5350, -149.5696)


@pytest.mark.parametrize(
    ("a", "b", "kilometres"),
    [
        (PARIS, MARSEILLE, 660),
        (PARIS, LYON, 392),
        (PARIS, SAINT_DENIS_REUNION, 9353),
        (NOUMEA, PAPEETE, 4606),  # across the 180th meridian
    ],
)
def test_distances_connues(a, b, kilometres):
    assert distance_km(*a, *b) == pytest.approx(kilometres, rel=0.005)


def test_un_degre_de_meridien():
    assert distance_km(45, 3, 46, 3) == pytest.approx(111.1950802335329, abs=1e-9)


def test_antipodes():
    assert distance_km(0, 0, 0, 180) == pytest.approx(np.pi * RAYON_TERRE_KM, abs=1e-6)
    assert distance_km(90, 0, -90, 0) == pytest.approx(np.pi * RAYON_TERRE_KM, abs=1e-6)


@given(points)
def test_nulle_sur_place(p):
    assert distance_km(*p, *p) == 0


@given(points, points)
def test_symetrique(p, q):
    assert distance_km(*p, *q) == pytest.approx(distance_km(*q, *p), abs=1e-9)


@given(points, points, points)
def test_inegalite_triangulaire(p, q, r):
    assert distance_km(*p, *r) <= distance_km(*p, *q) + distance_km(*q, *r) + 1e-3


@given(st.lists(st.tuples(points, points), min_size=1, max_size=30))
def test_la_version_vectorisee_donne_la_meme_chose(paires):
    un_par_un = np.array([distance_km(*p, *q) for p, q in paires])
    a, b = np.array([p for p, _ in paires]), np.array([q for _, q in paires])
    ensemble = distances_km(a[:, 0], a[:, 1], b[:, 0], b[:, 1])
    proches = un_par_un < 19_900
    assert np.abs(un_par_un - ensemble)[proches].max(initial=0) < 1e-9
    assert np.abs(un_par_un - ensemble).max() < 1e-3


def test_matrice_par_diffusion():
    villes = np.array([PARIS, MARSEILLE, LYON])
    matrice = distances_km(villes[:, None, 0], villes[:, None, 1], villes[None, :, 0], villes[None, :, 1])
    assert matrice.shape == (3, 3)
    assert (np.diag(matrice) == 0).all()
    assert matrice[0, 1] == pytest.approx(distance_km(*PARIS, *MARSEILLE), abs=1e-9)
