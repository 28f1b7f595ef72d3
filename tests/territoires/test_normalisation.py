import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.commun.normalisation import normaliser, normaliser_lieu


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("L'HAŸ LES ROSES", "l hay les roses"),
        ("  Île   d'Aix ", "ile d aix"),
        ("Œuf-en-Ternois", "oeuf en ternois"),
        ("SCHŒLCHER", "schoelcher"),
        ("Lætitia", "laetitia"),
        ("Château-Chinon (Ville)", "chateau chinon ville"),
        ("Nouméa – Dumbéa", "noumea dumbea"),
        ("e\u0301te\u0301", "ete"),
        ("a_b%c\x00d", "a b c d"),
        ("", ""),
        (None, ""),
    ],
)
def test_normaliser(texte, attendu):
    assert normaliser(texte) == attendu


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("St-Étienne", "saint etienne"),
        ("Ste Marie", "sainte marie"),
        ("STES-MARIES de la mer", "saintes maries de la mer"),
        ("Sts-Geosmes", "saints geosmes"),
        ("Bourg-St-Maurice", "bourg saint maurice"),
        ("Stains", "stains"),
        ("Est", "est"),
    ],
)
def test_normaliser_lieu_lit_saint(texte, attendu):
    assert normaliser_lieu(texte) == attendu


@given(st.text())
def test_normaliser_deux_fois_ne_change_rien(texte):
    assert normaliser(normaliser(texte)) == normaliser(texte)
    assert normaliser_lieu(normaliser_lieu(texte)) == normaliser_lieu(texte)


@given(st.text())
def test_normaliser_ne_laisse_pas_de_joker_sql(texte):
    assert not set(normaliser(texte)) & set("%_\\'\"\x00")
