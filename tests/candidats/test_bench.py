"""The bench of the matching runs, at a size that proves that it does (ARCHITECTURE §7)."""

from __future__ import annotations

import json

import pytest

from candidats import appariement
from tests.bench import appariement as bench
from tests.structures.factories import StructureFactory


@pytest.mark.django_db
def test_la_mesure_tourne(capsys):
    """The run, the floor and the old way answer; under no cap that matters, the old way finds the very same pairs."""
    arguments = ["--postes", "8", "--candidats", "200", "--echantillon", "3", "--refus", "0"]
    assert bench.main([*arguments, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["paires"] > 0
    communes, comparees = document["paires_communes_avec_orm"]
    assert communes == comparees > 0
    assert document["courriels"]["nombre"] > 0
    assert all(secondes > 0 for secondes in document["secondes"].values())
    assert set(document["cibles"]) == set(bench.CIBLES) - {"refus_sur_page_p95"}
    assert "nous_sur_plancher" in bench.rapport(document)
    assert appariement.VIVIER >= appariement.RESERVE


@pytest.mark.django_db
def test_la_mesure_refuse_la_base_d_un_autre(capsys):
    """What it writes stays, and it erases pairs: never among the data of somebody."""
    StructureFactory()
    assert bench.main([]) == 1
    assert "une base à elle" in capsys.readouterr().err


def test_le_verdict_suit_le_sens_de_la_cible():
    assert bench.tenue("orm_sur_nous", 80)
    assert not bench.tenue("orm_sur_nous", 70)
    assert bench.tenue("nous_sur_plancher", 3.9)
    assert not bench.tenue("memoire_mio", 2000)


@pytest.mark.parametrize("arguments", [["--postes", "2"], ["--candidats", "1"], ["--refus", "-1"]])
def test_tailles_impossibles(arguments, capsys):
    with pytest.raises(SystemExit) as sortie:
        bench.lire_arguments(arguments)
    assert sortie.value.code == 2
    assert "au moins" in capsys.readouterr().err
