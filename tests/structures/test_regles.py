"""Rules of structures: R1, R15, R20, R21, R25, R26, R28 to R31."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.commun.erreurs import RegleNonRespectee
from structures import enums
from structures.regimes import REGIMES
from structures.regles import (
    Decision,
    Enveloppe,
    Rappel,
    SensAvis,
    echeance_recrutement,
    en_retard,
    jalons_indicatifs,
    met_fin_a_la_participation,
    peut_demander_correction,
    peut_demander_reexamen,
    postes_en_mots,
    rappel_du_jour,
    rappels_recrutement,
    reste_en_mots,
    verifier_ajout,
    verifier_avis,
    verifier_decision,
    verifier_enveloppe,
    verifier_restitution,
    verifier_transfert,
)

PUBLIC = REGIMES["ami-public-2020"]
PRIVE = REGIMES["ami-prive-2021"]
COORDINATEUR = REGIMES["aac-coordinateur-2023"]


def champs(manquements):
    return [manquement.champ for manquement in manquements]


# --- R1


@pytest.mark.parametrize(
    ("regime", "dates", "attendue"),
    [
        (PUBLIC, {"comite_le": date(2021, 3, 24)}, date(2021, 5, 24)),
        (PUBLIC, {"comite_le": date(2021, 12, 31)}, date(2022, 2, 28)),
        (PRIVE, {"comite_le": date(2021, 4, 1)}, date(2022, 2, 28)),
        (PRIVE, {"comite_le": date(2022, 2, 27)}, date(2022, 2, 28)),
        (PRIVE, {"comite_le": date(2022, 2, 28)}, date(2022, 3, 28)),
        (PRIVE, {"comite_le": date(2022, 3, 10)}, date(2022, 4, 10)),
        (PRIVE, {"comite_le": date(2021, 4, 1), "derogation_le": date(2022, 2, 20)}, date(2022, 3, 20)),
        (PRIVE, {"comite_le": date(2022, 2, 20), "derogation_le": date(2022, 2, 1)}, date(2022, 3, 20)),
        (PRIVE, {"comite_le": date(2021, 4, 1), "derogation_le": date(2021, 5, 1)}, date(2022, 2, 28)),
        (COORDINATEUR, {"notifie_le": date(2023, 8, 31)}, date(2024, 2, 29)),
    ],
)
def test_r1_echeance(regime, dates, attendue):
    assert echeance_recrutement(regime, **dates).date == attendue


@pytest.mark.parametrize(("regime", "dates"), [(PUBLIC, {"notifie_le": date(2021, 3, 1)}), (COORDINATEUR, {})])
def test_r1_la_date_qui_ouvre_le_delai_est_indispensable(regime, dates):
    with pytest.raises(RegleNonRespectee) as refus:
        echeance_recrutement(regime, **dates)
    assert refus.value.regle == "R1"


def test_r30_une_prolongation_allonge_le_delai_et_ne_le_raccourcit_pas():
    comite = date(2021, 3, 24)
    assert echeance_recrutement(PUBLIC, comite_le=comite, prolongee_au=date(2021, 6, 30)).date == date(2021, 6, 30)
    assert echeance_recrutement(PUBLIC, comite_le=comite, prolongee_au=date(2021, 5, 1)).date == date(2021, 5, 24)


def test_r68_un_poste_redevenu_libre_a_un_nouveau_delai_sans_date_butoir():
    echeance = echeance_recrutement(PRIVE, comite_le=date(2021, 4, 1), remis_a_pourvoir_le=date(2022, 9, 15))
    assert echeance.date == date(2022, 10, 15)


def test_r1_l_explication_dit_d_ou_vient_le_delai():
    explication = echeance_recrutement(PUBLIC, comite_le=date(2021, 3, 24))
    assert "24 mars 2021" in explication.explication
    assert explication.source.startswith("S0")


# --- R30


def test_r30_mi_parcours_quinze_jours_jour_meme():
    assert rappels_recrutement(date(2021, 3, 1), date(2021, 5, 1)) == [
        (date(2021, 3, 31), Rappel.MI_PARCOURS),
        (date(2021, 4, 16), Rappel.QUINZE_JOURS),
        (date(2021, 5, 1), Rappel.JOUR_MEME),
    ]


def test_r30_deux_rappels_le_meme_jour_n_en_font_qu_un():
    rappels = rappels_recrutement(date(2021, 4, 1), date(2021, 5, 1))
    assert rappels == [(date(2021, 4, 16), Rappel.QUINZE_JOURS), (date(2021, 5, 1), Rappel.JOUR_MEME)]


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 300))
def test_r30_les_rappels_tombent_dans_le_delai_un_par_jour_au_plus(depart, duree):
    echeance = depart + timedelta(days=duree)
    jours = [jour for jour, _ in rappels_recrutement(depart, echeance)]
    assert jours == sorted(set(jours))
    assert jours[-1] == echeance
    assert all(depart < jour <= echeance for jour in jours[:-1])


def test_r30_rappel_du_jour():
    bornes = date(2021, 3, 1), date(2021, 5, 1)
    assert rappel_du_jour(*bornes, date(2021, 4, 16)) is Rappel.QUINZE_JOURS
    assert rappel_du_jour(*bornes, date(2021, 4, 17)) is None


def test_r30_le_jour_de_l_echeance_n_est_pas_en_retard():
    assert not en_retard(date(2021, 5, 1), date(2021, 5, 1))
    assert en_retard(date(2021, 5, 1), date(2021, 5, 2))


def test_r30_quinze_jours_pour_choisir_puis_quinze_pour_signer():
    assert jalons_indicatifs(date(2021, 3, 1)) == (date(2021, 3, 16), date(2021, 3, 31))


# --- R25, R26


def test_r25_un_avis_complet_passe():
    assert verifier_avis("favorable", 2, "Projet solide, public bien identifié.", rang=1) == []
    assert verifier_avis("defavorable", 0, "x" * 10) == []
    assert verifier_avis("reserve", 0, "x" * 1000) == []


@pytest.mark.parametrize("commentaire", ["", "court", " " * 20, "x" * 9, "x" * 1001])
def test_r25_le_commentaire_compte_de_10_a_1000_caracteres(commentaire):
    assert champs(verifier_avis("reserve", 1, commentaire)) == ["commentaire"]


@pytest.mark.parametrize(
    ("sens", "postes", "rang", "champ"),
    [
        ("neutre", 1, None, "sens"),
        ("favorable", -1, None, "nb_postes"),
        ("favorable", None, None, "nb_postes"),
        ("favorable", 0, None, "nb_postes"),
        ("favorable", 1, 0, "rang"),
    ],
)
def test_r25_refus(sens, postes, rang, champ):
    manquements = verifier_avis(sens, postes, "Commentaire suffisant", rang)
    assert champs(manquements) == [champ]
    assert {manquement.regle for manquement in manquements} == {"R25"}


@pytest.mark.parametrize(
    ("decision", "postes", "motif", "attendus"),
    [
        ("retenue", 2, "", []),
        ("retenue", 0, "", ["nb_postes"]),
        ("refusee", 0, "Envelope épuisée.", []),
        ("refusee", 0, "  ", ["motif"]),
        ("examen", 0, "", ["motif"]),
        ("refusee", 1, "Motif", ["nb_postes"]),
        ("retenue", 1, "x" * 2501, ["motif"]),
        ("ajournee", 0, "Motif", ["decision"]),
    ],
)
def test_r26_decision(decision, postes, motif, attendus):
    assert champs(verifier_decision(decision, postes, motif)) == attendus


@pytest.mark.parametrize(("pure", "modele"), [(SensAvis, enums.SensAvis), (Decision, enums.Decision)])
def test_r25_r26_memes_valeurs_que_les_modeles(pure, modele):
    assert [membre.value for membre in pure] == [membre.value for membre in modele]


# --- R15


@given(
    postes=st.tuples(*[st.integers(0, 5000)] * 3),
    montants=st.tuples(*[st.decimals(0, 10**9, places=2)] * 3),
)
def test_r15_jamais_plus_que_l_enveloppe(postes, montants):
    enveloppe, accorde, demande = (Enveloppe(p, m) for p, m in zip(postes, montants, strict=True))
    tient = postes[1] + postes[2] <= postes[0] and montants[1] + montants[2] <= montants[0]
    if tient:
        verifier_enveloppe(enveloppe, accorde, demande)
    else:
        with pytest.raises(RegleNonRespectee) as refus:
            verifier_enveloppe(enveloppe, accorde, demande)
        assert refus.value.regle == "R15"


def test_r15_le_dernier_poste_de_l_enveloppe_historique():
    enveloppe = Enveloppe(4000, Decimal(200_000_000))
    accorde = Enveloppe(3999, Decimal(199_950_000))
    verifier_enveloppe(enveloppe, accorde, Enveloppe(1, Decimal(50_000)))
    with pytest.raises(RegleNonRespectee, match="il reste 1 poste, ces décisions en accordent 2"):
        verifier_enveloppe(enveloppe, accorde, Enveloppe(2, Decimal(0)))
    with pytest.raises(RegleNonRespectee, match="financière"):
        verifier_enveloppe(enveloppe, accorde, Enveloppe(1, Decimal("50000.01")))


# --- R28, R29, R31


def test_r28_une_seule_demande_de_reexamen():
    assert peut_demander_reexamen(refusee=True, deja_demande=False)
    assert not peut_demander_reexamen(refusee=True, deja_demande=True)
    assert not peut_demander_reexamen(refusee=False, deja_demande=False)


def test_r31_correction_jusqu_a_la_decision():
    assert peut_demander_correction(decidee=False)
    assert not peut_demander_correction(decidee=True)


@pytest.mark.parametrize(
    ("libres", "a_rendre", "motif", "attendus"),
    [
        (2, 2, "Difficultés de recrutement", []),
        (2, 3, "Motif", ["postes"]),
        (0, 1, "Motif", ["postes"]),
        (2, 0, "Motif", ["postes"]),
        (1, 1, " ", ["motif"]),
    ],
)
def test_r29_on_ne_rend_que_des_postes_libres_et_avec_un_motif(libres, a_rendre, motif, attendus):
    assert champs(verifier_restitution(postes_libres=libres, a_rendre=a_rendre, motif=motif)) == attendus


@pytest.mark.parametrize(
    ("changement", "champ"),
    [
        ({}, None),
        ({"departement_repreneur": "63"}, "structure"),
        ({"meme_structure": True}, "structure"),
        ({"poste_libre": False}, "poste"),
        ({"motif": ""}, "motif"),
    ],
)
def test_r29_transfert_dans_le_meme_departement(changement, champ):
    faits = {
        "departement_cedant": "03",
        "departement_repreneur": "03",
        "meme_structure": False,
        "poste_libre": True,
        "motif": "Regroupement des permanences",
    }
    assert champs(verifier_transfert(**faits | changement)) == ([champ] if champ else [])


def test_r29_demande_de_postes_une_a_la_fois():
    assert verifier_ajout(nb_postes=1, motif="Forte demande", demande_en_cours=False) == []
    assert champs(verifier_ajout(nb_postes=0, motif="", demande_en_cours=True)) == [None, "nb_postes", "motif"]


def test_r29_rendre_le_dernier_poste_met_fin_a_la_participation():
    assert met_fin_a_la_participation(0)
    assert not met_fin_a_la_participation(1)


def test_les_nombres_de_postes_se_lisent_en_francais():
    """R15: neither « poste(s) » nor « 0 postes »."""
    assert [postes_en_mots(n) for n in (0, 1, 2)] == ["0 poste", "1 poste", "2 postes"]
    assert [reste_en_mots(n) for n in (0, 1, 2)] == [
        "il ne reste aucun poste",
        "il reste 1 poste",
        "il reste 2 postes",
    ]
    with pytest.raises(RegleNonRespectee, match="il ne reste aucun poste, ces décisions en accordent 1"):
        verifier_enveloppe(
            Enveloppe(3, Decimal(300)), accorde=Enveloppe(3, Decimal(0)), demande=Enveloppe(1, Decimal(1))
        )
    (manquement,) = verifier_restitution(postes_libres=0, a_rendre=1, motif="Nous fermons.")
    assert "vous n’en avez aucun" in manquement.message
