"""R25 under concurrency, real transactions on a real PostgreSQL: two agents of a prefecture at the same second."""

from __future__ import annotations

import pytest

from portal.commun.erreurs import TransitionInterdite
from portal.commun.roles import Role
from structures.actions import classer, importer_avis, rendre_avis
from structures.classement import classables, empreinte
from structures.coherence import avis_en_vigueur
from structures.models import Avis
from tests.comptes.factories import acteur
from tests.structures.factories import AvisFactory, CampagneFactory
from tests.structures.outils_tableaux import COMMENTAIRE, en_csv, ligne
from tests.structures.test_concurrence_comite import ensemble

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def campagne():
    return CampagneFactory()


@pytest.fixture
def candidatures(campagne):
    return [AvisFactory(candidature__campagne=campagne, rang=rang).candidature for rang in range(1, 6)]


def rangs():
    return dict(Avis.objects.filter(en_vigueur=True).values_list("candidature_id", "rang"))


def test_deux_classements_au_meme_moment(campagne, candidatures):
    """R25: one is written, whole; the other is told that the ranking has changed."""
    lu = empreinte(classables(campagne, "03"))
    ordres = [candidatures[::-1], [candidatures[2], *candidatures[:2], *candidatures[3:]]]
    agents = [acteur(Role.PREFECTURE) for _ in ordres]
    resultats = ensemble(
        [
            lambda agent=agent, ordre=ordre: classer(
                acteur=agent, campagne=campagne, departement="03", candidatures=ordre, etat_lu=lu
            )
            for agent, ordre in zip(agents, ordres, strict=True)
        ]
    )
    refus = [isinstance(resultat, TransitionInterdite) for resultat in resultats]
    assert sorted(refus) == [False, True]
    gagnant = ordres[refus.index(False)]
    assert rangs() == {candidature.pk: rang for rang, candidature in enumerate(gagnant, start=1)}
    assert not avis_en_vigueur().exists()


def test_un_avis_et_un_classement_au_meme_moment(campagne, candidatures):
    """R25: neither is lost, each is a version."""
    agent, premiere = acteur(Role.PREFECTURE), candidatures[0]
    contenu = en_csv([ligne(candidatures[1], nb_postes=7, rang=2)])
    ensemble(
        [
            lambda: rendre_avis(
                acteur=agent, candidature=premiere, sens="reserve", nb_postes=3, rang=1, commentaire=COMMENTAIRE
            ),
            lambda: classer(acteur=agent, campagne=campagne, departement="03", candidatures=candidatures[::-1]),
            lambda: importer_avis(acteur=agent, contenu=contenu, nom="avis.csv"),
        ]
    )
    assert premiere.avis.filter(sens="reserve", nb_postes=3).exists()
    assert candidatures[1].avis.filter(nb_postes=7).exists()
    assert Avis.objects.filter(classement=True).exists()
    assert not avis_en_vigueur().exists()
