"""Calendar arithmetic: R11 (months), R14 (days served), R41 (age)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.commun.dates import (
    age,
    ajouter_mois,
    date_longue,
    dure_au_moins,
    fin_de_periode,
    jours_inclus,
    mois_entames,
    tient_dans,
)

jours = st.dates(date(2015, 1, 1), date(2060, 12, 31))
mois = st.integers(0, 60)


@pytest.mark.parametrize(
    ("depart", "nombre", "attendu"),
    [
        (date(2021, 3, 31), 1, date(2021, 4, 30)),
        (date(2021, 1, 31), 1, date(2021, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2021, 8, 31), 6, date(2022, 2, 28)),
        (date(2021, 12, 15), 1, date(2022, 1, 15)),
        (date(2021, 5, 10), 0, date(2021, 5, 10)),
        (date(2021, 3, 31), -1, date(2021, 2, 28)),
    ],
)
def test_r11_meme_quantieme_ou_dernier_jour_d_un_mois_plus_court(depart, nombre, attendu):
    assert ajouter_mois(depart, nombre) == attendu


@given(jours, mois)
def test_r11_le_mois_est_le_bon_et_le_jour_garde_ou_ramene_au_dernier(depart, nombre):
    arrivee = ajouter_mois(depart, nombre)
    assert (arrivee.year * 12 + arrivee.month) - (depart.year * 12 + depart.month) == nombre
    assert arrivee.day == depart.day or (
        arrivee.day < depart.day and (arrivee + timedelta(days=1)).month != arrivee.month
    )


@given(jours, st.lists(mois, min_size=2, max_size=5))
def test_r11_plus_de_mois_ne_donne_jamais_une_date_plus_tot(depart, nombres):
    arrivees = [ajouter_mois(depart, nombre) for nombre in sorted(nombres)]
    assert arrivees == sorted(arrivees)


def test_r11_compter_depuis_le_depart_n_est_pas_compter_de_mois_en_mois():
    depart = date(2021, 1, 31)
    assert ajouter_mois(depart, 2) == date(2021, 3, 31)
    assert ajouter_mois(ajouter_mois(depart, 1), 1) == date(2021, 3, 28)


def test_r62_dix_huit_mois_s_arretent_la_veille():
    debut = date(2022, 3, 1)
    assert fin_de_periode(debut, 18) == date(2023, 8, 31)
    assert tient_dans(debut, date(2023, 8, 31), 18)
    assert not tient_dans(debut, date(2023, 9, 1), 18)
    assert dure_au_moins(debut, date(2023, 8, 31), 18)
    assert not dure_au_moins(debut, date(2023, 8, 30), 18)


@given(jours, st.integers(1, 48))
def test_mois_entames_est_le_plus_petit_nombre_de_mois_qui_contient_la_periode(debut, nombre):
    fin = fin_de_periode(debut, nombre)
    assert mois_entames(debut, fin) <= nombre
    assert mois_entames(debut, fin + timedelta(days=1)) == nombre + 1


@given(jours, st.integers(-10, 1500))
def test_mois_entames_contient_la_periode_et_un_mois_de_moins_ne_la_contient_pas(debut, ecart):
    fin = debut + timedelta(days=ecart)
    nombre = mois_entames(debut, fin)
    if fin < debut:
        assert nombre == 0
    else:
        assert tient_dans(debut, fin, nombre)
        assert not tient_dans(debut, fin, nombre - 1)


def test_r14_les_deux_bornes_comptent():
    assert jours_inclus(date(2021, 3, 1), date(2021, 3, 1)) == 1
    assert jours_inclus(date(2021, 3, 1), date(2021, 3, 31)) == 31
    assert jours_inclus(date(2021, 3, 1), date(2021, 2, 28)) == 0


@pytest.mark.parametrize(
    ("naissance", "jour", "attendu"),
    [
        (date(2005, 6, 15), date(2021, 6, 14), 15),
        (date(2005, 6, 15), date(2021, 6, 15), 16),
        (date(1957, 6, 15), date(2022, 6, 14), 64),
        (date(1957, 6, 15), date(2022, 6, 15), 65),
        (date(2004, 2, 29), date(2021, 2, 28), 16),
        (date(2004, 2, 29), date(2021, 3, 1), 17),
        (date(2004, 2, 29), date(2024, 2, 28), 19),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
    ],
)
def test_r41_age_en_annees_entieres(naissance, jour, attendu):
    assert age(naissance, jour) == attendu


@pytest.mark.parametrize(
    ("jour", "attendu"),
    [
        (date(2021, 3, 1), "1er mars 2021"),
        (date(2023, 12, 10), "10 décembre 2023"),
        (date(2022, 8, 21), "21 août 2022"),
    ],
)
def test_date_longue(jour, attendu):
    assert date_longue(jour) == attendu
