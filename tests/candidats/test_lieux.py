"""R46, R48, R55: the places of work of a post change, its proposals follow; what people have decided stays (R51)."""

from __future__ import annotations

import pytest

from candidats import abonnements, actions
from candidats.enums import EtatMiseEnRelation, Mobilite, MotifCloture
from candidats.models import MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse
from portal.commun.evenements import emettre
from structures.actions import affecter_lieux, modifier_lieu, retirer_lieu
from tests.candidats.factories import CandidatFactory, MiseEnRelationFactory, acteur_candidat, donnees_inscription
from tests.candidats.outils import adresses, courriels, verifier_coherence_candidats
from tests.structures.factories import LieuExerciceFactory, PosteFactory, StructureFactory, acteur_de_structure, lieu

pytestmark = pytest.mark.django_db
SYSTEME = Acteur.systeme()
MOULINS, VICHY = "03190", "03310"
_E = EtatMiseEnRelation


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def lieu_moulins(structure):
    return LieuExerciceFactory(structure=structure, commune=lieu(MOULINS))


@pytest.fixture
def poste(structure, lieu_moulins):
    return PosteFactory(structure=structure, lieux=[lieu_moulins])


def voisin(code, **champs):
    return CandidatFactory(commune=lieu(code), mobilite_km=5, **champs)


def test_l_evenement_reexamine_le_poste(poste, lieu_moulins, django_capture_on_commit_callbacks):
    """R46, R55: whoever says that a post has moved, its candidates are those of the new place."""
    ancien, nouveau = voisin(MOULINS), voisin(VICHY)
    actions.apparier(acteur=SYSTEME)
    assert MiseEnRelation.objects.get().candidat == ancien
    type(lieu_moulins).objects.filter(pk=lieu_moulins.pk).update(commune=lieu(VICHY))
    with django_capture_on_commit_callbacks(execute=True):
        emettre("poste.deplace", postes=[poste])
    close = MiseEnRelation.objects.get(candidat=ancien)
    assert (close.etat, close.motif) == (_E.CADUQUE, MotifCloture.CRITERES)
    assert MiseEnRelation.objects.vivantes().get().candidat == nouveau
    assert adresses("propositions_closes") == [ancien.utilisateur.email]
    verifier_coherence_candidats()


def test_changer_les_lieux_du_poste_change_ses_candidats(structure, poste, django_capture_on_commit_callbacks):
    """R46: from the structure's own verb."""
    voisin(MOULINS)
    nouveau = voisin(VICHY)
    actions.apparier(acteur=SYSTEME)
    vichy = LieuExerciceFactory(structure=structure, commune=lieu(VICHY))
    with django_capture_on_commit_callbacks(execute=True):
        affecter_lieux(acteur=acteur_de_structure(structure), poste=poste, lieux=[vichy])
    assert MiseEnRelation.objects.vivantes().get().candidat == nouveau


def test_deplacer_ou_retirer_un_lieu_change_les_candidats(
    structure, poste, lieu_moulins, django_capture_on_commit_callbacks
):
    """R46: the place itself moves, then goes: distances start from the seat again."""
    ancien, nouveau = voisin(MOULINS), voisin(VICHY)
    acteur = acteur_de_structure(structure)
    actions.apparier(acteur=SYSTEME)
    with django_capture_on_commit_callbacks(execute=True):
        modifier_lieu(acteur=acteur, lieu=lieu_moulins, nom=lieu_moulins.nom, commune=lieu(VICHY))
    assert MiseEnRelation.objects.vivantes().get().candidat == nouveau
    assert structure.commune_id == MOULINS
    with django_capture_on_commit_callbacks(execute=True):
        retirer_lieu(acteur=acteur, lieu=lieu_moulins)
    assert MiseEnRelation.objects.vivantes().get().candidat == ancien
    verifier_coherence_candidats()


def test_rien_ne_bouge_quand_la_commune_reste(structure, poste, lieu_moulins, django_capture_on_commit_callbacks):
    voisin(MOULINS)
    actions.apparier(acteur=SYSTEME)
    acteur = acteur_de_structure(structure)
    with django_capture_on_commit_callbacks(execute=True) as suites:
        modifier_lieu(acteur=acteur, lieu=lieu_moulins, nom="Médiathèque rénovée", commune=lieu(MOULINS))
        affecter_lieux(acteur=acteur, poste=poste, lieux=[lieu_moulins])
    assert suites == []


