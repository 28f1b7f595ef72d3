"""The bench of this floor runs, at a size that proves that it does (ARCHITECTURE §7)."""

from __future__ import annotations

import json

import pytest

from structures.models import Candidature
from tests.bench import structures as bench
from tests.structures.factories import StructureFactory


@pytest.mark.django_db
def test_la_mesure_tourne(capsys, monkeypatch):
    """Every page answers at both sizes; queries do not depend on the number."""
    monkeypatch.setattr(bench, "ECHAUFFEMENT", 0)
    assert bench.main(["--json", "--petit", "20", "--grand", "30", "--essais", "1"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["petit"], document["grand"]) == (20, 30)
    assert len(document["pages"]) == 10
    for page in document["pages"]:
        assert page["grand_ms"] > 0
        assert page["requetes_petit"] > 0
        assert abs(page["requetes_grand"] - page["requetes_petit"]) <= 3
    assert Candidature.objects.count() == 50


@pytest.mark.django_db
def test_la_mesure_refuse_la_base_d_un_autre(capsys):
    """What it writes stays: never among the data of somebody."""
    StructureFactory()
    assert bench.main([]) == 1
    assert "une base à elle" in capsys.readouterr().err


def test_le_tableau_dit_ce_qui_depasse():
    mesures = [bench.Mesure("Une page", 10, 15, 8, 8), bench.Mesure("Une autre", 10, 25, 8, 8)]
    une, autre = bench.rapport(mesures, 100, 10_000).splitlines()[1:]
    assert "1.50×" in une
    assert "au-dessus" not in une
    assert "2.50×" in autre
    assert "au-dessus de la cible" in autre


@pytest.mark.parametrize("arguments", [["--petit", "0"], ["--petit", "50", "--grand", "10"], ["--essais", "0"]])
def test_tailles_impossibles(arguments, capsys):
    with pytest.raises(SystemExit) as sortie:
        bench.lire_arguments(arguments)
    assert sortie.value.code == 2
    assert "essai" in capsys.readouterr().err
