"""R20: the questions, the commitments and who may apply to which call."""

from datetime import date, timedelta

import pytest

from structures.questionnaire import (
    ENGAGEMENTS,
    engagements,
    engagements_manquants,
    questions,
    regimes_possibles,
    statut_conseille,
    types_eligibles,
    verifier_candidature,
)
from structures.regimes import REGIMES

PUBLIC = REGIMES["ami-public-2020"]
PRIVE = REGIMES["ami-prive-2021"]
COORDINATEUR = REGIMES["aac-coordinateur-2023"]
AUJOURDHUI = date(2021, 2, 1)


def reponses(**autres):
    completes = {
        "type": "commune",
        "candidat_identifie": False,
        "nb_conseillers": 2,
        "demarrage_le": AUJOURDHUI,
        "siret": "73282932000074",
        "nom": "Commune de Moulins",
        "commune": "03190",
        "contact_prenom": "Anne",
        "contact_nom": "Durand",
        "contact_fonction": "Directrice",
        "contact_courriel": "anne@exemple.fr",
        "contact_telephone": "0470000000",
        "motivation": "Nous voulons accompagner les habitants.",
        "missions": "Ateliers pour les seniors.",
    }
    return completes | autres


def verifier(regime=PUBLIC, acceptes=None, **autres):
    cles = [engagement.cle for engagement in engagements(regime)] if acceptes is None else acceptes
    return [
        (manquement.regle, manquement.champ)
        for manquement in verifier_candidature(regime, reponses(**autres), cles, AUJOURDHUI)
    ]


def test_r20_les_douze_questions():
    assert sum(question.candidature for question in questions(PUBLIC)) == 12


def test_r20_une_candidature_complete_passe():
    assert verifier() == []


@pytest.mark.parametrize(
    "champ",
    [
        question.champ
        for question in questions(PUBLIC)
        if question.obligatoire and question.champ != "candidat_identifie"
    ],
)
def test_r20_chaque_reponse_obligatoire(champ):
    assert verifier(**{champ: ""}) == [("R20", champ)]


def test_r20_non_est_une_reponse():
    assert verifier(candidat_identifie=False) == []
    assert verifier(candidat_identifie=None) == [("R20", "candidat_identifie")]


def test_r20_le_ridet_tient_lieu_de_siret():
    assert verifier(siret="", ridet="0123456") == []


@pytest.mark.parametrize(
    ("nombre", "attendu"), [(None, []), (1, []), (200, []), (0, ["nb_conseillers"]), (201, ["nb_conseillers"])]
)
def test_r20_un_ou_plusieurs_postes_ou_pas_encore_connu(nombre, attendu):
    assert [champ for _, champ in verifier(nb_conseillers=nombre)] == attendu


def test_r20_la_date_d_accueil_n_est_pas_passee():
    assert verifier(demarrage_le=AUJOURDHUI - timedelta(days=1)) == [("R20", "demarrage_le")]


def test_r20_les_textes_ont_une_limite():
    assert verifier(motivation="x" * 2500) == []
    assert verifier(motivation="x" * 2501) == [("R20", "motivation")]


def test_r20_un_poste_a_consolider_se_precise():
    assert verifier(poste_existant=True) == [("R20", "poste_existant_precisions")]
    assert verifier(poste_existant=True, poste_existant_precisions="Médiateur à mi-temps") == []


@pytest.mark.parametrize("regime", REGIMES.values(), ids=str)
def test_r20_les_engagements_s_acceptent_un_a_un(regime):
    cles = [engagement.cle for engagement in engagements(regime)]
    assert len(cles) == len(set(cles)) >= 8
    assert engagements_manquants(regime, cles) == []
    assert [engagement.cle for engagement in engagements_manquants(regime, cles[1:])] == [cles[0]]


def test_r20_un_engagement_refuse_se_voit_a_sa_case():
    cles = [engagement.cle for engagement in engagements(PUBLIC) if engagement.cle != "gratuite"]
    assert verifier(acceptes=cles) == [("R20", "engagement_gratuite")]


def test_r20_chaque_engagement_dit_sa_source_et_sert_a_un_appel():
    assert all(
        engagement.source and engagement.regimes and engagement.texte.endswith(".") for engagement in ENGAGEMENTS
    )


def test_r1_chaque_appel_engage_sur_son_propre_delai():
    delais = {"recruter-2-mois": PUBLIC, "recruter-1-mois": PRIVE, "recruter-6-mois": COORDINATEUR}
    for cle, regime in delais.items():
        assert [e.cle for e in engagements(regime) if e.cle.startswith("recruter")] == [cle]


def test_r20_le_coordinateur_repond_a_des_questions_de_plus():
    champs = {champ for _, champ in verifier(regime=COORDINATEUR)}
    assert champs == {"cas_coordinateur", "coordination_temps_plein", "perimetre_coordination"}


@pytest.mark.parametrize(
    ("genre", "regimes"),
    [
        ("commune", ["ami-public-2020", "aac-coordinateur-2023"]),
        ("gip", ["ami-public-2020", "aac-coordinateur-2023"]),
        ("association", ["ami-prive-2021", "aac-coordinateur-2023"]),
        ("ess", ["ami-prive-2021", "aac-coordinateur-2023"]),
    ],
)
def test_qui_peut_candidater_a_quoi(genre, regimes):
    assert regimes_possibles(genre) == regimes
    assert [code for code, regime in REGIMES.items() if genre in types_eligibles(regime)] == regimes


def test_le_mauvais_appel_est_refuse_en_nommant_le_bon():
    (manquement,) = verifier_candidature(
        PUBLIC, reponses(type="association"), [e.cle for e in engagements(PUBLIC)], AUJOURDHUI
    )
    assert manquement.champ == "type"
    assert "structures privées" in manquement.message


@pytest.mark.parametrize(
    ("genre", "statut"), [("region", "public"), ("gip", "autre-public"), ("prive-interet-general", "prive")]
)
def test_r21_statut_propose(genre, statut):
    assert statut_conseille(genre) == statut
