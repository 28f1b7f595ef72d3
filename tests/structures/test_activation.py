"""The activation of a structure whose application was granted (R27)."""

from __future__ import annotations

import pytest
from post_office.models import Email

from candidats.notifications import adresses_des_structures
from portal.commun.erreurs import TransitionInterdite
from portal.commun.roles import Role
from portal.comptes.models import Invitation
from structures.actions import activer, cloturer, proroger_poste, rendre_poste
from structures.enums import EtatCandidature
from structures.models import Candidature, Structure
from tests.comptes.outils import courriels_pour
from tests.structures.factories import (
    CampagneFactory,
    CandidatureFactory,
    PosteFactory,
    StructureFactory,
    acteur_de_structure,
    candidature_de,
    membre,
)
from tests.structures.outils_comites import decidee

pytestmark = pytest.mark.django_db

ESPACE = "/espace/structure/"


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
    (au_membre,) = courriels_pour(administrateur.utilisateur.email)
    assert ESPACE in au_membre.message
    (au_contact,) = courriels_pour("inconnu@ailleurs.example")
    assert ESPACE not in au_contact.message
    assert "/accueillir/suivi/" in au_contact.message
    assert "Vos collègues qui le gèrent" in au_contact.message
    assert Email.objects.count() == 2
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


# --- mails: one at the decision, one at the activation, no link that the reader cannot open (R27, R113) --------------


def test_un_courriel_a_la_decision_un_a_l_activation(anct, comite):
    """R27, R113: the invitation is the mail of the activation, with the posts and what comes next."""
    candidature = decidee(comite, anct, nb_postes=2).candidature
    cloturer(acteur=anct, comite=comite)
    (decision,) = courriels_pour(candidature.contact_courriel)
    assert "est retenue" in decision.subject
    assert "Vous n’avez rien à faire d’ici là" in decision.message
    assert ESPACE not in decision.message

    activer(acteur=anct, candidature=candidature)
    _, invitation = courriels_pour(candidature.contact_courriel)
    assert "créez votre compte" in invitation.subject
    assert "/invitation/" in invitation.message
    assert ESPACE not in invitation.message
    assert "Vos postes à pourvoir" in invitation.message
    for poste in candidature.postes.all():
        assert f"Poste n° {poste.numero}, avant le" in invitation.message
    assert "validez la personne de votre choix" in invitation.message


def test_le_lien_de_l_activation_ouvre_bien_l_espace(anct, client):
    """R27: what the mail promises, by the pages."""
    candidature = CandidatureFactory(retenue=True)
    activer(acteur=anct, candidature=candidature)
    (courriel,) = courriels_pour(candidature.contact_courriel)
    lien = next(mot for mot in courriel.message.split() if "/invitation/" in mot)
    page = client.get("/" + lien.split("/", 3)[3], follow=True)
    assert page.status_code == 200
    assert candidature.structure.nom in page.content.decode()


def test_l_invitation_renouvelee_redit_la_suite(anct):
    """R27: a second application activated before anybody joined sends the link again, with its own posts."""
    premiere = CandidatureFactory(retenue=True)
    activer(acteur=anct, candidature=premiere)
    seconde = candidature_de(
        premiere.structure,
        retenue=True,
        campagne=CampagneFactory(coordinateurs=True),
        coordinateur=True,
        contact_courriel=premiere.contact_courriel,
    )
    activer(acteur=anct, candidature=seconde)
    modeles = [c.headers["X-Portail-Modele"] for c in courriels_pour(premiere.contact_courriel)]
    assert modeles == ["structures/activation_invitation"] * 2


def test_un_contact_qui_a_son_compte_recoit_un_seul_courriel_avec_le_lien(anct):
    """R113: whatever the case of its address."""
    structure = StructureFactory()
    administrateur = membre(structure)
    candidature = candidature_de(structure, retenue=True, contact_courriel=administrateur.utilisateur.email.upper())
    activer(acteur=anct, candidature=candidature)
    (courriel,) = Email.objects.all()
    assert courriel.to == [administrateur.utilisateur.email]
    assert ESPACE in courriel.message


@pytest.mark.parametrize("avec_administrateur", [True, False])
def test_les_courriels_des_postes_ne_menent_pas_le_contact_sans_compte_a_l_espace(anct, avec_administrateur):
    """R30, R113: told all the same, with how to get in."""
    poste = PosteFactory()
    contact = poste.structure.contact_courriel
    if avec_administrateur:
        administrateur = membre(poste.structure).utilisateur.email
    proroger_poste(
        acteur=anct,
        poste=poste,
        echeance=poste.echeance_recrutement.replace(year=poste.echeance_recrutement.year + 1),
        motif="Le recrutement est long dans ce territoire.",
    )
    (courriel,) = courriels_pour(contact)
    assert ESPACE not in courriel.message
    assert ("peuvent vous y inviter" if avec_administrateur else "créez d’abord votre compte") in courriel.message
    if avec_administrateur:
        (courriel,) = courriels_pour(administrateur)
        assert ESPACE in courriel.message


def test_un_contact_devenu_membre_recoit_le_lien(anct):
    """R29, R113"""
    poste = PosteFactory()
    contact = membre(poste.structure, administrateur=False).utilisateur.email
    poste.structure.contact_courriel = contact
    poste.structure.save()
    rendre_poste(acteur=acteur_de_structure(poste.structure), poste=poste, motif="Nous n’avons plus le budget.")
    (courriel,) = courriels_pour(contact)
    assert ESPACE in courriel.message


def test_les_propositions_attendent_que_quelqu_un_ait_rejoint_l_espace(anct):
    """R27, R113: no third mail, with links to pages that do not open yet; they are in the space when it is joined."""
    candidature = CandidatureFactory(retenue=True)
    activer(acteur=anct, candidature=candidature)
    structure = candidature.structure
    assert adresses_des_structures([structure]) == {structure.pk: []}
    arrivee = membre(structure).utilisateur.email
    assert adresses_des_structures([structure]) == {structure.pk: [arrivee]}
