"""The three calls as data: R1 to R5, R80, and the clock of each (R4)."""

from datetime import date

import pytest

from portal.commun.erreurs import RegleNonRespectee
from structures import enums
from structures.regimes import (
    REGIMES,
    Annonce,
    CodeRegime,
    ContactFormation,
    DepartDelai,
    Evenements,
    Horloge,
    NatureInstruction,
    StatutJuridique,
    TypeStructure,
    annonce_requise,
    date_de_l_horloge,
    obtenir_regime,
)

PUBLIC = REGIMES["ami-public-2020"]
PRIVE = REGIMES["ami-prive-2021"]
COORDINATEUR = REGIMES["aac-coordinateur-2023"]


def test_les_trois_appels():
    assert list(REGIMES) == ["ami-public-2020", "ami-prive-2021", "aac-coordinateur-2023"]
    assert obtenir_regime("ami-public-2020") is PUBLIC
    assert obtenir_regime(CodeRegime.AMI_PRIVE_2021) is PRIVE


def test_r9_un_regime_inconnu_est_refuse_en_nommant_ceux_qui_existent():
    with pytest.raises(RegleNonRespectee, match="ami-public-2020") as refus:
        obtenir_regime("ami-2019")
    assert (refus.value.regle, refus.value.champ) == ("R9", "regime")


def test_r1_delais_de_recrutement():
    assert (PUBLIC.delai_recrutement.mois, PUBLIC.delai_recrutement.depart) == (2, DepartDelai.COMITE)
    assert (PRIVE.delai_recrutement.mois, PRIVE.delai_recrutement.date_butoir) == (1, date(2022, 2, 28))
    assert (COORDINATEUR.delai_recrutement.mois, COORDINATEUR.delai_recrutement.depart) == (6, DepartDelai.NOTIFICATION)


def test_r2_delais_d_instruction():
    assert PUBLIC.delai_instruction.nature is NatureInstruction.MAXIMUM_DOSSIER_COMPLET
    assert (PUBLIC.delai_instruction.jours, PRIVE.delai_instruction.jours) == (15, 21)
    assert PRIVE.delai_instruction.nature is NatureInstruction.MINIMUM_DEPOT
    assert (COORDINATEUR.delai_instruction.mois, COORDINATEUR.delai_instruction.jours) == (2, None)


@pytest.mark.parametrize(
    ("regime", "statut", "attendue"),
    [
        (PUBLIC, "public", True),
        (PRIVE, "prive", False),
        (COORDINATEUR, "public", True),
        (COORDINATEUR, "autre-public", True),
        (COORDINATEUR, "prive", False),
    ],
)
def test_r3_annonce(regime, statut, attendue):
    assert annonce_requise(regime, statut) is attendue


def test_r3_chaque_regime_dit_sa_regle():
    assert [regime.annonce for regime in REGIMES.values()] == [
        Annonce.OBLIGATOIRE,
        Annonce.NON_REQUISE,
        Annonce.SELON_STATUT,
    ]


@pytest.mark.parametrize(
    ("regime", "tranches"),
    [(PUBLIC, [(20, 1), (30, 6), (50, 12)]), (PRIVE, [(20, 1), (30, 6), (50, 12)]), (COORDINATEUR, [(100, 1)])],
)
def test_r5_tranches(regime, tranches):
    assert [(tranche.pourcentage, tranche.mois) for tranche in regime.tranches] == tranches


EVENEMENTS = Evenements(
    signature_contrat=date(2021, 3, 1),
    depart_formation=date(2021, 3, 20),
    debut_contrat=date(2021, 3, 10),
    signature_convention=date(2021, 4, 2),
)


@pytest.mark.parametrize(
    ("regime", "attendu"),
    [(PUBLIC, date(2021, 3, 1)), (PRIVE, date(2021, 3, 20)), (COORDINATEUR, date(2021, 4, 2))],
)
def test_r4_chaque_regime_a_son_horloge(regime, attendu):
    assert date_de_l_horloge(regime, EVENEMENTS) == attendu


def test_r4_l_exempte_de_formation_compte_du_debut_de_son_contrat():
    exempte = Evenements(depart_formation=None, debut_contrat=date(2021, 3, 10), exempte_de_formation=True)
    assert date_de_l_horloge(PRIVE, exempte) == date(2021, 3, 10)
    assert date_de_l_horloge(PUBLIC, exempte, "depart_formation") == date(2021, 3, 10)


def test_r4_la_campagne_peut_changer_d_horloge():
    assert date_de_l_horloge(PUBLIC, EVENEMENTS, "signature_convention") == date(2021, 4, 2)
    assert date_de_l_horloge(PUBLIC, EVENEMENTS, "") == date(2021, 3, 1)


def test_r4_un_evenement_qui_n_a_pas_eu_lieu_ne_donne_pas_de_date():
    assert date_de_l_horloge(PRIVE, Evenements(signature_contrat=date(2021, 3, 1))) is None


def test_r80_qui_fait_le_premier_pas():
    assert [regime.contact_formation for regime in REGIMES.values()] == [
        ContactFormation.ORGANISME,
        ContactFormation.STRUCTURE,
        ContactFormation.STRUCTURE,
    ]


def test_les_bornes_d_ouverture_des_textes():
    assert PUBLIC.ouverture == date(2020, 11, 17)
    assert COORDINATEUR.cloture == date(2023, 12, 10)
    assert COORDINATEUR.statuts == frozenset(StatutJuridique)


def test_les_types_de_structure_ont_les_memes_valeurs_dans_les_modeles_et_dans_les_regles():
    assert enums.TypeStructure.values == [genre.value for genre in TypeStructure]


def test_une_enumeration_porte_son_libelle_et_ses_choix():
    assert Horloge.SIGNATURE_CONTRAT == "signature_contrat"
    assert ("public", StatutJuridique.PUBLIC.libelle) in StatutJuridique.choix()
