"""Who reads which candidates (DOMAIN §2, R112): from one table of roles."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.http import Http404

from candidats import acces
from portal.commun.roles import Role
from tests.candidats.factories import (
    CandidatFactory,
    EntretienFactory,
    InvitationCandidatFactory,
    MiseEnRelationFactory,
    acteur_candidat,
)
from tests.structures.factories import acteur_de_structure

pytestmark = pytest.mark.django_db
AUCUN = [
    Role.PREFECTURE,
    Role.SGAR,
    Role.BDT,
    Role.ORGANISME,
    Role.HUB,
    Role.CONSEILLER,
    Role.COORDINATEUR,
    Role.VISITEUR,
]
NATIONAUX = [Role.ANCT, Role.SUPPORT, Role.SYSTEME]


@pytest.mark.parametrize("role", AUCUN)
def test_ces_roles_ne_lisent_aucun_candidat(role, acteur):
    """Prefectures and SGAR read nobody by name; training bodies know theirs through their own floor."""
    paire = MiseEnRelationFactory(preselectionnee=True)
    qui = acteur(role)
    assert not acces.candidats_visibles_par(qui).exists()
    assert not acces.mises_en_relation_visibles_par(qui).exists()
    assert not acces.entretiens_visibles_par(qui).exists()
    assert not acces.invitations_visibles_par(qui).exists()
    for obtenir, objet in ((acces.obtenir_mise_en_relation, paire), (acces.obtenir_candidat, paire.candidat)):
        with pytest.raises(Http404):
            obtenir(qui, objet.uuid)


@pytest.mark.parametrize("role", NATIONAUX)
def test_les_roles_nationaux_lisent_tout(role, acteur):
    paire = MiseEnRelationFactory()
    assert acces.obtenir_candidat(acteur(role), paire.candidat.uuid) == paire.candidat
    assert acces.obtenir_mise_en_relation(acteur(role), paire.uuid) == paire


def test_une_structure_ne_lit_que_les_siens():
    sienne, autre = MiseEnRelationFactory(), MiseEnRelationFactory()
    sans_lien = CandidatFactory()
    qui = acteur_de_structure(sienne.poste.structure)
    assert list(acces.candidats_visibles_par(qui)) == [sienne.candidat]
    assert list(acces.mises_en_relation_visibles_par(qui)) == [sienne]
    for candidat in (autre.candidat, sans_lien):
        with pytest.raises(Http404):
            acces.obtenir_candidat(qui, candidat.uuid)
    with pytest.raises(Http404):
        acces.obtenir_mise_en_relation(qui, autre.uuid)


def test_une_structure_non_activee_ne_lit_personne():
    """R46."""
    paire = MiseEnRelationFactory(poste__a_activer=True)
    assert not acces.candidats_visibles_par(acteur_de_structure(paire.poste.structure)).exists()


def test_un_candidat_ne_lit_que_lui():
    paire, autre = MiseEnRelationFactory(), MiseEnRelationFactory()
    qui = acteur_candidat(paire.candidat)
    assert acces.candidat_de(qui) == paire.candidat
    assert list(acces.mises_en_relation_visibles_par(qui)) == [paire]
    with pytest.raises(Http404):
        acces.obtenir_mise_en_relation(qui, autre.uuid)
    with pytest.raises(Http404):
        acces.obtenir_candidat(qui, autre.candidat.uuid)


def test_un_candidat_sans_inscription_n_a_pas_d_espace(acteur):
    with pytest.raises(Http404):
        acces.candidat_de(acteur(Role.CANDIDAT))


@pytest.mark.parametrize("trait", ["ecartee", "declinee", "caduque"])
def test_les_coordonnees_disparaissent_avec_la_candidature(trait):
    """R112: phone and address while the pair lives or is validated, never afterwards."""
    vivante, finie = MiseEnRelationFactory(), MiseEnRelationFactory(**{trait: True})
    assert acces.coordonnees_visibles(acteur_de_structure(vivante.poste.structure), vivante)
    assert not acces.coordonnees_visibles(acteur_de_structure(finie.poste.structure), finie)


def test_entretiens_et_invitations_suivent_leur_structure():
    entretien, invitation = EntretienFactory(), InvitationCandidatFactory()
    structure = acteur_de_structure(entretien.mise_en_relation.poste.structure)
    assert acces.obtenir_entretien(structure, entretien.uuid) == entretien
    with pytest.raises(Http404):
        acces.obtenir_invitation(structure, invitation.uuid)
    with pytest.raises(Http404):
        acces.obtenir_entretien(acteur_candidat(CandidatFactory()), entretien.uuid)
    with pytest.raises(Http404):
        acces.obtenir_entretien(structure, uuid4())
