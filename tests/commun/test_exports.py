"""Exports for a spreadsheet: readable by French Excel, and nothing that people typed runs."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.commun.exports import Colonne, exporter

COLONNES = [
    Colonne("Nom", "nom"),
    Colonne("Ville", "lieu.ville"),
    Colonne("Montant", "montant"),
    Colonne("Jour", lambda ligne: ligne.jour),
    Colonne("Vu", "vu"),
    Colonne("Postes", "postes"),
]
LIGNE = SimpleNamespace(
    nom="Été ; « 1 »",
    lieu=SimpleNamespace(ville="Moulins"),
    montant=Decimal("-1234.50"),
    jour=date(2021, 3, 1),
    vu=True,
    postes=3,
)


def lire_csv(reponse) -> list[list[str]]:
    return list(csv.reader(io.StringIO(reponse.content.decode("utf-8-sig")), delimiter=";"))


def lire_xlsx(reponse) -> list[list]:
    return [list(rang) for rang in load_workbook(io.BytesIO(reponse.content)).active.iter_rows()]


def test_le_csv_s_ouvre_dans_un_tableur_francais():
    reponse = exporter("Structures de l’Allier", COLONNES, [LIGNE])
    assert reponse.content.startswith(b"\xef\xbb\xbf")
    assert reponse["Content-Disposition"] == 'attachment; filename="structures-de-lallier.csv"'
    assert reponse["Cache-Control"] == "no-store"
    assert lire_csv(reponse) == [
        ["Nom", "Ville", "Montant", "Jour", "Vu", "Postes"],
        ["Été ; « 1 »", "Moulins", "-1234,50", "01/03/2021", "Oui", "3"],
    ]


def test_le_xlsx_garde_les_types():
    titres, ligne = lire_xlsx(exporter("liste", COLONNES, [LIGNE], format="xlsx"))
    assert [cellule.value for cellule in titres] == ["Nom", "Ville", "Montant", "Jour", "Vu", "Postes"]
    assert [cellule.value for cellule in ligne] == [
        "Été ; « 1 »", "Moulins", -1234.5, datetime.fromisoformat("2021-03-01"), "Oui", 3,
    ]  # fmt: skip
    assert ligne[3].number_format == "dd/mm/yyyy"


def test_un_moment_est_a_l_heure_de_paris():
    colonnes = [Colonne("Le", lambda ligne: ligne)]
    instant = datetime(2021, 7, 1, 22, tzinfo=UTC)
    assert lire_csv(exporter("x", colonnes, [instant]))[1] == ["02/07/2021 00:00"]
    assert lire_xlsx(exporter("x", colonnes, [instant], format="xlsx"))[1][0].value == datetime.fromisoformat(
        "2021-07-02"
    )


def test_une_valeur_absente_laisse_la_case_vide():
    ligne, colonnes = SimpleNamespace(lieu=None), [Colonne("Ville", "lieu.ville"), Colonne("Fin", lambda ligne: 1)]
    for format, lire in (("csv", lambda r: lire_csv(r)[1][0]), ("xlsx", lambda r: lire_xlsx(r)[1][0].value)):
        assert lire(exporter("x", colonnes, [ligne], format=format)) in ("", None)


FORMULES = ["=1+1", "+33612345678", "-2", "@SUM(A1)", "\t=1", "  =HYPERLINK(1)", "\r=1", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("formule", FORMULES)
def test_une_formule_tapee_par_quelqu_un_reste_un_texte(formule):
    colonnes = [Colonne("Nom", lambda ligne: ligne)]
    assert lire_csv(exporter("x", colonnes, [formule]))[1][0].startswith("'")
    cellule = lire_xlsx(exporter("x", colonnes, [formule], format="xlsx"))[1][0]
    assert cellule.data_type in ("s", "inlineStr")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=50), min_size=1, max_size=30))
def test_aucun_texte_ne_devient_une_formule_ni_ne_casse_le_fichier(textes):
    colonnes = [Colonne("Nom", lambda ligne: ligne), Colonne("Fin", lambda ligne: "fin")]
    lignes = lire_csv(exporter("x", colonnes, textes))
    cellules = list(lire_xlsx(exporter("x", colonnes, textes, format="xlsx")))
    assert len(lignes) == len(cellules) == len(textes) + 1
    for (texte, fin), cellule in zip(lignes[1:], cellules[1:], strict=True):
        assert fin == "fin"
        assert not texte.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
        assert cellule[0].data_type != "f"


def test_un_format_inconnu_est_une_faute():
    with pytest.raises(KeyError):
        exporter("x", COLONNES, [], format="ods")
