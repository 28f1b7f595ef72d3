"""Rules of candidates: R40, R41, R46 to R48, R50 to R54."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidats import enums
from candidats.regles import (
    FRANCE_ENTIERE,
    MOBILITES,
    POINTS_DATE,
    POINTS_DISTANCE,
    POINTS_EXPERIENCE,
    POINTS_PIX,
    POINTS_VOEUX,
    CandidatFacts,
    Lieu,
    MotifDeclin,
    MotifEcart,
    PosteFacts,
    age_admis,
    candidat_sature,
    classer,
    conseil_entretien,
    devient_caduque,
    est_recrute,
    noter,
    paire_admissible,
    places_a_pourvoir,
    verifier_inscription,
    verifier_motif,
    verifier_validation,
)
from portal.territoires.distance import distance_km

AUJOURDHUI = date(2021, 3, 1)
MOULINS = Lieu(46.5667, 3.3333, "metropole")
VICHY = Lieu(46.1278, 3.4267, "metropole")
AJACCIO = Lieu(41.9192, 8.7386, "corse")
NICE = Lieu(43.7102, 7.2620, "metropole")
BASTIA = Lieu(42.7028, 9.4503, "corse")
POINTE_A_PITRE = Lieu(16.2411, -61.5331, "971")
FORT_DE_FRANCE = Lieu(14.6037, -61.0594, "972")

CANDIDAT = CandidatFacts("c1", MOULINS, 20, AUJOURDHUI)
POSTE = PosteFacts("p1", (MOULINS,), AUJOURDHUI)


def inscription(**autres):
    reponses = {
        "recherche_emploi": True,
        "mobilite_km": 20,
        "disponible_le": AUJOURDHUI,
        "date_naissance": date(1990, 5, 4),
        "motivation": "Accompagner les autres.",
    }
    return [(m.regle, m.champ) for m in verifier_inscription(reponses | autres, AUJOURDHUI)]


# --- R40, R41


def test_r40_une_inscription_complete_passe():
    assert inscription() == []


@pytest.mark.parametrize("situation", ["recherche_emploi", "en_emploi", "en_formation"])
def test_r40_une_situation_suffit(situation):
    assert inscription(**{"recherche_emploi": False, situation: True}) == []


def test_r40_au_moins_une_situation():
    assert inscription(recherche_emploi=False) == [("R40", "recherche_emploi")]


@pytest.mark.parametrize(
    ("reponses", "attendu"),
    [
        ({"diplome": True, "diplome_nom": "REMN"}, []),
        ({"diplome": True}, [("R40", "diplome_nom")]),
        ({"diplome": True, "diplome_nom": "  "}, [("R40", "diplome_nom")]),
        ({"diplome": False, "diplome_nom": "REMN"}, [("R40", "diplome_nom")]),
        ({"recherche_emploi": False, "diplome": True, "diplome_nom": "REMN"}, []),
    ],
)
def test_r40_le_nom_du_diplome_si_et_seulement_si_diplome(reponses, attendu):
    assert inscription(**reponses) == attendu


@pytest.mark.parametrize("mobilite", [5, 10, 15, 20, 40, 100, FRANCE_ENTIERE])
def test_r40_les_sept_mobilites(mobilite):
    assert inscription(mobilite_km=mobilite) == []


@pytest.mark.parametrize("mobilite", [None, 0, 30, 2000])
def test_r40_les_autres_mobilites_sont_refusees(mobilite):
    assert inscription(mobilite_km=mobilite) == [("R40", "mobilite_km")]


def test_r40_memes_valeurs_que_le_modele():
    assert tuple(enums.Mobilite.values) == MOBILITES
    assert enums.Mobilite.FRANCE == FRANCE_ENTIERE


@pytest.mark.parametrize(
    ("naissance", "jour", "admis"),
    [
        (date(2005, 3, 2), date(2021, 3, 1), False),
        (date(2005, 3, 1), date(2021, 3, 1), True),
        (date(1956, 3, 2), date(2021, 3, 1), True),
        (date(1956, 3, 1), date(2021, 3, 1), False),
        (date(2004, 2, 29), date(2020, 2, 28), False),
        (date(2004, 2, 29), date(2020, 2, 29), True),
        (date(1956, 2, 29), date(2021, 2, 28), True),
        (date(1956, 2, 29), date(2021, 3, 1), False),
    ],
)
def test_r41_de_16_ans_a_la_veille_des_65(naissance, jour, admis):
    assert age_admis(naissance, jour) is admis


def test_r41_l_age_compte_a_la_date_de_disponibilite():
    naissance = date(2005, 4, 1)
    assert inscription(date_naissance=naissance) == [("R41", "date_naissance")]
    assert inscription(date_naissance=naissance, disponible_le=date(2021, 4, 1)) == []


def test_r41_ni_retraite_ni_naissance_a_venir():
    assert inscription(retraite=True) == [("R41", "retraite")]
    assert inscription(date_naissance=AUJOURDHUI) == [("R41", "date_naissance")]


# --- R46


def test_r46_une_paire_admissible_donne_sa_distance():
    verdict = paire_admissible(CANDIDAT, replace(POSTE, lieux=(VICHY, MOULINS)), AUJOURDHUI)
    assert verdict.admissible
    assert verdict.distance_km == pytest.approx(0)
    assert verdict.motif == ""


@pytest.mark.parametrize(
    ("candidat", "poste", "mot"),
    [
        ({}, {"structure_active": False}, "activée"),
        ({}, {"libre": False}, "libre"),
        ({"confirme": False}, {}, "confirmé"),
        ({"disponible": False}, {}, "disponible"),
        ({"recrute": True}, {}, "recruté"),
        ({"retire": True}, {}, "retiré"),
        ({}, {"coordinateur": True}, "coordinateur"),
        ({"disponible_le": AUJOURDHUI + timedelta(days=1)}, {}, "1er mars 2021"),
        ({}, {"lieux": (VICHY,)}, "portée"),
        ({}, {"lieux": ()}, "portée"),
    ],
)
def test_r46_chaque_condition_a_son_motif(candidat, poste, mot):
    verdict = paire_admissible(replace(CANDIDAT, **candidat), replace(POSTE, **poste), AUJOURDHUI)
    assert not verdict.admissible
    assert verdict.distance_km is None
    assert mot in verdict.motif


def test_r46_une_paire_ecartee_ne_revient_pas():
    verdict = paire_admissible(CANDIDAT, POSTE, AUJOURDHUI, deja_ecartee=True)
    assert not verdict.admissible
    assert "écartée" in verdict.motif


def test_r46_la_borne_de_la_distance_est_incluse():
    distance = distance_km(MOULINS.latitude, MOULINS.longitude, VICHY.latitude, VICHY.longitude)
    poste = replace(POSTE, lieux=(VICHY,))
    assert paire_admissible(replace(CANDIDAT, mobilite_km=distance), poste, AUJOURDHUI).admissible
    assert not paire_admissible(replace(CANDIDAT, mobilite_km=distance - 1e-6), poste, AUJOURDHUI).admissible


@pytest.mark.parametrize(
    ("demarrage", "disponible", "admissible"),
    [
        (AUJOURDHUI + timedelta(days=30), AUJOURDHUI + timedelta(days=30), True),
        (AUJOURDHUI + timedelta(days=30), AUJOURDHUI + timedelta(days=31), False),
        (AUJOURDHUI - timedelta(days=30), AUJOURDHUI, True),
        (AUJOURDHUI - timedelta(days=30), AUJOURDHUI + timedelta(days=1), False),
    ],
)
def test_r46_disponible_au_plus_tard_a_la_date_du_poste_ou_aujourd_hui(demarrage, disponible, admissible):
    candidat = replace(CANDIDAT, disponible_le=disponible)
    poste = replace(POSTE, demarrage_le=demarrage)
    assert paire_admissible(candidat, poste, AUJOURDHUI).admissible is admissible


@pytest.mark.parametrize(
    ("domicile", "lieu", "mobilite", "admissible"),
    [
        (BASTIA, NICE, FRANCE_ENTIERE, True),
        (AJACCIO, BASTIA, 100, False),
        (AJACCIO, replace(AJACCIO, latitude=42.2), 40, True),
        (replace(NICE, latitude=42.75, longitude=9.4), BASTIA, 100, False),
        (POINTE_A_PITRE, FORT_DE_FRANCE, 100, False),
        (POINTE_A_PITRE, FORT_DE_FRANCE, FRANCE_ENTIERE, True),
        (POINTE_A_PITRE, POINTE_A_PITRE, 5, True),
        (replace(POINTE_A_PITRE, zone="978"), POINTE_A_PITRE, 5, False),
    ],
)
def test_r46_sans_la_france_entiere_personne_ne_passe_la_mer(domicile, lieu, mobilite, admissible):
    candidat = replace(CANDIDAT, lieu=domicile, mobilite_km=mobilite)
    assert paire_admissible(candidat, replace(POSTE, lieux=(lieu,)), AUJOURDHUI).admissible is admissible


def test_r46_un_seul_lieu_a_portee_suffit_et_c_est_lui_qui_compte():
    # Fort-de-France is in another zone: only Pointe-à-Pitre counts, though it is not the first.
    candidat = replace(CANDIDAT, lieu=POINTE_A_PITRE, mobilite_km=5)
    verdict = paire_admissible(candidat, replace(POSTE, lieux=(FORT_DE_FRANCE, POINTE_A_PITRE)), AUJOURDHUI)
    assert verdict.distance_km == pytest.approx(0)


def test_r46_le_coordinateur_volontaire_est_propose_partout():
    volontaire = replace(CANDIDAT, veut_coordination=True)
    assert paire_admissible(volontaire, replace(POSTE, coordinateur=True), AUJOURDHUI).admissible
    assert paire_admissible(volontaire, POSTE, AUJOURDHUI).admissible


# --- R47, R48


@pytest.mark.parametrize(("vivantes", "places"), [(0, 3), (1, 2), (3, 0), (5, 0)])
def test_r47_trois_propositions_vivantes_au_plus(vivantes, places):
    assert places_a_pourvoir(vivantes) == places


def test_r48_dix_propositions_vivantes_au_plus_par_candidat():
    assert not candidat_sature(9)
    assert candidat_sature(10)
    assert classer([replace(CANDIDAT, propositions_vivantes=10)], POSTE, AUJOURDHUI) == []


def test_r48_le_score_est_la_somme_de_ses_criteres_expliques():
    note = noter(replace(CANDIDAT, experience=True, pix_partage=True), POSTE, 0.0, AUJOURDHUI)
    assert note.score == 100 == POINTS_DISTANCE + POINTS_DATE + POINTS_EXPERIENCE + POINTS_PIX + POINTS_VOEUX
    assert [critere.code for critere in note.criteres] == ["distance", "date", "experience", "pix", "voeux"]
    assert all(critere.texte.endswith(".") for critere in note.criteres)


@given(st.floats(0, 20_000), st.integers(0, 400), st.booleans(), st.booleans(), st.booleans())
def test_r48_le_score_reste_entre_0_et_100(distance, jours, experience, pix, coordination):
    candidat = replace(
        CANDIDAT,
        experience=experience,
        pix_partage=pix,
        veut_coordination=coordination,
        disponible_le=AUJOURDHUI - timedelta(days=jours),
    )
    note = noter(candidat, replace(POSTE, demarrage_le=AUJOURDHUI + timedelta(days=jours)), distance, AUJOURDHUI)
    assert 0 <= note.score <= 100
    assert note.score == pytest.approx(sum(critere.points for critere in note.criteres), abs=0.01)


def test_r48_plus_pres_puis_plus_proche_de_la_date_puis_experience():
    loin = replace(CANDIDAT, identifiant="loin", lieu=replace(MOULINS, latitude=46.70))
    tot = replace(CANDIDAT, identifiant="tot", disponible_le=AUJOURDHUI)
    juste = replace(CANDIDAT, identifiant="juste", disponible_le=AUJOURDHUI + timedelta(days=60))
    expert = replace(juste, identifiant="expert", experience=True)
    poste = replace(POSTE, demarrage_le=AUJOURDHUI + timedelta(days=60))
    classement = [candidat.identifiant for candidat, _, _ in classer([loin, tot, juste, expert], poste, AUJOURDHUI)]
    assert classement == ["expert", "juste", "tot", "loin"]


def test_r48_memes_donnees_meme_ordre_et_a_egalite_l_identifiant():
    candidats = [replace(CANDIDAT, identifiant=f"c{n:02d}") for n in range(12)]
    melanges = candidats.copy()
    Random(4).shuffle(melanges)
    ordre = [candidat.identifiant for candidat, _, _ in classer(melanges, POSTE, AUJOURDHUI)]
    assert ordre == [candidat.identifiant for candidat in candidats]


def test_r48_les_paires_ecartees_ne_sont_pas_classees():
    autre = replace(CANDIDAT, identifiant="c2")
    assert [c.identifiant for c, _, _ in classer([CANDIDAT, autre], POSTE, AUJOURDHUI, frozenset({"c1"}))] == ["c2"]


# --- R50 to R54


@pytest.mark.parametrize(
    ("motif", "precisions", "liste", "attendu"),
    [
        ("profil", "", MotifEcart, []),
        ("autre", "Projet reporté", MotifEcart, []),
        ("autre", " ", MotifEcart, [("R50", "precisions")]),
        ("", "", MotifEcart, [("R50", "motif")]),
        ("salaire", "", MotifEcart, [("R50", "motif")]),
        ("salaire", "", MotifDeclin, []),
        ("profil", "", MotifDeclin, [("R51", "motif")]),
    ],
)
def test_r50_r51_un_motif_de_la_liste(motif, precisions, liste, attendu):
    assert [(m.regle, m.champ) for m in verifier_motif(motif, precisions, liste)] == attendu


def test_r52_conseil_de_voir_plusieurs_candidats():
    assert conseil_entretien(1)
    assert conseil_entretien(2) == ""


@pytest.mark.parametrize(
    ("changement", "mot"),
    [
        ({}, None),
        ({"poste_a_un_valide": True, "poste_libre": False}, "déjà validé"),
        ({"poste_libre": False}, "plus à pourvoir"),
        ({"candidat_valide_ailleurs": True}, "autre structure"),
        ({"candidat_recrute": True, "candidat_valide_ailleurs": True}, "recruté"),
    ],
)
def test_r53_un_candidat_par_poste_et_un_poste_par_personne(changement, mot):
    faits = {
        "poste_libre": True,
        "poste_a_un_valide": False,
        "candidat_valide_ailleurs": False,
        "candidat_recrute": False,
    }
    manquements = verifier_validation(**faits | changement)
    assert len(manquements) == (1 if mot else 0)
    assert all(m.regle == "R53" and mot in m.message for m in manquements)


@pytest.mark.parametrize(
    ("depart", "exempte", "debut", "recrute"),
    [
        (AUJOURDHUI, False, date(2021, 2, 15), True),
        (AUJOURDHUI + timedelta(days=1), False, date(2021, 2, 15), False),
        (None, False, date(2021, 2, 15), False),
        (None, True, date(2021, 2, 15), True),
        (None, True, date(2021, 3, 15), False),
    ],
)
def test_r54_recrute_au_depart_en_formation_ou_au_debut_du_contrat(depart, exempte, debut, recrute):
    faits = {"depart_formation": depart, "exempte": exempte, "debut_contrat": debut}
    assert est_recrute(**faits, aujourdhui=AUJOURDHUI) is recrute


@pytest.mark.parametrize(
    ("meme_poste", "meme_candidat", "vivante", "recrutee", "caduque"),
    [
        (True, False, True, False, True),
        (False, True, True, False, True),
        (False, False, True, False, False),
        (True, True, True, True, False),
        (True, False, False, False, False),
    ],
)
def test_r54_les_autres_propositions_tombent(meme_poste, meme_candidat, vivante, recrutee, caduque):
    verdict = devient_caduque(
        meme_poste=meme_poste, meme_candidat=meme_candidat, vivante=vivante, est_la_paire_recrutee=recrutee
    )
    assert verdict is caduque


def test_r45_pix_n_exclut_personne_et_ne_change_que_ses_propres_points():
    sans, avec = (noter(replace(CANDIDAT, pix_partage=partage), POSTE, 12.0, AUJOURDHUI) for partage in (False, True))
    assert 0 < sans.score == avec.score - POINTS_PIX
    autres = [[c for c in note.criteres if c.code != "pix"] for note in (sans, avec)]
    assert autres[0] == autres[1]
