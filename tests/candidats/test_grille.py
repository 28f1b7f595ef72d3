"""The evaluation grid: its rules, who writes, who reads (R52, R111)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from post_office.models import Email

from candidats import acces, actions, coherence, grille
from candidats.comparaison import syntheses
from candidats.models import Evaluation
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from tests.candidats.factories import (
    EvaluationFactory,
    MiseEnRelationFactory,
    acteur_candidat,
    rattachement_candidat,
)
from tests.structures.factories import StructureFactory, acteur_de_structure

pytestmark = pytest.mark.django_db
NOTES = {"motivation": 4, "pedagogie": 3}


def evaluer(paire, acteur=None, **champs):
    donnees = {"notes": NOTES, "avis": "favorable", "commentaire": " Très à l’écoute. ", **champs}
    acteur = acteur or acteur_de_structure(paire.poste.structure)
    return actions.evaluer(acteur=acteur, mise_en_relation=paire, **donnees)


# --- pure rules -----------------------------------------------------------------------------------------------------


def test_la_grille_dit_chaque_niveau():
    """R52: seven criteria, four levels, each said in a sentence; motivation and relations come first (S0)."""
    assert grille.CODES[:3] == ("motivation", "pedagogie", "posture")
    assert len(grille.CODES) == len(set(grille.CODES)) == 7
    for critere in grille.CRITERES:
        assert len(set(critere.niveaux)) == len(grille.NIVEAUX)
        assert all(phrase.endswith(".") for phrase in critere.niveaux)


def test_ce_qui_n_est_pas_evalue_ne_compte_pas():
    """R52: neither as a bad mark, nor as a middling one."""
    assert grille.moyenne([]) is grille.moyenne([None]) is None
    assert grille.moyenne([4, None, 1]) == 2.5
    moyennes = grille.moyennes([{"motivation": 4}, {"motivation": 1, "posture": 3}])
    assert (moyennes["motivation"], moyennes["posture"], moyennes["pedagogie"]) == (2.5, 3, None)
    # Each criterion for the same weight, whoever evaluated it.
    assert grille.moyenne_generale([{"motivation": 4}, {"motivation": 4, "posture": 2}]) == 3
    assert grille.moyenne_generale([]) is None


@pytest.mark.parametrize(
    ("notes", "avis", "champs"),
    [
        (NOTES, "favorable", []),
        ({}, "reserve", []),
        ({"motivation": 5}, "favorable", ["motivation"]),
        ({"motivation": 0}, "favorable", ["motivation"]),
        ({"inconnu": 2}, "", [None, "avis"]),
    ],
)
def test_verifier_grille(notes, avis, champs):
    """R52."""
    assert [manquement.champ for manquement in grille.verifier_grille(notes, avis)] == champs


# --- who writes -----------------------------------------------------------------------------------------------------


def test_chacun_a_sa_grille_et_la_corrige():
    """R52: one per interviewer and pair; averages over both, the history keeps what changed."""
    paire = MiseEnRelationFactory(entretien=True)
    acteurs = [acteur_de_structure(paire.poste.structure) for _ in range(2)]
    premiere = evaluer(paire, acteurs[0])
    assert premiere.commentaire == "Très à l’écoute."
    evaluer(paire, acteurs[1], notes={"motivation": 2}, avis="reserve")
    assert evaluer(paire, acteurs[0], notes={"motivation": 3}).pk == premiere.pk
    assert premiere.history.count() == 2
    synthese = syntheses(acteurs[0], [paire])[paire.pk]
    assert synthese.avis == "1 favorable, 1 réservé"
    assert synthese.generale == 2.5
    with pytest.raises(IntegrityError), transaction.atomic():
        EvaluationFactory(mise_en_relation=paire, auteur=premiere.auteur)


@pytest.mark.parametrize("trait", ["validee", "recrutee", "ecartee", "declinee", "caduque"])
def test_plus_rien_ne_change_apres_la_decision(trait):
    """R52: editable by its author until the validation, or the end of the pair."""
    with pytest.raises(TransitionInterdite):
        evaluer(MiseEnRelationFactory(**{trait: True}))


def test_qui_n_evalue_pas():
    paire = MiseEnRelationFactory(entretien=True)
    autres = [acteur_de_structure(StructureFactory()), acteur_candidat(paire.candidat), Acteur.systeme()]
    for acteur in autres:
        with pytest.raises(AccesRefuse):
            evaluer(paire, acteur)
    with pytest.raises(RegleNonRespectee) as refus:
        evaluer(paire, avis="excellent")
    assert (refus.value.regle, refus.value.champ) == ("R52", "avis")
    assert not Evaluation.objects.exists()


# --- who reads ------------------------------------------------------------------------------------------------------


def test_ni_une_autre_structure_ni_la_personne_ne_lisent(client_de):
    """R52, R111: not even the structure that the same person is proposed to; no mail, no page of the candidate."""
    paire = MiseEnRelationFactory(entretien=True)
    ailleurs = MiseEnRelationFactory(candidat=paire.candidat, entretien=True)
    evaluation = EvaluationFactory(mise_en_relation=paire, commentaire="Phrase à ne pas montrer")
    assert list(acces.evaluations_visibles_par(acteur_de_structure(paire.poste.structure))) == [evaluation]
    for acteur in (acteur_de_structure(ailleurs.poste.structure), acteur_candidat(paire.candidat), Acteur.visiteur()):
        assert not acces.evaluations_visibles_par(acteur).exists()
        assert syntheses(acteur, [paire])[paire.pk].evaluations == []
    client = client_de(rattachement=rattachement_candidat(paire.candidat))
    for adresse in ("/espace/candidat/", f"/espace/candidat/propositions/{paire.uuid}/"):
        assert "Phrase à ne pas montrer" not in client.get(adresse).content.decode()
    evaluer(paire)
    assert not Email.objects.exists()


def test_l_invariant_des_evaluations_sait_echouer():
    EvaluationFactory()
    assert coherence.evaluations_de_la_grille() == 0
    EvaluationFactory(notes={"motivation": 7})
    assert coherence.evaluations_de_la_grille() == 1
