"""A committee in preparation, who holds it, and what the upper floors hear."""

from __future__ import annotations

import pytest

from portal.commun.evenements import _abonnes
from portal.commun.roles import Role
from tests.comptes.factories import acteur
from tests.structures.factories import CampagneFactory, ComiteFactory


@pytest.fixture
def anct(db):
    return acteur(Role.ANCT)


@pytest.fixture
def campagne(db):
    return CampagneFactory()


@pytest.fixture
def comite(campagne):
    return ComiteFactory(campagne=campagne)


@pytest.fixture
def recus():
    """Events received during the test."""
    recus = []

    def noter(**donnees):
        recus.append(donnees)

    for nom in ("poste.accorde", "structure.activee"):
        _abonnes[nom].append(noter)
    yield recus
    for nom in ("poste.accorde", "structure.activee"):
        _abonnes[nom].remove(noter)
