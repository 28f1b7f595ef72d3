"""The page « Collègues », the same for every kind of body."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.comptes import actions
from portal.comptes.models import EtatInvitation, Invitation, Rattachement
from tests.comptes.factories import InvitationFactory, OrganisationFactory, RattachementFactory
from tests.comptes.outils import courriels_pour

pytestmark = pytest.mark.django_db

INVITE = {"prenom": "Lou", "nom": "Petit", "courriel": "lou@exemple.fr"}


@pytest.fixture
def chef(client_de):
    """The client of an administrator of a structure."""
    return client_de(rattachement=RattachementFactory(administrateur=True))


@pytest.fixture
def membre(chef):
    return RattachementFactory(organisation=chef.rattachement.organisation, utilisateur__prenom="Zoe")


@pytest.fixture
def client_membre(client_de, membre):
    return client_de(rattachement=membre)


@pytest.fixture
def invitation(chef):
    return actions.inviter(acteur=chef.acteur, organisation=chef.rattachement.organisation, role="structure", **INVITE)


@pytest.mark.parametrize("role", ["structure", "prefecture", "sgar", "anct", "bdt", "organisme", "hub"])
def test_chaque_organisation_a_sa_page(client_de, role):
    client = client_de(role)
    html = client.get(reverse("comptes:equipe")).content.decode()
    assert client.utilisateur.email in html
    assert client.acteur.organisation_nom in html


@pytest.mark.parametrize("role", ["candidat", "support", "conseiller"])
def test_un_role_sans_organisation_n_a_pas_d_equipe(client_de, role):
    assert client_de(role).get(reverse("comptes:equipe")).status_code == 403


def test_la_page_montre_les_collegues_et_pas_les_autres(chef, membre):
    autre = RattachementFactory()
    html = chef.get(reverse("comptes:equipe")).content.decode()
    assert membre.utilisateur.email in html
    assert autre.utilisateur.email not in html
    assert "Aucune invitation en attente." in html


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_collegues(chef, membre, django_assert_max_num_queries):
    RattachementFactory.create_batch(20, organisation=chef.rattachement.organisation)
    InvitationFactory.create_batch(20, organisation=chef.rattachement.organisation)
    with django_assert_max_num_queries(8):
        chef.get(reverse("comptes:equipe"))


def test_inviter_un_collegue(chef):
    reponse = chef.post(reverse("comptes:inviter"), {**INVITE, "signataire": "on"})
    assert reponse.url == reverse("comptes:equipe")
    invitation = Invitation.objects.get()
    assert (invitation.courriel, invitation.signataire, invitation.administrateur) == ("lou@exemple.fr", True, False)
    assert courriels_pour("lou@exemple.fr")
    assert "lou@exemple.fr" in chef.get(reverse("comptes:equipe")).content.decode()


def test_un_refus_s_affiche_pres_du_champ_et_garde_la_saisie(chef, membre):
    page = chef.post(reverse("comptes:inviter"), {**INVITE, "courriel": membre.utilisateur.email})
    html = page.content.decode()
    assert page.status_code == 200
    assert "fait déjà partie" in html
    assert 'href="#id_courriel"' in html
    assert 'value="Lou"' in html


def test_une_prefecture_n_est_pas_interrogee_sur_la_signature(client_de):
    client = client_de(rattachement=RattachementFactory(prefecture=True, administrateur=True))
    html = client.get(reverse("comptes:inviter")).content.decode()
    assert 'name="administrateur"' in html
    assert 'name="signataire"' not in html


def test_modifier_les_droits_d_un_collegue(chef, membre):
    chef.post(reverse("comptes:droits", args=[membre.uuid]), {"administrateur": "on", "signataire": "on"})
    membre.refresh_from_db()
    assert (membre.administrateur, membre.signataire) == (True, True)
    chef.post(reverse("comptes:droits", args=[membre.uuid]), {})
    membre.refresh_from_db()
    assert (membre.administrateur, membre.signataire) == (False, False)


def test_retirer_un_collegue_apres_confirmation(chef, membre):
    adresse = reverse("comptes:retirer", args=[membre.uuid])
    assert "perdra tout de suite" in chef.get(adresse).content.decode()
    membre.refresh_from_db()
    assert membre.fin_le is None
    assert chef.post(adresse).url == reverse("comptes:equipe")
    membre.refresh_from_db()
    assert membre.fin_le is not None


def test_le_dernier_administrateur_ne_part_pas(chef):
    html = chef.post(reverse("comptes:retirer", args=[chef.rattachement.uuid])).content.decode()
    assert "dernier administrateur" in html
    chef.rattachement.refresh_from_db()
    assert chef.rattachement.fin_le is None


def test_un_membre_quitte_l_equipe(client_membre, membre):
    assert client_membre.post(reverse("comptes:retirer", args=[membre.uuid])).url == reverse("espace")
    assert "Que souhaitez-vous faire ?" in client_membre.get(reverse("espace")).content.decode()


def test_renvoyer_puis_annuler_une_invitation(chef, invitation):
    renvoyer = reverse("comptes:renvoyer", args=[invitation.uuid])
    page = chef.post(renvoyer, follow=True).content.decode()
    assert "Attendez quelques minutes avant de le renvoyer" in page and len(courriels_pour("lou@exemple.fr")) == 1
    Invitation.objects.update(modifie_le=timezone.now() - timedelta(hours=1))
    chef.post(renvoyer)
    assert len(courriels_pour("lou@exemple.fr")) == 2
    adresse = reverse("comptes:annuler", args=[invitation.uuid])
    assert chef.get(adresse).status_code == 200
    chef.post(adresse)
    invitation.refresh_from_db()
    assert invitation.etat == EtatInvitation.ANNULEE
    page = chef.post(renvoyer, follow=True).content.decode()
    assert "a été annulée" in page


def test_renvoyer_ne_se_fait_pas_en_lisant(chef, invitation):
    assert chef.get(reverse("comptes:renvoyer", args=[invitation.uuid])).status_code == 405
    assert len(courriels_pour("lou@exemple.fr")) == 1


def test_un_membre_sans_droit_lit_mais_ne_change_rien(client_membre, chef, invitation):
    """Inside the perimeter but not permitted: 403, with the reason."""
    html = client_membre.get(reverse("comptes:equipe")).content.decode()
    assert reverse("comptes:inviter") not in html
    assert reverse("comptes:droits", args=[chef.rattachement.uuid]) not in html
    for methode, nom, args in [
        ("get", "inviter", []),
        ("post", "inviter", []),
        ("post", "droits", [chef.rattachement.uuid]),
        ("post", "retirer", [chef.rattachement.uuid]),
        ("post", "renvoyer", [invitation.uuid]),
        ("post", "annuler", [invitation.uuid]),
    ]:
        reponse = getattr(client_membre, methode)(reverse(f"comptes:{nom}", args=args), INVITE)
        assert reponse.status_code == 403, nom
        assert "administrateurs" in reponse.content.decode()
    assert Invitation.objects.get().etat == EtatInvitation.ENVOYEE


@pytest.mark.parametrize("role", ["structure", "prefecture", "anct", "bdt"])
def test_l_equipe_d_une_autre_organisation_est_introuvable(client_de, role):
    """Outside the perimeter: 404, for administrators too, and for ANCT, whose tool for it is the administration."""
    trait = {} if role == "structure" else {role: True}
    client = client_de(rattachement=RattachementFactory(administrateur=True, **trait))
    autre = RattachementFactory(administrateur=True)
    invitation = InvitationFactory(organisation=autre.organisation)
    for nom, objet in [("droits", autre), ("retirer", autre), ("renvoyer", invitation), ("annuler", invitation)]:
        assert client.post(reverse(f"comptes:{nom}", args=[objet.uuid])).status_code == 404
    assert Rattachement.objects.get(pk=autre.pk).fin_le is None


def test_les_noms_saisis_sont_echappes(chef):
    InvitationFactory(organisation=chef.rattachement.organisation, prenom="<script>alert(1)</script>")
    html = chef.get(reverse("comptes:equipe")).content.decode()
    assert "<script>alert(1)" not in html
    assert re.search(r"&lt;script&gt;alert", html)


def test_une_organisation_au_nom_piege_ne_casse_pas_le_courriel(client_de):
    organisation = OrganisationFactory(nom="Mairie & {{ secret }} d'Ys")
    chef = client_de(rattachement=RattachementFactory(administrateur=True, organisation=organisation))
    chef.post(reverse("comptes:inviter"), INVITE)
    courriel = courriels_pour("lou@exemple.fr")[0]
    assert "Mairie & {{ secret }} d'Ys" in courriel.subject
    assert "Mairie & {{ secret }} d'Ys" in courriel.message
