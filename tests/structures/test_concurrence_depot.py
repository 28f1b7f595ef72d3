"""R22, R23, R29 under concurrency, with real transactions on a real PostgreSQL."""

from __future__ import annotations

import pytest

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite
from portal.commun.jetons import JetonInvalide
from structures import actions
from structures.enums import EtatCandidature
from structures.models import Candidature, Poste, Structure
from structures.suivi_candidature import lien_confirmation
from tests.structures.factories import CampagneFactory, CandidatureFactory, PosteFactory, acteur_de_structure
from tests.structures.test_concurrence_comite import ensemble

pytestmark = pytest.mark.django_db(transaction=True)
VISITEUR = Acteur.visiteur()


def secret(candidature: Candidature) -> str:
    return lien_confirmation(candidature).rstrip("/").rpartition("/")[2]


def confirmer(mot: str):
    return lambda: actions.confirmer_depot(acteur=VISITEUR, secret=mot)


def test_deux_confirmations_du_meme_siret_une_gagne_l_autre_est_prevenue():
    """R22: two people of one town hall, at the same second."""
    campagne = CampagneFactory()
    premiere = CandidatureFactory(campagne=campagne)
    seconde = CandidatureFactory(campagne=campagne, siret=premiere.siret)
    resultats = ensemble([confirmer(secret(c)) for c in (premiere, seconde)])
    gagnantes = [r for r in resultats if isinstance(r, Candidature)]
    refus = [r for r in resultats if isinstance(r, RegleNonRespectee)]
    assert (len(gagnantes), len(refus)) == (1, 1)
    assert refus[0].regle == "R22" and f"n° {gagnantes[0].numero}" in refus[0].message
    assert Structure.objects.count() == 1
    assert sorted(Candidature.objects.values_list("etat", flat=True)) == ["a_confirmer", "deposee"]


def test_deux_appels_du_meme_siret_ont_une_seule_structure():
    """R22: both are right, in two calls; the structure is created once."""
    premiere = CandidatureFactory()
    seconde = CandidatureFactory(coordinateurs=True, siret=premiere.siret)
    resultats = ensemble([confirmer(secret(c)) for c in (premiere, seconde)])
    assert all(isinstance(r, Candidature) for r in resultats)
    assert Structure.objects.count() == 1
    assert sorted(r.numero for r in resultats) == [1, 2]


def test_deux_clics_sur_confirmer():
    """R23: the link is used once."""
    candidature = CandidatureFactory()
    mot = secret(candidature)
    resultats = ensemble([confirmer(mot), confirmer(mot)])
    assert sorted(isinstance(r, JetonInvalide) for r in resultats) == [False, True]
    assert Candidature.objects.get().etat == EtatCandidature.DEPOSEE


def test_dix_confirmations_ensemble_ont_dix_numeros():
    candidatures = [CandidatureFactory() for _ in range(10)]
    resultats = ensemble([confirmer(secret(c)) for c in candidatures])
    assert sorted(r.numero for r in resultats) == list(range(1, 11))


def test_reserver_un_poste_deux_fois_a_la_fois():
    """R53: one wins, the other is told."""
    poste = PosteFactory()
    acteur = acteur_de_structure(poste.structure)
    resultats = ensemble([lambda: actions.reserver_poste(acteur=acteur, poste=poste)] * 2)
    assert sorted(isinstance(r, TransitionInterdite) for r in resultats) == [False, True]


def test_rendre_les_deux_derniers_postes_a_la_fois_met_fin_a_la_participation():
    """R29: neither return can miss the other."""
    premier = PosteFactory()
    second = PosteFactory(structure=premier.structure, campagne=premier.campagne)
    acteur = acteur_de_structure(premier.structure)
    resultats = ensemble(
        [lambda p=p: actions.rendre_poste(acteur=acteur, poste=p, motif="Plus de budget") for p in (premier, second)]
    )
    assert all(isinstance(r, Poste) for r in resultats)
    premier.structure.refresh_from_db()
    assert premier.structure.participation_fin_le is not None
