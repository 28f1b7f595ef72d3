"""R69: the command and the function give the same answer; its interface is stable."""

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, load_command_class

from subventions.simulation import simuler

RACINE = Path(__file__).resolve().parents[2]
PUBLIC = ["--regime", "ami-public-2020", "--statut", "public", "--contrat", "contrat-projet", "--departement", "03"]


def appeler(*arguments):
    sortie = StringIO()
    call_command("simuler_subvention", *arguments, stdout=sortie)
    return sortie.getvalue()


def test_r69_json_montants_en_texte_et_dates_iso():
    document = json.loads(appeler(*PUBLIC, "--duree-mois", "24", "--evenement", "2021-03-31", "--json"))
    regles = document.pop("regles")
    assert document == {
        "montant": "50000.00",
        "duree_mois": 24,
        "base": "50000.00",
        "majoration": "0.00",
        "deductions": "0.00",
        "tranches": [
            {"rang": 1, "pourcentage": 20, "montant": "10000.00", "date": "2021-04-30"},
            {"rang": 2, "pourcentage": 30, "montant": "15000.00", "date": "2021-09-30"},
            {"rang": 3, "pourcentage": 50, "montant": "25000.00", "date": "2022-03-31"},
        ],
    }
    assert [regle.split(" ")[0] for regle in regles] == ["R6", "R4", "R5", "R10", "R11"]


def test_r69_sans_evenement_les_dates_sont_nulles():
    document = json.loads(appeler(*PUBLIC, "--json"))
    assert [tranche["date"] for tranche in document["tranches"]] == [None, None, None]


def test_r69_le_coordinateur_en_outre_mer_avec_des_aides():
    document = json.loads(
        appeler(
            *("--regime", "aac-coordinateur-2023", "--statut", "public", "--contrat", "titulaire"),
            *("--departement", "974", "--aides", "500,5", "--evenement", "2024-01-31", "--json"),
        )
    )
    assert (document["base"], document["majoration"], document["deductions"]) == ("50000.00", "17500.00", "500.50")
    assert document["montant"] == "66999.50"
    assert document["tranches"] == [{"rang": 1, "pourcentage": 100, "montant": "66999.50", "date": "2024-02-29"}]


def test_r69_pour_des_personnes():
    texte = appeler(*PUBLIC, "--evenement", "2021-03-31").replace("\N{NO-BREAK SPACE}", " ")
    assert "Montant : 50 000,00 € pour 24 mois" in texte
    assert "1. 20 % : 10 000,00 €, 30 avril 2021" in texte
    assert "R6 : " in texte


def test_r69_la_page_et_la_commande_partagent_leur_calcul():
    simulation = simuler(
        regime="ami-public-2020",
        statut="public",
        contrat="contrat-projet",
        departement="03",
        duree_mois=None,
        evenement=date(2021, 3, 31),
        aides=Decimal(0),
    )
    assert json.loads(appeler(*PUBLIC, "--evenement", "2021-03-31", "--json")) == simulation.en_dict()


def test_r4_une_campagne_peut_nommer_une_autre_horloge():
    cas = {"regime": "ami-public-2020", "statut": "public", "contrat": "titulaire", "departement": "03"}
    assert "signature du contrat" in simuler(**cas).regles[1].texte
    assert "signature de la convention" in simuler(**cas, horloge="signature_convention").regles[1].texte


@pytest.mark.parametrize(
    "arguments",
    [
        [*PUBLIC[:4], "--contrat", "cdi-prive", "--departement", "03"],
        [*PUBLIC, "--duree-mois", "12"],
        [*PUBLIC[:6], "--departement", "20"],
    ],
)
def test_r9_sans_ligne_la_commande_refuse_avec_le_code_1(arguments):
    with pytest.raises(CommandError) as refus:
        appeler(*arguments, "--json")
    assert refus.value.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([*PUBLIC, "--json"], 0),
        ([*PUBLIC[:4], "--contrat", "cdi-prive", "--departement", "03", "--json"], 1),
    ],
)
def test_codes_de_sortie_et_sorties_separees(arguments, code):
    resultat = subprocess.run(  # noqa: S603 - our own command, fixed arguments
        [sys.executable, str(RACINE / "manage.py"), "simuler_subvention", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=RACINE,
    )
    assert resultat.returncode == code, resultat.stderr
    if code:
        assert resultat.stdout == ""
        assert resultat.stderr
    else:
        assert json.loads(resultat.stdout)["montant"] == "50000.00"


@pytest.mark.parametrize(
    "arguments",
    [
        [*PUBLIC, "--evenement", "31/03/2021"],
        [*PUBLIC, "--aides", "beaucoup"],
        [*PUBLIC, "--aides", "-1"],
        [*PUBLIC, "--duree-mois", "0"],
        ["--regime", "ami-2019", *PUBLIC[2:]],
        PUBLIC[:6],
    ],
)
def test_un_argument_illisible_sort_avec_le_code_2(arguments, capsys):
    with pytest.raises(SystemExit) as fin:
        load_command_class("subventions", "simuler_subvention").run_from_argv(
            ["manage.py", "simuler_subvention", *arguments]
        )
    sortie, erreurs = capsys.readouterr()
    assert (fin.value.code, sortie) == (2, "")
    assert erreurs
