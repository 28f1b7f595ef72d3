"""The scale: every line of R6, and R7 to R9."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.commun.erreurs import RegleNonRespectee
from structures.regimes import CONTRATS_SANS_TERME, REGIMES, NatureContrat, StatutJuridique
from subventions.bareme import (
    BAREME,
    MontantAFixer,
    arrondir,
    calculer_montant,
    contrats_admis,
    euros,
    normaliser_departement,
    trouver_ligne,
)

PUBLIC, PRIVE, COORDINATEUR = REGIMES

# regime, legal kind, contract, its duration, months covered, base, amount in 971 to 973, amount in 974 and 976.
# None overseas: the text announces an increase without its figure.
LIGNES = [
    (PUBLIC, "public", "contrat-projet", 24, 24, 50_000, 70_000, 67_500),
    (PUBLIC, "public", "contrat-projet", 36, 24, 50_000, 70_000, 67_500),
    (PUBLIC, "public", "cdd-public", 24, 24, 50_000, 70_000, 67_500),
    (PUBLIC, "public", "cdi-public", None, 24, 50_000, 70_000, 67_500),
    (PUBLIC, "public", "titulaire", None, 24, 50_000, 70_000, 67_500),
    (PRIVE, "prive", "cdi-prive", None, 24, 40_000, 40_000, 40_000),
    (PRIVE, "prive", "cdd-prive", 18, 18, 32_000, 32_000, 32_000),
    (PRIVE, "prive", "cdd-prive", 12, 18, 32_000, 32_000, 32_000),
    (PRIVE, "prive", "contrat-projet", 24, 24, 40_000, 40_000, 40_000),
    (COORDINATEUR, "public", "cdi-public", None, 24, 50_000, 70_000, 67_500),
    (COORDINATEUR, "public", "cdd-public", 24, 24, 50_000, 70_000, 67_500),
    (COORDINATEUR, "public", "contrat-projet", 24, 24, 50_000, 70_000, 67_500),
    (COORDINATEUR, "public", "titulaire", None, 24, 50_000, 70_000, 67_500),
    (COORDINATEUR, "autre-public", "cdd-public", 18, 18, 37_500, None, None),
    (COORDINATEUR, "autre-public", "cdd-prive", 18, 18, 37_500, 37_500, 37_500),
    (COORDINATEUR, "prive", "cdi-prive", None, 24, 40_000, 40_000, 40_000),
    (COORDINATEUR, "prive", "cdd-prive", 18, 18, 32_000, 32_000, 32_000),
    (COORDINATEUR, "prive", "contrat-projet", 24, 24, 40_000, 40_000, 40_000),
]
COUVERTS = {(regime, statut, contrat) for regime, statut, contrat, *_ in LIGNES}


@pytest.mark.parametrize(("regime", "statut", "contrat", "duree", "mois", "base", "antilles", "reunion"), LIGNES)
def test_r6_en_metropole(regime, statut, contrat, duree, mois, base, antilles, reunion):
    calcul = calculer_montant(regime, statut, contrat, "03", duree)
    assert (calcul.montant, calcul.base, calcul.majoration, calcul.deductions) == (base, base, 0, 0)
    assert calcul.duree_mois == mois
    assert not calcul.a_verifier_par_bdt


@pytest.mark.parametrize("departement", ["971", "972", "973", "974", "976"])
@pytest.mark.parametrize(("regime", "statut", "contrat", "duree", "mois", "base", "antilles", "reunion"), LIGNES)
def test_r6_r7_outre_mer(regime, statut, contrat, duree, mois, base, antilles, reunion, departement):
    attendu = reunion if departement in ("974", "976") else antilles
    if attendu is None:
        with pytest.raises(MontantAFixer, match="Banque des Territoires") as refus:
            calculer_montant(regime, statut, contrat, departement, duree)
        assert refus.value.regle == "R6"
    else:
        calcul = calculer_montant(regime, statut, contrat, departement, duree)
        assert (calcul.montant, calcul.majoration) == (attendu, attendu - base)
        assert calcul.duree_mois == mois
        assert "R7" in [explication.regle for explication in calcul.regles]


@pytest.mark.parametrize("departement", ["975", "977", "978", "986", "987", "988"])
@pytest.mark.parametrize(("regime", "statut", "contrat", "duree", "mois", "base", "antilles", "reunion"), LIGNES)
def test_r7_autres_territoires_montant_de_base_signale(
    regime, statut, contrat, duree, mois, base, antilles, reunion, departement
):
    calcul = calculer_montant(regime, statut, contrat, departement, duree)
    assert (calcul.montant, calcul.a_verifier_par_bdt) == (base, True)


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("statut", StatutJuridique)
@pytest.mark.parametrize("contrat", NatureContrat)
def test_r9_toute_combinaison_sans_ligne_est_refusee(regime, statut, contrat):
    if (regime, statut, contrat) in COUVERTS:
        assert trouver_ligne(regime, statut, contrat).regime == regime
        assert contrat in contrats_admis(regime, statut)
        return
    assert contrat not in contrats_admis(regime, statut)
    with pytest.raises(RegleNonRespectee) as refus:
        calculer_montant(regime, statut, contrat, "03")
    assert refus.value.regle == "R9"
    assert statut.libelle in refus.value.message
    assert contrat.libelle in refus.value.message
    assert REGIMES[regime].libelle in refus.value.message


@pytest.mark.parametrize(
    ("regime", "statut", "contrat", "duree", "accepte"),
    [
        (PUBLIC, "public", "contrat-projet", 23, False),
        (PUBLIC, "public", "contrat-projet", 24, True),
        (PUBLIC, "public", "contrat-projet", 36, True),
        (PUBLIC, "public", "contrat-projet", 37, False),
        (PUBLIC, "public", "cdd-public", 12, False),
        (PRIVE, "prive", "cdd-prive", 18, True),
        (PRIVE, "prive", "cdd-prive", 19, False),
        (COORDINATEUR, "prive", "cdd-prive", 19, False),
        (COORDINATEUR, "autre-public", "cdd-public", 19, False),
        (COORDINATEUR, "autre-public", "cdd-prive", 18, True),
        (PRIVE, "prive", "cdd-prive", 0, False),
    ],
)
def test_r6_durees(regime, statut, contrat, duree, accepte):
    if accepte:
        assert calculer_montant(regime, statut, contrat, "03", duree).montant > 0
    else:
        with pytest.raises(RegleNonRespectee) as refus:
            calculer_montant(regime, statut, contrat, "03", duree)
        assert (refus.value.regle, refus.value.champ) == ("R9", "duree_mois")


@pytest.mark.parametrize(("regime", "statut", "contrat"), sorted(COUVERTS))
def test_r6_une_duree_inconnue_ne_refuse_rien(regime, statut, contrat):
    assert calculer_montant(regime, statut, contrat, "03").montant > 0


def test_r6_un_contrat_sans_terme_n_a_pas_de_duree_a_comparer():
    assert calculer_montant(PUBLIC, "public", "titulaire", "03", 24).montant == 50_000
    assert calculer_montant(PRIVE, "prive", "cdi-prive", "03", 120).montant == 40_000
    assert {"cdi-public", "cdi-prive", "titulaire"} == CONTRATS_SANS_TERME


def test_r6_le_contrat_de_projet_prive_depend_de_la_branche():
    calcul = calculer_montant(PRIVE, "prive", "contrat-projet", "03", 24)
    assert "branche" in calcul.regles[0].texte


def test_r6_une_ligne_ne_sert_que_pendant_sa_validite():
    assert calculer_montant(PUBLIC, "public", "titulaire", "03", jour=date(2020, 11, 17)).montant == 50_000
    with pytest.raises(RegleNonRespectee):
        calculer_montant(PUBLIC, "public", "titulaire", "03", jour=date(2020, 11, 16))


def test_r6_montant_fixe_par_la_bdt():
    calcul = calculer_montant(
        COORDINATEUR,
        "autre-public",
        "cdd-public",
        "974",
        18,
        montant_fixe=Decimal("50625"),
        motif_montant="Même taux que pour les collectivités.",
    )
    assert (calcul.montant, calcul.base, calcul.majoration) == (Decimal("50625.00"), 37_500, 13_125)


@pytest.mark.parametrize(
    ("montant", "motif", "departement", "champ"),
    [
        ("50000", " ", "974", "motif_montant"),
        ("30000", "Motif", "974", "montant_fixe"),
        ("NaN", "Motif", "974", "montant_fixe"),
        ("50000", "Motif", "03", "montant_fixe"),
    ],
)
def test_r6_la_bdt_ne_fixe_que_ce_que_le_texte_ne_chiffre_pas_et_dit_pourquoi(montant, motif, departement, champ):
    with pytest.raises(RegleNonRespectee) as refus:
        calculer_montant(
            COORDINATEUR,
            "autre-public",
            "cdd-public",
            departement,
            18,
            montant_fixe=Decimal(montant),
            motif_montant=motif,
        )
    assert (refus.value.regle, refus.value.champ) == ("R6", champ)


def test_r8_les_aides_sont_deduites():
    calcul = calculer_montant(PRIVE, "prive", "cdi-prive", "03", aides=Decimal("1234.56"))
    assert (calcul.montant, calcul.deductions) == (Decimal("38765.44"), Decimal("1234.56"))
    assert [explication.regle for explication in calcul.regles] == ["R6", "R8"]


def test_r8_jamais_au_dessous_de_zero():
    calcul = calculer_montant(PRIVE, "prive", "cdd-prive", "03", 18, Decimal(32_001))
    assert (calcul.montant, calcul.deductions) == (0, 32_000)
    assert "32\N{NO-BREAK SPACE}001,00" in calcul.regles[-1].texte


@pytest.mark.parametrize("aides", ["-0.01", "NaN", "Infinity"])
def test_r8_des_aides_impossibles_sont_refusees(aides):
    with pytest.raises(RegleNonRespectee) as refus:
        calculer_montant(PRIVE, "prive", "cdi-prive", "03", aides=Decimal(aides))
    assert (refus.value.regle, refus.value.champ) == ("R8", "aides")


@given(
    cas=st.sampled_from([ligne for ligne in LIGNES if ligne[6] is not None]),
    departement=st.sampled_from(["03", "2A", "971", "974", "976", "988"]),
    aides=st.decimals(0, 100_000, places=3),
)
def test_r6_r8_le_compte_est_toujours_juste(cas, departement, aides):
    regime, statut, contrat, duree, *_ = cas
    calcul = calculer_montant(regime, statut, contrat, departement, duree, aides)
    assert calcul.montant == calcul.base + calcul.majoration - calcul.deductions
    assert 0 <= calcul.montant == arrondir(calcul.montant)


@pytest.mark.parametrize(
    ("saisie", "attendu"), [("03", "03"), (" 2a ", "2A"), ("2B", "2B"), ("974", "974"), ("95", "95"), ("988", "988")]
)
def test_r7_departement(saisie, attendu):
    assert normaliser_departement(saisie) == attendu


@pytest.mark.parametrize("saisie", ["", "3", "00", "20", "96", "97", "99", "970", "979", "03190", "2C", "AB"])
def test_r7_departement_inconnu(saisie):
    with pytest.raises(RegleNonRespectee) as refus:
        normaliser_departement(saisie)
    assert (refus.value.regle, refus.value.champ) == ("R7", "departement")


def test_les_96_departements_de_metropole():
    codes = [f"{n:02d}" for n in range(1, 96) if n != 20] + ["2A", "2B"]
    assert len(codes) == 96
    assert all(normaliser_departement(code) == code for code in codes)


def test_r6_chaque_ligne_a_un_code_une_source_et_un_montant_en_centimes():
    assert len({ligne.code for ligne in BAREME}) == len(BAREME)
    assert all(ligne.source and ligne.montant == arrondir(ligne.montant) for ligne in BAREME)


def test_montant_ecrit_en_francais():
    assert euros(Decimal(50_000)).replace("\N{NO-BREAK SPACE}", " ") == "50 000,00 €"
    assert euros(Decimal("-1234567.895")).replace("\N{NO-BREAK SPACE}", " ") == "-1 234 567,90 €"


def test_une_explication_nomme_sa_regle_et_sa_source():
    texte = str(calculer_montant(PUBLIC, "public", "titulaire", "974").regles[0])
    assert texte.startswith("R6 : ")
    assert "source : S0" in texte