def test_aucune_decision_n_est_touchee_mais_la_distance_est_la_bonne(poste, django_capture_on_commit_callbacks):
    """R51: shortlisted, interested, invited, set aside, declined: kept. R48: the distance shown is the real one."""
    loin = {"candidat__commune": lieu(MOULINS), "candidat__mobilite_km": 5}
    gardees = [
        MiseEnRelationFactory(poste=poste, preselectionnee=True, **loin),
        MiseEnRelationFactory(poste=poste, entretien=True, **loin),
        MiseEnRelationFactory(poste=poste, invitee=True, **loin),
        MiseEnRelationFactory(poste=poste, interet_candidat_le=poste.cree_le, **loin),
    ]
    decidees = [
        MiseEnRelationFactory(poste=poste, ecartee=True, **loin),
        MiseEnRelationFactory(poste=poste, declinee=True, **loin),
    ]
    etats = {paire.pk: paire.etat for paire in [*gardees, *decidees]}
    vichy = LieuExerciceFactory(structure=poste.structure, commune=lieu(VICHY))
    with django_capture_on_commit_callbacks(execute=True):
        affecter_lieux(acteur=acteur_de_structure(poste.structure), poste=poste, lieux=[vichy])
    assert {paire.pk: paire.etat for paire in MiseEnRelation.objects.all()} == etats
    for paire in gardees:
        paire.refresh_from_db()
        assert paire.distance_km > 40
        if paire.origine == "moteur":
            assert "à 49 km" in paire.explication[0]["texte"]
            assert paire.score == pytest.approx(sum(critere["points"] for critere in paire.explication))
    for paire in decidees:
        paire.refresh_from_db()
        assert paire.distance_km == 0
    assert courriels("propositions_closes") == []
    verifier_coherence_candidats()


def test_une_proposition_encore_possible_reste_avec_sa_nouvelle_distance(poste, django_capture_on_commit_callbacks):
    """R48, R55: nothing is closed to be made again; a second time has no effect."""
    candidat = CandidatFactory(mobilite_km=Mobilite.KM_100)
    actions.apparier(acteur=SYSTEME)
    paire = MiseEnRelation.objects.get()
    avant = paire.score
    vichy = LieuExerciceFactory(structure=poste.structure, commune=lieu(VICHY))
    acteur = acteur_de_structure(poste.structure)
    with django_capture_on_commit_callbacks(execute=True):
        affecter_lieux(acteur=acteur, poste=poste, lieux=[vichy])
    paire.refresh_from_db()
    assert (paire.candidat, paire.etat) == (candidat, _E.NOUVELLE)
    assert paire.distance_km > 40
    assert paire.score < avant
    lignes = paire.history.count()
    with django_capture_on_commit_callbacks(execute=True):
        emettre("poste.deplace", postes=[poste])
    assert paire.history.count() == lignes


def test_un_candidat_qui_demenage_garde_ses_propositions_avec_leur_distance(poste, django_capture_on_commit_callbacks):
    """R48: the same when the other end of the pair moves."""
    candidat = CandidatFactory(mobilite_km=100)
    actions.apparier(acteur=SYSTEME)
    with django_capture_on_commit_callbacks(execute=True):
        donnees = donnees_inscription(commune=lieu(VICHY), mobilite_km=100)
        actions.modifier_profil(acteur=acteur_candidat(candidat), candidat=candidat, donnees=donnees)
    assert MiseEnRelation.objects.get().distance_km > 40


def test_beaucoup_de_postes_attendent_l_ouvrier(monkeypatch, django_capture_on_commit_callbacks):
    """R55: whoever edits a place used by many posts does not wait for the engine."""
    demandes = []
    monkeypatch.setattr(abonnements.suites, "tout_apparier", lambda: demandes.append(1))
    postes = [PosteFactory(structure=StructureFactory()) for _ in range(abonnements.POSTES_COMPLETES_AUSSITOT + 1)]
    with django_capture_on_commit_callbacks(execute=True) as suites:
        emettre("poste.deplace", postes=postes)
    assert (demandes, suites) == ([1], [])


def test_seul_le_portail_reexamine_un_poste(poste):
    with pytest.raises(AccesRefuse):
        actions.reexaminer_poste(acteur=acteur_de_structure(poste.structure), poste=poste)


@pytest.mark.parametrize("suite", ["poste_a_completer", "poste_a_reexaminer"])
def test_une_suite_en_panne_ne_defait_ni_n_arrete_rien(monkeypatch, poste, django_capture_on_commit_callbacks, suite):
    """R55: what the engine could not do at once is logged, and done by the next run."""

    def panne(*args, **kwargs):
        raise RuntimeError("panne")

    monkeypatch.setattr(actions.moteur, "_exiger_moteur", panne)
    with django_capture_on_commit_callbacks(execute=True) as suites:
        getattr(abonnements.suites, suite)(poste.pk)
    assert len(suites) == 1
