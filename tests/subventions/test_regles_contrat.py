"""R62: every check of the labour contract, with R3, R41 and R83."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal.commun.erreurs import RegleNonRespectee, exiger
from structures.regimes import REGIMES
from subventions.regles_contrat import FaitsContrat, verifier_contrat
from subventions.salaires import SMIC, smic_du

PUBLIC = REGIMES["ami-public-2020"]
PRIVE = REGIMES["ami-prive-2021"]
COORDINATEUR = REGIMES["aac-coordinateur-2023"]

FAITS_PUBLIC = FaitsContrat(
    regime=PUBLIC,
    statut="public",
    nature="contrat-projet",
    debut=date(2021, 4, 1),
    fin=date(2023, 3, 31),
    signe_le=date(2021, 3, 31),
    salaire_brut=Decimal("1800.00"),
    departement="03",
    convention_mois=36,
    active_le=date(2021, 2, 15),
    formation_contactee_le=date(2021, 3, 15),
    depart_formation_le=date(2021, 4, 12),
    naissance=date(1990, 5, 4),
    annonce_url="https://emploi-territorial.exemple/1",
    annonce_le=date(2021, 2, 28),
)
FAITS_PRIVE = replace(
    FAITS_PUBLIC,
    regime=PRIVE,
    statut="prive",
    nature="cdd-prive",
    debut=date(2022, 3, 1),
    fin=date(2023, 8, 31),
    signe_le=date(2022, 2, 20),
    formation_contactee_le=date(2022, 2, 1),
    depart_formation_le=date(2022, 3, 14),
    annonce_url="",
    annonce_le=None,
)


def verdict(faits, **changements):
    return [(m.regle, m.champ, m.bloquant) for m in verifier_contrat(replace(faits, **changements))]


def test_r62_des_contrats_conformes():
    assert verdict(FAITS_PUBLIC) == []
    assert verdict(FAITS_PRIVE) == []
    exiger(verifier_contrat(FAITS_PUBLIC))


# --- kind, end, duration


@pytest.mark.parametrize(
    ("faits", "nature"), [(FAITS_PUBLIC, "cdd-prive"), (FAITS_PRIVE, "cdd-public"), (FAITS_PRIVE, "titulaire")]
)
def test_r62_la_nature_du_contrat_depend_de_l_appel_et_du_statut(faits, nature):
    assert ("R62", "nature", True) in verdict(faits, nature=nature)


@pytest.mark.parametrize("nature", ["cdi-public", "titulaire"])
def test_r62_pas_de_fin_sans_terme(nature):
    assert verdict(FAITS_PUBLIC, nature=nature, fin=None) == []
    assert verdict(FAITS_PUBLIC, nature=nature) == [("R62", "fin", True)]


@pytest.mark.parametrize("fin", [None, date(2021, 4, 1), date(2021, 3, 1)])
def test_r62_une_fin_apres_le_debut(fin):
    assert verdict(FAITS_PUBLIC, fin=fin) == [("R62", "fin", True)]


@pytest.mark.parametrize(
    ("faits", "fin", "admis"),
    [
        (FAITS_PRIVE, date(2023, 8, 31), True),
        (FAITS_PRIVE, date(2023, 9, 1), False),
        (FAITS_PRIVE, date(2022, 6, 30), True),
        (FAITS_PUBLIC, date(2023, 3, 30), False),
        (FAITS_PUBLIC, date(2024, 3, 31), True),
        (FAITS_PUBLIC, date(2024, 4, 1), False),
    ],
)
def test_r62_durees(faits, fin, admis):
    assert verdict(faits, fin=fin) == ([] if admis else [("R62", "fin", True)])


@pytest.mark.parametrize(("fin", "admis"), [(date(2025, 6, 30), True), (date(2025, 7, 1), False)])
def test_r62_dix_huit_mois_aussi_pour_les_autres_structures_publiques(fin, admis):
    faits = replace(
        FAITS_PUBLIC,
        regime=COORDINATEUR,
        statut="autre-public",
        nature="cdd-public",
        debut=date(2024, 1, 1),
        signe_le=date(2023, 12, 20),
        depart_formation_le=None,
    )
    assert verdict(faits, fin=fin) == ([] if admis else [("R62", "fin", True)])


def test_r62_convention_de_36_mois_au_plus():
    assert verdict(FAITS_PUBLIC, convention_mois=37) == [("R62", "convention_mois", True)]


# --- pay


@pytest.mark.parametrize(
    ("jour", "mensuel"),
    [
        (date(2020, 11, 17), "1539.42"),
        (date(2021, 1, 1), "1554.58"),
        (date(2021, 9, 30), "1554.58"),
        (date(2021, 10, 1), "1589.47"),
        (date(2022, 1, 1), "1603.12"),
        (date(2022, 5, 1), "1645.58"),
        (date(2022, 8, 1), "1678.95"),
        (date(2023, 1, 1), "1709.28"),
        (date(2023, 5, 1), "1747.20"),
        (date(2024, 1, 1), "1766.92"),
        (date(2024, 11, 1), "1801.80"),
        (date(2025, 12, 31), "1801.80"),
        (date(2026, 1, 1), "1823.03"),
        (date(2026, 6, 1), "1867.02"),
        (date(2040, 1, 1), "1867.02"),
    ],
)
def test_r62_smic_mensuel_du_jour(jour, mensuel):
    assert smic_du(jour).mensuel() == Decimal(mensuel)


@pytest.mark.parametrize(
    ("jour", "mensuel"),
    [
        (date(2022, 5, 1), "1242.15"),
        (date(2023, 1, 1), "1290.68"),
        (date(2023, 5, 1), "1319.50"),
        (date(2024, 11, 1), "1361.97"),
        (date(2026, 1, 1), "1415.05"),
    ],
)
def test_r62_mayotte_a_son_smic(jour, mensuel):
    assert smic_du(jour).mensuel("976") == Decimal(mensuel)


def test_r62_le_smic_est_date_croissant_et_source():
    assert [ligne.depuis for ligne in SMIC] == sorted({ligne.depuis for ligne in SMIC})
    assert all(avant.horaire < apres.horaire for avant, apres in zip(SMIC, SMIC[1:], strict=False))
    assert all(ligne.texte and ligne.horaire_mayotte < ligne.horaire for ligne in SMIC)
    assert smic_du(date(2019, 6, 1)) is SMIC[0]


def test_r62_au_moins_le_smic_de_la_signature():
    assert verdict(FAITS_PUBLIC, salaire_brut=Decimal("1554.58")) == []
    assert verdict(FAITS_PUBLIC, salaire_brut=Decimal("1554.57")) == [("R62", "salaire_brut", True)]
    # Signed before the rise of 1 October, started after it: the day of signature counts.
    avant = {"signe_le": date(2021, 9, 30), "debut": date(2021, 10, 4), "fin": date(2023, 10, 3)}
    hors_sujet = {"depart_formation_le": None}
    assert verdict(FAITS_PUBLIC, salaire_brut=Decimal("1554.58"), **avant, **hors_sujet) == []
    apres = avant | {"signe_le": date(2021, 10, 1)}
    assert verdict(FAITS_PUBLIC, salaire_brut=Decimal("1554.58"), **apres, **hors_sujet) == [
        ("R62", "salaire_brut", True)
    ]


def test_r62_le_message_dit_le_smic_et_sa_date():
    (manquement,) = verifier_contrat(replace(FAITS_PUBLIC, salaire_brut=Decimal(1000)))
    texte = manquement.message.replace("\N{NO-BREAK SPACE}", " ")
    assert "1 554,58 €" in texte
    assert "31 mars 2021" in texte


@pytest.mark.parametrize("salaire", ["NaN", "-5000"])
def test_r62_un_salaire_impossible(salaire):
    assert verdict(FAITS_PUBLIC, salaire_brut=Decimal(salaire)) == [("R62", "salaire_brut", True)]


# --- full time, one employer, activation, training body


@pytest.mark.parametrize("heures", ["17.5", "34.99", "39"])
def test_r62_35_heures_ni_plus_ni_moins(heures):
    assert verdict(FAITS_PUBLIC, heures_hebdo=Decimal(heures)) == [("R62", "temps_plein", True)]


def test_r62_un_seul_employeur():
    assert verdict(FAITS_PUBLIC, nb_employeurs=2) == [("R62", "nb_employeurs", True)]


def test_r62_pas_avant_l_activation():
    assert verdict(FAITS_PUBLIC, active_le=date(2021, 4, 1)) == []
    assert verdict(FAITS_PUBLIC, active_le=date(2021, 4, 2)) == [("R62", "debut", True)]


@pytest.mark.parametrize(("contact", "admis"), [(date(2021, 3, 31), True), (date(2021, 4, 1), False), (None, False)])
def test_r62_signature_apres_contact_avec_l_organisme(contact, admis):
    attendu = [] if admis else [("R62", "signe_le", True)]
    assert verdict(FAITS_PUBLIC, formation_contactee_le=contact) == attendu


def test_r62_un_projet_non_signe_n_a_pas_encore_de_contact_a_prouver():
    assert verdict(FAITS_PUBLIC, signe_le=None, formation_contactee_le=None) == []


# --- R41, R3, R83


@pytest.mark.parametrize(
    ("naissance", "admis"),
    [
        (date(2005, 4, 1), True),
        (date(2005, 4, 2), False),
        (date(1956, 4, 2), True),
        (date(1956, 4, 1), False),
        (None, True),
    ],
)
def test_r41_age_au_debut_du_contrat(naissance, admis):
    assert verdict(FAITS_PUBLIC, naissance=naissance) == ([] if admis else [("R41", "debut", True)])


@pytest.mark.parametrize(
    ("publication", "signature", "admis"),
    [
        (date(2021, 2, 28), date(2021, 3, 28), True),
        (date(2021, 2, 28), date(2021, 3, 27), False),
        (date(2021, 1, 31), date(2021, 2, 28), True),
        (date(2021, 1, 31), date(2021, 2, 27), False),
    ],
)
def test_r3_un_mois_entre_l_annonce_et_la_signature(publication, signature, admis):
    changements = {
        "annonce_le": publication,
        "signe_le": signature,
        "formation_contactee_le": date(2021, 1, 20),
        "active_le": date(2021, 1, 20),
    }
    assert verdict(FAITS_PUBLIC, **changements) == ([] if admis else [("R3", "signe_le", True)])


def test_r3_adresse_et_date_de_l_annonce():
    sans_annonce = {"annonce_url": " ", "annonce_le": None}
    assert verdict(FAITS_PUBLIC, **sans_annonce) == [("R3", "annonce_url", True), ("R3", "annonce_le", True)]
    assert verdict(FAITS_PUBLIC, **sans_annonce, annonce_dispensee=True) == []


def test_r83_un_depart_tardif_avertit_sans_bloquer():
    debut = FAITS_PUBLIC.debut
    assert verdict(FAITS_PUBLIC, depart_formation_le=debut + timedelta(days=15)) == []
    tardif = replace(FAITS_PUBLIC, depart_formation_le=debut + timedelta(days=16))
    assert verdict(tardif) == [("R83", "depart_formation_le", False)]
    exiger(verifier_contrat(tardif))
    assert verdict(tardif, exempte_formation=True) == []


def test_r62_personne_ne_part_en_formation_sans_contrat_signe():
    assert verdict(FAITS_PUBLIC, depart_formation_le=date(2021, 3, 30)) == [("R62", "signe_le", True)]


def test_exiger_refuse_sur_le_premier_manquement_bloquant():
    fautif = replace(FAITS_PUBLIC, nb_employeurs=2, depart_formation_le=date(2021, 6, 1))
    with pytest.raises(RegleNonRespectee) as refus:
        exiger(verifier_contrat(fautif))
    assert (refus.value.regle, refus.value.champ) == ("R62", "nb_employeurs")
