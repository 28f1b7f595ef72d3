"""R21: SIRET, RIDET, legal category; R6: the legal kind that each call reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import siret as reference

from portal.commun.erreurs import RegleNonRespectee
from structures.identifiants import (
    classer,
    identifiant_unique,
    luhn,
    normaliser_ridet,
    normaliser_siret,
    statut_dans_regime,
)


@pytest.mark.parametrize(
    ("saisie", "attendu"),
    [
        ("73282932000074", "73282932000074"),
        (" 732 829 320 00074 ", "73282932000074"),
        ("732.829.320-00074", "73282932000074"),
        ("732\u00a0829\u202f320 00074", "73282932000074"),
        ("35600000000048", "35600000000048"),
        ("35600000049837", "35600000049837"),
        ("35600000018723", "35600000018723"),
    ],
)
def test_r21_siret_valide_garde_comme_texte(saisie, attendu):
    assert normaliser_siret(saisie) == attendu


def test_r21_un_zero_au_debut_reste():
    siret = next(f"005520135{n:05d}" for n in range(100) if luhn(f"005520135{n:05d}")) if luhn("005520135") else None
    assert siret is not None
    assert normaliser_siret(siret).startswith("00")


@pytest.mark.parametrize(
    "saisie",
    ["", "123", "7328293200007", "732829320000741", "7328293200007A", "73282932000075", "35600000015643", "0" * 14],
)
def test_r21_siret_refuse(saisie):
    with pytest.raises(RegleNonRespectee) as refus:
        normaliser_siret(saisie)
    assert (refus.value.regle, refus.value.champ) == ("R21", "siret")


def test_r21_le_siren_aussi_doit_passer_le_controle():
    # The whole passes the check, its first nine digits do not.
    fautif = next(candidat for n in range(100) if luhn(candidat := f"732829321{n:05d}") and not luhn(candidat[:9]))
    with pytest.raises(RegleNonRespectee):
        normaliser_siret(fautif)


def test_r21_des_chiffres_d_un_autre_alphabet_sont_refuses():
    with pytest.raises(RegleNonRespectee):
        normaliser_siret("٧٣٢٨٢٩٣٢٠٠٠٠٧٤")


@given(st.from_regex(r"[1-9][0-9]{13}", fullmatch=True).filter(lambda siret: not siret.startswith("356000000")))
def test_r21_meme_verdict_que_la_bibliotheque_de_reference(siret):
    try:
        normaliser_siret(siret)
        accepte = True
    except RegleNonRespectee:
        accepte = False
    assert accepte == reference.is_valid(siret)


@pytest.mark.parametrize(
    ("saisie", "attendu"),
    [("123456", "0123456"), ("0 123 456", "0123456"), ("1234567.001", "1234567001"), ("123456 001", "0123456001")],
)
def test_r20_ridet_de_nouvelle_caledonie(saisie, attendu):
    assert normaliser_ridet(saisie, "988") == attendu


@pytest.mark.parametrize(
    ("saisie", "departement"),
    [("12345", "988"), ("12345678", "988"), ("0000000", "988"), ("abcdefg", "988"), ("1234567", "03")],
)
def test_r20_ridet_refuse(saisie, departement):
    with pytest.raises(RegleNonRespectee) as refus:
        normaliser_ridet(saisie, departement)
    assert (refus.value.regle, refus.value.champ) == ("R20", "ridet")


def test_r20_un_identifiant_et_un_seul():
    assert identifiant_unique("732 829 320 00074", "", "03") == ("73282932000074", None)
    assert identifiant_unique("", "123456", "988") == (None, "0123456")
    assert identifiant_unique("73282932000074", "", "988") == ("73282932000074", None)


@pytest.mark.parametrize(
    ("siret", "ridet", "departement", "champ"),
    [("73282932000074", "1234567", "988", "ridet"), ("", "", "988", "ridet"), ("", " ", "03", "siret")],
)
def test_r20_ni_deux_identifiants_ni_aucun(siret, ridet, departement, champ):
    with pytest.raises(RegleNonRespectee) as refus:
        identifiant_unique(siret, ridet, departement)
    assert refus.value.champ == champ


@pytest.mark.parametrize(
    ("categorie", "statut", "genre"),
    [
        ("7210", "public", "commune"),
        ("7220", "public", "departement"),
        ("7225", "public", "collectivite"),
        ("7230", "public", "region"),
        ("7343", "public", "epci"),
        ("7344", "public", "epci"),
        ("7346", "public", "epci"),
        ("7348", "public", "epci"),
        ("7353", "public", "etablissement-public"),
        ("7355", "public", "etablissement-public"),
        ("7357", "public", "etablissement-public"),
        ("7361", "autre-public", "etablissement-public"),
        ("7367", "autre-public", "etablissement-public"),
        ("7381", "autre-public", "etablissement-public"),
        ("7410", "autre-public", "gip"),
        ("4140", "autre-public", "etablissement-public"),
        ("9220", "prive", "association"),
        ("9260", "prive", "association"),
        ("5195", "prive", "association"),
        ("9300", "prive", "prive-interet-general"),
        ("8110", "prive", "prive-interet-general"),
        ("5710", "prive", "prive-interet-general"),
    ],
)
def test_r21_la_categorie_juridique_dit_public_ou_prive(categorie, statut, genre):
    classement = classer(categorie)
    assert (classement.statut, classement.type) == (statut, genre)
    assert classement.eligible
    assert classement.explication.endswith(".")


@pytest.mark.parametrize("categorie", ["8110", "5710", "7381", "7171", "9210", "", "72"])
def test_r21_ce_que_le_code_ne_tranche_pas_se_confirme(categorie):
    assert classer(categorie).a_confirmer


def test_r21_entreprise_de_l_ess_d_apres_l_annuaire():
    assert classer("5458", est_ess=True).type == "ess"


def test_r21_un_organisme_public_que_sa_categorie_ne_dit_pas():
    assert classer("9220", siren="320252489").statut == "autre-public"


@pytest.mark.parametrize("categorie", ["7113", "7171", "9210"])
def test_ni_les_services_de_l_etat_ni_les_associations_non_declarees(categorie):
    assert not classer(categorie).eligible


@pytest.mark.parametrize(
    ("genre", "regime", "categorie", "attendu"),
    [
        ("commune", "ami-public-2020", "7210", "public"),
        ("gip", "ami-public-2020", "7410", "public"),
        ("etablissement-public", "ami-public-2020", "7361", "public"),
        ("gip", "aac-coordinateur-2023", "7410", "autre-public"),
        ("etablissement-public", "aac-coordinateur-2023", "7361", "autre-public"),
        ("etablissement-public", "aac-coordinateur-2023", "", "autre-public"),
        ("etablissement-public", "aac-coordinateur-2023", "7355", "public"),
        ("epci", "aac-coordinateur-2023", "7346", "public"),
        ("association", "aac-coordinateur-2023", "9220", "prive"),
        ("ess", "ami-prive-2021", "5458", "prive"),
    ],
)
def test_r6_le_statut_que_lit_le_bareme_depend_de_l_appel(genre, regime, categorie, attendu):
    assert statut_dans_regime(genre, regime, categorie) == attendu
