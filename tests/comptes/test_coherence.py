"""Each invariant of accounts sees its violation, and nothing else."""

import pytest

from portal.commun.acteurs import Acteur
from portal.comptes import actions, coherence
from portal.comptes.models import Rattachement, Utilisateur
from tests.comptes.factories import OrganisationFactory, RattachementFactory, UtilisateurFactory

pytestmark = pytest.mark.django_db

CONTROLES = [
    coherence.organisations_sans_administrateur,
    coherence.acces_admin_sans_role,
    coherence.roles_dans_la_mauvaise_organisation,
]


@pytest.fixture(autouse=True)
def personnes():
    """One person per kind, attached by the verb: nothing to find."""
    for role in ("structure", "prefecture", "sgar", "anct", "bdt", "organisme", "hub"):
        organisation = OrganisationFactory(**({} if role == "structure" else {role: True}))
        for _ in range(2):
            rattacher(role, organisation)
    rattacher("candidat")
    rattacher("support")


def rattacher(role, organisation=None):
    return actions.rattacher(
        acteur=Acteur.systeme(), utilisateur=UtilisateurFactory(), role=role, organisation=organisation
    )


@pytest.mark.parametrize("controle", CONTROLES)
def test_rien_a_signaler_apres_les_verbes(controle):
    assert not controle().exists()


def test_le_premier_membre_devient_administrateur_et_pas_les_suivants():
    organisation = OrganisationFactory()
    assert [rattacher("structure", organisation).administrateur for _ in range(3)] == [True, False, False]


def test_une_organisation_sans_administrateur_est_vue():
    membre = RattachementFactory()
    assert list(coherence.organisations_sans_administrateur()) == [membre.organisation]


def test_un_acces_a_l_administration_de_trop_ou_de_moins_est_vu():
    trop = UtilisateurFactory(is_staff=True)
    moins = Rattachement.objects.get(role="sgar", administrateur=True).utilisateur
    Utilisateur.objects.filter(pk=moins.pk).update(is_staff=False)
    Utilisateur.objects.create_superuser("technique@exemple.fr", "x")
    assert set(coherence.acces_admin_sans_role()) == {trop, moins}


def test_un_role_dans_la_mauvaise_organisation_est_vu():
    faux = RattachementFactory(role="bdt", acces_du_role=False)
    assert list(coherence.roles_dans_la_mauvaise_organisation()) == [faux]
