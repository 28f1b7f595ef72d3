"""The bench of the CVthèque runs, at a size that proves that it does (ARCHITECTURE §7)."""

from __future__ import annotations

import json

import pytest

from tests.bench import cvtheque as bench
from tests.bench import structures
from tests.candidats.factories import CandidatFactory


@pytest.mark.django_db
def test_la_mesure_tourne(capsys, monkeypatch):
    """Every page answers at both sizes."""
    monkeypatch.setattr(structures, "ECHAUFFEMENT", 0)
    assert bench.main(["--json", "--petit", "10", "--grand", "20", "--essais", "1"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["petit"], document["grand"]) == (10, 20)
    assert len(document["pages"]) == len(bench.recherches("2031-01-01"))
    for page in document["pages"]:
        assert page["grand_ms"] > 0
        # A page where nobody was found has nobody's links to read.
        assert abs(page["requetes_grand"] - page["requetes_petit"]) <= 5


@pytest.mark.django_db
def test_la_mesure_refuse_la_base_d_un_autre(capsys):
    CandidatFactory()
    assert bench.main([]) == 1
    assert "une base à elle" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--petit", "0"], ["--petit", "50", "--grand", "10"], ["--essais", "0"]])
def test_tailles_impossibles(arguments, capsys):
    with pytest.raises(SystemExit) as sortie:
        bench.lire_arguments(arguments)
    assert sortie.value.code == 2
