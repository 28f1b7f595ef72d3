"""The activation of a structure whose application was granted (R27)."""

from __future__ import annotations

import pytest
from post_office.models import Email

from portal.commun.erreurs import TransitionInterdite
from portal.commun.roles import Role
from portal.comptes.models import Invitation
from structures.actions import activer
from structures.enums import EtatCandidature
from structures.models import Candidature, Structure
from tests.structures.factories import (
    CampagneFactory,
    CandidatureFactory,
    StructureFactory,
    candidature_de,
    membre,
)

pytestmark = pytest.mark.django_db


def test_activer_ouvre_l_espace_et_invite_le_contact(anct, recus):
    """R27: at once, whatever the matching finds."""
    candidature = CandidatureFactory(retenue=True)
    activer(acteur=anct, candidature=candidature)
    structure = Structure.objects.get(pk=candidature.structure_id)
    assert structure.activee_le is not None
    assert Candidature.objects.get(pk=candidature.pk).etat == EtatCandidature.ACTIVEE
    invitation = Invitation.objects.get()
    assert invitation.organisation_id == structure.organisation_id
    assert (invitation.courriel, invitation.role) == (candidature.contact_courriel, Role.STRUCTURE)
    assert invitation.administrateur
    assert invitation.signataire
    assert recus == [{"structure": structure}]
    assert [c.to for c in Email.objects.all()] == [[candidature.contact_courriel]] * 2


def test_activer_deux_fois_est_refuse(anct):
    """R27"""
    candidature = CandidatureFactory(retenue=True)
    activer(acteur=anct, candidature=candidature)
    with pytest.raises(TransitionInterdite):
        activer(acteur=anct, candidature=candidature)
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("trait", ["deposee", "a_corriger", "examen", "activee", "refusee", "abandonnee"])
def test_seule_une_candidature_retenue_s_active(anct, trait):
    """R27"""
    with pytest.raises(TransitionInterdite):
        activer(acteur=anct, candidature=CandidatureFactory(**{trait: True}))


def test_une_structure_qui_a_ses_administrateurs_n_en_recoit_pas_un_de_plus(anct, recus):
    """R27: an application proves an address, not a right over a space that exists."""
    structure = StructureFactory()
    administrateur = membre(structure)
    candidature = candidature_de(structure, retenue=True, contact_courriel="inconnu@ailleurs.example")
    activee_le = structure.activee_le
    activer(acteur=anct, candidature=candidature)
    structure.refresh_from_db()
    assert structure.activee_le == activee_le
    assert not Invitation.objects.exists()
    destinataires = {adresse for courriel in Email.objects.all() for adresse in courriel.to}
    assert destinataires == {administrateur.utilisateur.email, "inconnu@ailleurs.example"}
    assert recus == []


def test_une_invitation_en_attente_est_renvoyee(anct):
    """R27: the invitation can be renewed; it is never doubled."""
    premiere = CandidatureFactory(retenue=True)
    activer(acteur=anct, candidature=premiere)
    seconde = candidature_de(
        premiere.structure,
        retenue=True,
        campagne=CampagneFactory(coordinateurs=True),
        coordinateur=True,
        contact_courriel=premiere.contact_courriel.upper(),
    )
    activer(acteur=anct, candidature=seconde)
    assert Invitation.objects.count() == 1
