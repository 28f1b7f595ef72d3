"""The file and its instruction: R2, R60, R61, R67, R68."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from structures.regimes import REGIMES
from subventions.enums import NaturePiece
from subventions.regles import (
    DossierEnFile,
    Interruption,
    cle_de_file,
    pieces_attendues,
    pieces_manquantes,
    suivre_instruction,
    trimestres_dus,
    verifier_rupture,
)

PUBLIC = REGIMES["ami-public-2020"]
PRIVE = REGIMES["ami-prive-2021"]
COORDINATEUR = REGIMES["aac-coordinateur-2023"]
DEPOT = date(2021, 3, 1)
COMPLET = date(2021, 3, 10)


def instruire(regime=PUBLIC, *, aujourdhui=date(2021, 4, 30), interruptions=(), complet_le=COMPLET):
    return suivre_instruction(
        regime, depose_le=DEPOT, complet_le=complet_le, interruptions=interruptions, aujourdhui=aujourdhui
    )


# --- R2


@pytest.mark.parametrize(
    ("regime", "echeance", "ferme"),
    [(PUBLIC, date(2021, 3, 25), True), (PRIVE, date(2021, 3, 22), False), (COORDINATEUR, date(2021, 5, 1), True)],
)
def test_r2_chaque_regime_compte_a_sa_facon(regime, echeance, ferme):
    etat = instruire(regime)
    assert (etat.echeance, etat.ferme) == (echeance, ferme)


def test_r2_le_public_attend_le_dossier_complet():
    etat = instruire(complet_le=None)
    assert (etat.depart, etat.echeance) == (None, None)
    assert "complet" in etat.explication


def test_r2_une_date_prevue_n_est_jamais_depassee_une_date_due_si():
    assert instruire().depassee(date(2021, 3, 26))
    assert not instruire().depassee(date(2021, 3, 25))
    assert not instruire(PRIVE).depassee(date(2022, 1, 1))


def test_r2_une_demande_de_complement_arrete_le_delai():
    etat = instruire(aujourdhui=date(2021, 3, 20), interruptions=[Interruption(date(2021, 3, 15))])
    assert (etat.arretee, etat.echeance) == (True, None)
    assert etat.jours_ecoules == 5
    assert not etat.depassee(date(2021, 12, 31))


def test_r2_la_reponse_le_fait_repartir():
    etat = instruire(interruptions=[Interruption(date(2021, 3, 15), date(2021, 3, 22))])
    assert (etat.arretee, etat.echeance) == (False, date(2021, 4, 1))
    assert "Les 7 jours d’attente" in etat.explication


def test_r2_deux_demandes_qui_se_recouvrent_ne_comptent_qu_une_fois():
    pauses = [Interruption(date(2021, 3, 15), date(2021, 3, 22)), Interruption(date(2021, 3, 18), date(2021, 3, 25))]
    assert instruire(interruptions=pauses).echeance == date(2021, 4, 4)


def test_r2_une_pause_d_avant_le_depart_ne_compte_pas():
    assert instruire(interruptions=[Interruption(date(2021, 3, 2), date(2021, 3, 8))]).echeance == date(2021, 3, 25)
    assert instruire(interruptions=[Interruption(date(2021, 3, 2), date(2021, 3, 12))]).echeance == date(2021, 3, 27)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), max_size=5))
def test_r2_l_echeance_recule_d_un_jour_par_jour_d_arret(pauses):
    interruptions = [
        Interruption(COMPLET + timedelta(days=debut), COMPLET + timedelta(days=debut + duree))
        for debut, duree in pauses
    ]
    arretes = {COMPLET + timedelta(days=debut + n) for debut, duree in pauses for n in range(duree)}
    etat = instruire(interruptions=iter(interruptions), aujourdhui=date(2022, 1, 1))
    assert etat.echeance == date(2021, 3, 25) + timedelta(days=len(arretes))
    assert etat.jours_ecoules == (date(2022, 1, 1) - COMPLET).days - len(arretes)


# --- R60


@pytest.mark.parametrize(
    ("statut", "obligatoires"),
    [
        ("public", {"sirene", "identite-president", "identite-dgs", "rib", "deliberation", "contrat"}),
        ("autre-public", {"sirene", "identite-president", "identite-dgs", "rib", "deliberation", "contrat"}),
        ("prive", {"sirene", "identite-president", "rib", "statuts", "contrat"}),
    ],
)
def test_r60_pieces_selon_le_statut(statut, obligatoires):
    pieces = pieces_attendues(statut)
    assert {piece.nature for piece in pieces if piece.obligatoire} == obligatoires
    assert {piece.nature for piece in pieces} <= set(NaturePiece.values)
    assert len({piece.nature for piece in pieces}) == len(pieces)
    assert all(piece.aide and piece.source for piece in pieces)


def test_r60_r8_ce_qui_est_declare_se_prouve():
    natures = {piece.nature for piece in pieces_attendues("prive", cofinancement=True, aides=True) if piece.obligatoire}
    assert {"cofinancement", "autres-aides"} <= natures
    assert "autres-aides" not in {piece.nature for piece in pieces_attendues("prive")}


def test_r60_seules_les_pieces_obligatoires_manquent():
    attendues = pieces_attendues("prive")
    manquantes = pieces_manquantes(attendues, ["sirene", "rib", "statuts", "contrat"])
    assert [piece.nature for piece in manquantes] == ["identite-president"]


# --- R61


def dossier(identifiant, regime=PRIVE, **dates):
    return DossierEnFile(identifiant, regime, **({"depose_le": DEPOT} | dates))


def test_r61_prive_par_date_de_recrutement_puis_d_entree_en_formation_et_non_de_depot():
    dossiers = [
        dossier("a", recrute_le=date(2022, 3, 1), depose_le=date(2022, 1, 1)),
        dossier("b", recrute_le=date(2022, 2, 1), entree_formation_le=date(2022, 2, 10), depose_le=date(2022, 1, 20)),
        dossier("c", recrute_le=date(2022, 2, 1), entree_formation_le=date(2022, 2, 5), depose_le=date(2022, 1, 25)),
        dossier("d", depose_le=date(2021, 12, 1)),
    ]
    assert [d.identifiant for d in sorted(dossiers, key=cle_de_file)] == ["c", "b", "a", "d"]


def test_r61_public_par_echeance():
    dossiers = [
        dossier("a", PUBLIC, echeance=date(2021, 3, 20)),
        dossier("b", PUBLIC, echeance=date(2021, 3, 18), depose_le=date(2021, 3, 5)),
        dossier("c", PUBLIC),
        dossier("d", PUBLIC, echeance=date(2021, 3, 18), depose_le=date(2021, 3, 2)),
    ]
    assert [d.identifiant for d in sorted(dossiers, key=cle_de_file)] == ["d", "b", "a", "c"]


# --- R67, R68


def test_r67_une_declaration_par_trimestre_de_contrat():
    debut = date(2021, 11, 30)
    assert trimestres_dus(debut, None, date(2022, 2, 27)) == []
    assert trimestres_dus(debut, None, date(2022, 8, 30)) == [date(2022, 2, 28), date(2022, 5, 30), date(2022, 8, 30)]
    assert trimestres_dus(debut, date(2022, 6, 1), date(2023, 1, 1)) == [date(2022, 2, 28), date(2022, 5, 30)]


@pytest.mark.parametrize(
    ("motif", "rupture", "fin", "attendus"),
    [
        ("demission", date(2021, 6, 1), date(2023, 3, 1), []),
        ("licenciement", date(2023, 3, 1), date(2023, 3, 1), []),
        ("cdisation", date(2030, 1, 1), None, []),
        ("ennui", date(2021, 6, 1), None, ["motif"]),
        ("demission", date(2021, 2, 28), None, ["rupture_le"]),
        ("demission", date(2023, 3, 2), date(2023, 3, 1), ["rupture_le"]),
    ],
)
def test_r68_rupture(motif, rupture, fin, attendus):
    manquements = verifier_rupture(motif=motif, rupture_le=rupture, debut=DEPOT, fin=fin)
    assert [manquement.champ for manquement in manquements] == attendus
