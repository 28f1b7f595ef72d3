"""Pure rules of memberships (DOMAIN §2, R27, R43)."""

import pytest

from portal.commun.roles import Role
from portal.comptes import regles
from portal.comptes.models import TypeOrganisation


@pytest.mark.parametrize("type_organisation", TypeOrganisation.values)
@pytest.mark.parametrize("role", Role.values)
def test_un_role_se_tient_dans_une_organisation_de_son_type(role, type_organisation):
    assert regles.role_possible(role, type_organisation) is (role == type_organisation)


@pytest.mark.parametrize("role", Role.values)
def test_sans_organisation_seulement_les_roles_personnels_et_le_support(role):
    assert regles.role_possible(role, None) is (role in {"candidat", "conseiller", "coordinateur", "support"})


def test_r43_les_adresses_se_comparent_sans_casse():
    assert regles.meme_adresse(" Anne@Exemple.fr", "anne@exemple.FR ")
    assert not regles.meme_adresse("anne@exemple.fr", "anna@exemple.fr")


def test_r27_une_invitation_vaut_vingt_huit_jours():
    assert regles.DUREE_INVITATION.days == 28
