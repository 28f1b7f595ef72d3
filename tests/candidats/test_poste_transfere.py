"""What the engine does when a post changes structure (R29, R47, R51)."""

from __future__ import annotations

import pytest

from portal.commun.roles import Role
from structures.actions import transferer_poste
from tests.candidats.factories import CandidatFactory, MiseEnRelationFactory
from tests.comptes.factories import acteur
from tests.structures.factories import PosteFactory, StructureFactory, candidature_de

pytestmark = pytest.mark.django_db


def test_les_propositions_de_l_ancienne_structure_prennent_fin():
    """R29, R51: a proposal, even shortlisted, was made for another employer; the person is told, nothing is erased."""
    poste = PosteFactory()
    nouvelle = MiseEnRelationFactory(poste=poste, candidat=CandidatFactory())
    choisie = MiseEnRelationFactory(poste=poste, candidat=CandidatFactory(), preselectionnee=True)
    repreneuse = candidature_de(StructureFactory(), campagne=poste.campagne, activee=True)
    transferer_poste(acteur=acteur(Role.ANCT), poste=poste, candidature=repreneuse, motif="La voisine reprend.")
    for paire in (nouvelle, choisie):
        paire.refresh_from_db()
        assert (paire.etat, paire.motif) == ("caduque", "poste-transfere")
