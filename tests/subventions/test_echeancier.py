"""Tranches: R4, R5, R10 to R14, R64."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.commun.dates import ajouter_mois
from portal.commun.erreurs import RegleNonRespectee
from structures.regimes import REGIMES, ModeleTranche
from subventions.bareme import arrondir
from subventions.echeancier import (
    calculer_echeancier,
    dates_croissantes,
    echeancier_de_remplacement,
    est_exigible,
    prorata,
    recalculer_echeancier,
    repartir,
    verifier_suspension,
)

TROIS = REGIMES["ami-public-2020"].tranches
UNE = REGIMES["aac-coordinateur-2023"].tranches
SIGNATURE = date(2021, 3, 31)

montants = st.decimals(0, 10_000_000, places=2)
jours = st.dates(date(2020, 11, 17), date(2040, 12, 31))
pourcentages = st.lists(st.integers(1, 99), min_size=0, max_size=8).filter(lambda liste: sum(liste) < 100)


def montants_de(tranches):
    return [tranche.montant for tranche in tranches]


def dates_de(tranches):
    return [tranche.date for tranche in tranches]


def verser(tranches, *rangs):
    return [replace(tranche, versee=tranche.rang in rangs) for tranche in tranches]


# --- R10


@pytest.mark.parametrize(
    ("montant", "attendus"),
    [
        ("50000.00", ["10000.00", "15000.00", "25000.00"]),
        ("67500.00", ["13500.00", "20250.00", "33750.00"]),
        ("38765.44", ["7753.09", "11629.63", "19382.72"]),
        ("0.01", ["0.00", "0.00", "0.01"]),
        ("0.03", ["0.01", "0.01", "0.01"]),
        ("0.00", ["0.00", "0.00", "0.00"]),
    ],
)
def test_r10_la_derniere_tranche_prend_le_reste(montant, attendus):
    assert repartir(Decimal(montant), [20, 30, 50]) == [Decimal(attendu) for attendu in attendus]


def test_r10_arrondi_au_centime_pair():
    # 50 % of 0.25 is 0.125, of 0.35 is 0.175: half-even gives 0.12 then 0.18.
    assert repartir(Decimal("0.25"), [50, 50])[0] == Decimal("0.12")
    assert repartir(Decimal("0.35"), [50, 50])[0] == Decimal("0.18")


@given(montants, pourcentages)
def test_r10_la_somme_est_exactement_le_montant(montant, premiers):
    parts = repartir(montant, [*premiers, 100 - sum(premiers)])
    assert sum(parts) == montant
    assert all(part >= 0 and part == arrondir(part) for part in parts)


@given(montants)
def test_r10_chaque_tranche_est_son_pourcentage_sauf_la_derniere(montant):
    premiere, deuxieme, derniere = repartir(montant, [20, 30, 50])
    assert premiere == arrondir(montant * 20 / 100)
    assert deuxieme == arrondir(montant * 30 / 100)
    assert abs(derniere - montant / 2) <= Decimal("0.01")


def test_r5_les_tranches_totalisent_100_pour_cent():
    with pytest.raises(RegleNonRespectee, match="90 %"):
        repartir(Decimal(100), [20, 30, 40])


# --- R4, R5, R11


def test_r5_r11_chaque_date_se_compte_de_l_evenement():
    tranches = calculer_echeancier(Decimal(50_000), TROIS, SIGNATURE)
    assert [(tranche.rang, tranche.pourcentage, tranche.mois) for tranche in tranches] == [
        (1, 20, 1),
        (2, 30, 6),
        (3, 50, 12),
    ]
    assert dates_de(tranches) == [date(2021, 4, 30), date(2021, 9, 30), date(2022, 3, 31)]


def test_r11_un_29_fevrier():
    dates = dates_de(calculer_echeancier(Decimal(50_000), TROIS, date(2024, 2, 29)))
    assert dates == [date(2024, 3, 29), date(2024, 8, 29), date(2025, 2, 28)]


def test_r5_le_coordinateur_recoit_tout_en_une_fois():
    (tranche,) = calculer_echeancier(Decimal(37_500), UNE, date(2024, 1, 31))
    assert (tranche.montant, tranche.date) == (37_500, date(2024, 2, 29))


def test_r4_pas_de_date_avant_l_evenement():
    assert dates_de(calculer_echeancier(Decimal(50_000), TROIS, None)) == [None, None, None]


@given(montants, jours, st.sampled_from([TROIS, UNE]))
def test_r5_r10_r11_proprietes_d_un_echeancier(montant, evenement, modele):
    tranches = calculer_echeancier(montant, modele, evenement)
    assert sum(montants_de(tranches)) == montant
    assert dates_de(tranches) == [ajouter_mois(evenement, tranche.mois) for tranche in modele]
    assert dates_croissantes(tranches)


def test_des_dates_qui_reculent_se_voient():
    tranches = calculer_echeancier(Decimal(50_000), TROIS, SIGNATURE)
    assert not dates_croissantes(tranches[::-1])
    assert dates_croissantes([replace(tranches[0], date=None), *tranches[1:]])


# --- R64


def test_r64_l_evenement_change_seules_les_tranches_non_versees_bougent():
    actuelles = verser(calculer_echeancier(Decimal(50_000), TROIS, SIGNATURE), 1)
    recalcul = recalculer_echeancier(Decimal(50_000), TROIS, date(2021, 5, 10), actuelles)
    assert recalcul.tranches[0] is actuelles[0]
    assert dates_de(recalcul.tranches) == [date(2021, 4, 30), date(2021, 11, 10), date(2022, 5, 10)]
    assert montants_de(recalcul.tranches) == [10_000, 15_000, 25_000]
    assert (recalcul.trop_verse, recalcul.reste_a_programmer) == (0, 0)


def test_r64_le_montant_baisse_apres_un_versement():
    actuelles = verser(calculer_echeancier(Decimal(40_000), TROIS, SIGNATURE), 1)
    recalcul = recalculer_echeancier(Decimal(30_000), TROIS, SIGNATURE, actuelles)
    assert montants_de(recalcul.tranches) == [8_000, 9_000, 13_000]


def test_r12_un_trop_verse_ne_change_pas_la_ligne_payee():
    actuelles = verser(calculer_echeancier(Decimal(40_000), TROIS, SIGNATURE), 1, 2)
    recalcul = recalculer_echeancier(Decimal(5_000), TROIS, SIGNATURE, actuelles)
    assert montants_de(recalcul.tranches) == [8_000, 12_000, 0]
    assert recalcul.trop_verse == 15_000


def test_r64_tout_est_verse_et_le_montant_monte():
    actuelles = verser(calculer_echeancier(Decimal(40_000), TROIS, SIGNATURE), 1, 2, 3)
    recalcul = recalculer_echeancier(Decimal(45_000), TROIS, SIGNATURE, actuelles)
    assert recalcul.tranches == actuelles
    assert recalcul.reste_a_programmer == 5_000


@given(
    ancien=montants,
    nouveau=montants,
    evenement=jours,
    versees=st.sets(st.integers(1, 3)),
)
def test_r10_r12_r64_paye_plus_a_payer_font_le_montant(ancien, nouveau, evenement, versees):
    actuelles = verser(calculer_echeancier(ancien, TROIS, SIGNATURE), *versees)
    recalcul = recalculer_echeancier(nouveau, TROIS, evenement, actuelles)
    total = sum(montants_de(recalcul.tranches))
    assert total - recalcul.trop_verse + recalcul.reste_a_programmer == nouveau
    assert [tranche for tranche in recalcul.tranches if tranche.versee] == [t for t in actuelles if t.versee]
    assert all(tranche.montant >= 0 for tranche in recalcul.tranches)
    assert not (recalcul.trop_verse and recalcul.reste_a_programmer)
    assert recalculer_echeancier(nouveau, TROIS, evenement, recalcul.tranches) == recalcul


# --- R12, R13

FAITS = {
    "date_tranche": SIGNATURE,
    "aujourdhui": SIGNATURE,
    "convention_signee": True,
    "contrat_en_vigueur": True,
    "suspension_ouverte": False,
}


def test_r12_exigible_le_jour_meme_et_apres():
    assert est_exigible(**FAITS).exigible
    assert est_exigible(**FAITS | {"aujourdhui": SIGNATURE + timedelta(days=7)}).exigible


@pytest.mark.parametrize(
    ("changement", "mot"),
    [
        ({"aujourdhui": SIGNATURE - timedelta(days=1)}, "31 mars 2021"),
        ({"date_tranche": None}, "pas encore connue"),
        ({"convention_signee": False}, "convention"),
        ({"contrat_en_vigueur": False}, "contrat"),
        ({"suspension_ouverte": True}, "suspendu"),
        ({"versee": True}, "déjà versée"),
        ({"annulee": True}, "annulée"),
    ],
)
def test_r12_ce_qui_retient_un_paiement_se_dit(changement, mot):
    verdict = est_exigible(**FAITS | changement)
    assert not verdict.exigible
    assert len(verdict.motifs) == 1
    assert mot in verdict.motifs[0]


def test_r12_tous_les_motifs_sont_donnes_ensemble():
    verdict = est_exigible(**FAITS | {"convention_signee": False, "contrat_en_vigueur": False})
    assert len(verdict.motifs) == 2


def test_r13_une_suspension_a_un_motif():
    verifier_suspension("Missions sans lien avec le dispositif.")
    with pytest.raises(RegleNonRespectee) as refus:
        verifier_suspension("  ")
    assert (refus.value.regle, refus.value.champ) == ("R13", "motif")


# --- R14


def test_r14_un_an_servi_sur_deux():
    calcul = prorata(Decimal(50_000), 24, date(2021, 3, 1), date(2022, 2, 28), Decimal(25_000))
    assert (calcul.jours_servis, calcul.jours_couverts) == (365, 730)
    assert (calcul.du, calcul.solde) == (25_000, 0)


@pytest.mark.parametrize(("verse", "solde"), [("10000", "15000.00"), ("50000", "-25000.00")])
def test_r14_reste_du_ou_a_rembourser(verse, solde):
    calcul = prorata(Decimal(50_000), 24, date(2021, 3, 1), date(2022, 2, 28), Decimal(verse))
    assert calcul.solde == Decimal(solde)


def test_r14_bornes():
    debut = date(2021, 3, 1)
    assert prorata(Decimal(50_000), 24, debut, date(2023, 2, 28), Decimal(0)).du == 50_000
    assert prorata(Decimal(50_000), 24, debut, date(2024, 2, 28), Decimal(0)).du == 50_000
    assert prorata(Decimal(50_000), 24, debut, debut - timedelta(days=1), Decimal(0)).du == 0
    assert prorata(Decimal(73_000), 24, debut, debut, Decimal(0)).du == 100


@given(montants, st.sampled_from([18, 24]), jours, st.integers(-30, 1200), montants)
def test_r14_ni_moins_que_zero_ni_plus_que_le_montant(montant, mois, debut, servis, verse):
    calcul = prorata(montant, mois, debut, debut + timedelta(days=servis), verse)
    assert 0 <= calcul.du <= montant
    assert calcul.du - calcul.deja_verse == calcul.solde


def test_r14_le_remplacement_ne_paie_pas_deux_fois_la_meme_part():
    tranches = echeancier_de_remplacement(Decimal(50_000), TROIS, date(2022, 1, 10), Decimal(12_000))
    assert montants_de(tranches) == [0, 13_000, 25_000]
    assert dates_de(tranches) == [date(2022, 2, 10), date(2022, 7, 10), date(2023, 1, 10)]


@given(montants, montants, jours)
def test_r14_ce_qui_est_verse_se_deduit_du_nouvel_echeancier(montant, verse, evenement):
    tranches = echeancier_de_remplacement(montant, TROIS, evenement, verse)
    assert sum(montants_de(tranches)) == max(montant - verse, 0)
    assert all(tranche.montant >= 0 for tranche in tranches)


def test_un_modele_quelconque():
    modele = (ModeleTranche(10, 0), ModeleTranche(90, 24))
    tranches = calculer_echeancier(Decimal("100.05"), modele, SIGNATURE)
    assert montants_de(tranches) == [Decimal("10.00"), Decimal("90.05")]
    assert dates_de(tranches) == [SIGNATURE, date(2023, 3, 31)]
