"""Rules of training: R80 to R85."""

from datetime import date, timedelta

import pytest

from formation import enums
from formation.regles import (
    HEURES,
    Epreuve,
    IssueSession,
    ResultatEpreuve,
    contact_en_retard,
    est_en_alternance,
    issue_de_session,
    module_pris_en_charge,
    parcours_certifie,
    places_avant_le_seuil,
    qui_prend_contact,
    suite_admise,
    suivre_depart,
    verifier_exemption,
    verifier_heures,
    verifier_resultat,
    verifier_rythme,
)
from structures.regimes import REGIMES

JOUR = date(2022, 3, 1)


def champs(manquements):
    return [manquement.champ for manquement in manquements]


@pytest.mark.parametrize(
    ("regime", "attendu"),
    [("ami-public-2020", "organisme"), ("ami-prive-2021", "structure"), ("aac-coordinateur-2023", "structure")],
)
def test_r80_qui_prend_contact(regime, attendu):
    assert qui_prend_contact(REGIMES[regime]) == attendu


@pytest.mark.parametrize(
    ("contacte", "ecart", "retard"), [(None, 15, False), (None, 16, True), (JOUR, 40, False), (None, 0, False)]
)
def test_r80_un_silence_de_quinze_jours_se_voit(contacte, ecart, retard):
    aujourdhui = JOUR + timedelta(days=ecart)
    assert contact_en_retard(valide_le=JOUR, contacte_le=contacte, aujourdhui=aujourdhui) is retard


def test_r81_les_quatre_durees():
    assert tuple(enums.Heures.values) == HEURES == (105, 280, 350, 420)
    assert all(verifier_heures(heures) == [] for heures in HEURES)
    assert [est_en_alternance(heures) for heures in HEURES] == [True, False, False, False]


@pytest.mark.parametrize("heures", [None, 0, 35, 140, 421])
def test_r81_toute_autre_duree_est_refusee(heures):
    assert champs(verifier_heures(heures)) == ["heures"]


def test_r81_le_resultat_precede_le_debut_de_la_formation():
    assert verifier_resultat(heures=105, resultat_le=JOUR, debut_formation=JOUR) == []
    assert verifier_resultat(heures=105, resultat_le=JOUR, debut_formation=None) == []
    tardif = verifier_resultat(heures=105, resultat_le=JOUR + timedelta(days=1), debut_formation=JOUR)
    assert champs(tardif) == ["resultat_le"]


@pytest.mark.parametrize(
    ("presentiel", "inscrits", "ecart", "attendu"),
    [
        (True, 8, -3, IssueSession.CONFIRMEE),
        (True, 8, 1, IssueSession.CONFIRMEE),
        (True, 7, 0, IssueSession.EN_ATTENTE),
        (True, 7, 1, IssueSession.A_DISTANCE),
        (True, 0, 1, IssueSession.A_DISTANCE),
        (False, 1, 1, IssueSession.CONFIRMEE),
    ],
)
def test_r82_huit_inscrits_a_la_cloture(presentiel, inscrits, ecart, attendu):
    issue = issue_de_session(
        en_presentiel=presentiel, inscrits=inscrits, cloture_le=JOUR, aujourdhui=JOUR + timedelta(days=ecart)
    )
    assert issue is attendu


def test_r82_places_avant_le_seuil():
    assert [places_avant_le_seuil(inscrits) for inscrits in (0, 7, 8, 12)] == [8, 1, 0, 0]


@pytest.mark.parametrize(
    ("depart", "aujourdhui", "retard"),
    [
        (JOUR + timedelta(days=15), JOUR, 0),
        (JOUR + timedelta(days=16), JOUR, 1),
        (JOUR - timedelta(days=2), JOUR, 0),
        (None, JOUR + timedelta(days=15), 0),
        (None, JOUR + timedelta(days=20), 5),
    ],
)
def test_r83_dans_les_quinze_jours_du_contrat(depart, aujourdhui, retard):
    suivi = suivre_depart(debut_contrat=JOUR, depart_le=depart, aujourdhui=aujourdhui)
    assert suivi.limite == date(2022, 3, 16)
    assert suivi.retard == retard
    assert suivi.en_retard is (retard > 0)


@pytest.mark.parametrize(("jours", "admis"), [(0, False), (1, True), (4, True), (5, False)])
def test_r84_un_jour_par_semaine_dans_la_structure(jours, admis):
    assert (verifier_rythme(jours) == []) is admis


def test_r84_seuls_les_titulaires_du_titre_sont_exemptes_et_sur_justificatif():
    assert verifier_exemption(titulaire_remn=True, justificatif=True) == []
    assert champs(verifier_exemption(titulaire_remn=True, justificatif=False)) == ["justificatif"]
    assert champs(verifier_exemption(titulaire_remn=False, justificatif=True)) == ["titulaire_remn"]


def test_r85_les_deux_epreuves_font_le_parcours():
    assert parcours_certifie(["pix", "ccp1"])
    assert not parcours_certifie(["pix"])
    assert not parcours_certifie([])


SUITES = {
    ("a-passer", "inscrite"),
    ("inscrite", "absent"),
    ("inscrite", "ajournee"),
    ("inscrite", "obtenue"),
    ("inscrite", "a-passer"),
    ("absent", "inscrite"),
    ("ajournee", "inscrite"),
}


@pytest.mark.parametrize("de", ResultatEpreuve)
@pytest.mark.parametrize("vers", ResultatEpreuve)
def test_r85_une_epreuve_se_repasse_un_certificat_ne_se_reprend_pas(de, vers):
    assert suite_admise(de, vers) is ((de.value, vers.value) in SUITES)


def test_r85_deux_epreuves_ni_plus_ni_moins():
    assert [epreuve.value for epreuve in Epreuve] == ["ccp1", "pix"]


def test_r85_un_module_de_formation_continue_par_an():
    assert module_pris_en_charge(0)
    assert not module_pris_en_charge(1)
