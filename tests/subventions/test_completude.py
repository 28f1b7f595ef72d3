"""Pure rules of a file's contents (R3, R8, R60)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from portal.commun.erreurs import RegleNonRespectee
from structures.regimes import CodeRegime, obtenir_regime
from subventions.completude import (
    Informations,
    est_une_annonce,
    informations_manquantes,
    normaliser_iban,
    pieces_du_dossier,
    verifier_informations,
)

AUJOURDHUI = dt.date(2026, 3, 2)
PUBLIC = obtenir_regime(CodeRegime.AMI_PUBLIC_2020)
PRIVE = obtenir_regime(CodeRegime.AMI_PRIVE_2021)
COORDINATEUR = obtenir_regime(CodeRegime.AAC_COORDINATEUR_2023)


@pytest.mark.parametrize(
    ("saisie", "attendu"),
    [
        ("FR76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189"),
        ("fr7630006000011234567890189", "FR7630006000011234567890189"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_iban_normalise_r60(saisie, attendu):
    assert normaliser_iban(saisie) == attendu


@pytest.mark.parametrize("saisie", ["FR7630006000011234567890188", "FR76", "30006000011234567890189", "ZZ00"])
def test_iban_faux_refuse_r60(saisie):
    with pytest.raises(RegleNonRespectee) as refus:
        normaliser_iban(saisie)
    assert (refus.value.regle, refus.value.champ) == ("R60", "iban")


@pytest.mark.parametrize(
    ("adresse", "attendu"),
    [
        ("https://www.emploi-territorial.fr/offre/o03", True),
        ("https://emploi-territorial.fr/offre", True),
        ("http://WWW.EMPLOI-TERRITORIAL.FR/x", True),
        ("https://emploi-territorial.fr.exemple.fr/", False),
        ("https://faux-emploi-territorial.fr/", False),
        ("javascript:alert(1)//emploi-territorial.fr", False),
        ("emploi-territorial.fr/offre", False),
    ],
)
def test_adresse_de_l_annonce_r3(adresse, attendu):
    assert est_une_annonce(adresse) is attendu


@pytest.mark.parametrize(
    ("naissance", "juste"),
    [
        (dt.date(2008, 3, 2), True),
        (dt.date(2008, 3, 3), False),
        (dt.date(1906, 3, 2), True),
        (dt.date(1905, 3, 1), False),
        (dt.date(2027, 1, 1), False),
    ],
)
def test_dates_de_naissance_d_adultes_r60(naissance, juste):
    infos = Informations("public", president_naissance=naissance)
    assert (verifier_informations(infos, AUJOURDHUI) == []) is juste


def test_chaque_erreur_est_dite_a_cote_de_son_champ():
    infos = Informations(
        "public",
        president_naissance=dt.date(2020, 1, 1),
        iban="FR00",
        aides=Decimal("-5"),
        annonce_url="https://exemple.fr",
        annonce_le=dt.date(2026, 3, 3),
    )
    manquements = verifier_informations(infos, AUJOURDHUI)
    assert [(m.regle, m.champ) for m in manquements] == [
        ("R60", "president_naissance"),
        ("R60", "iban"),
        ("R8", "aides"),
        ("R3", "annonce_url"),
        ("R3", "annonce_le"),
    ]


@pytest.mark.parametrize(
    ("regime", "statut", "attendus"),
    [
        (
            PUBLIC,
            "public",
            ["president_nom", "president_naissance", "dgs_nom", "dgs_naissance", "iban", "annonce_url", "annonce_le"],
        ),
        (PRIVE, "prive", ["president_nom", "president_naissance", "iban"]),
        # R3: the call for coordinators follows the legal kind.
        (COORDINATEUR, "prive", ["president_nom", "president_naissance", "iban"]),
        (
            COORDINATEUR,
            "autre-public",
            ["president_nom", "president_naissance", "dgs_nom", "dgs_naissance", "iban", "annonce_url", "annonce_le"],
        ),
    ],
)
def test_ce_qui_manque_avant_le_depot_r60_r3(regime, statut, attendus):
    assert [m.champ for m in informations_manquantes(Informations(statut), regime)] == attendus


def test_un_directeur_nomme_vient_avec_sa_date_de_naissance_r60():
    infos = Informations("prive", "A", dt.date(1970, 1, 1), dgs_nom="B", iban="FR")
    assert [m.champ for m in informations_manquantes(infos, PRIVE)] == ["dgs_naissance"]


def test_la_dispense_leve_l_annonce_r3():
    infos = Informations("public", annonce_dispensee=True)
    assert not {"annonce_url", "annonce_le"} & {m.champ for m in informations_manquantes(infos, PUBLIC)}


def test_les_declarations_changent_les_pieces_r8_r60():
    sans = {p.nature: p.obligatoire for p in pieces_du_dossier("public", aides=Decimal(0), cofinancement=" ")}
    avec = {p.nature: p.obligatoire for p in pieces_du_dossier("public", aides=Decimal(1), cofinancement="Région")}
    assert ("autres-aides" in sans, sans["cofinancement"]) == (False, False)
    assert (avec["autres-aides"], avec["cofinancement"]) == (True, True)
