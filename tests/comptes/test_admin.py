"""The administration: who enters, what is read-only, and verbs behind confirmation pages."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from post_office.models import Email

from portal.comptes.models import EtatInvitation, Invitation, Organisation, Rattachement, Utilisateur
from tests.comptes.factories import (
    InvitationFactory,
    OrganisationFactory,
    RattachementFactory,
    UtilisateurFactory,
)
from tests.comptes.outils import courriels_pour

pytestmark = pytest.mark.django_db

MODELES = ["utilisateur", "organisation", "rattachement", "invitation"]


def liste(modele):
    return reverse(f"admin:comptes_{modele}_changelist")


def fiche(objet):
    return reverse(f"admin:comptes_{objet._meta.model_name}_change", args=[objet.pk])


def verbe(objet, nom):
    return reverse(f"admin:comptes_{objet._meta.model_name}_verbe", args=[objet.pk, nom])


def test_l_administration_passe_par_la_page_de_connexion(client):
    reponse = client.get(reverse("admin:index"), follow=True)
    assert reponse.redirect_chain[-1][0].startswith(reverse("account_login"))
    suite = client.get(reverse("admin:login"), {"next": "https://mechant.example/"})
    assert "mechant" not in suite.url


@pytest.mark.parametrize("role", ["prefecture", "sgar", "anct", "support"])
def test_les_agents_entrent(client_de, role):
    html = client_de(role).get(reverse("admin:index")).content.decode()
    assert "Conseiller numérique — administration" in html
    assert 'lang="fr"' in html


@pytest.mark.parametrize("role", ["structure", "candidat", "bdt", "organisme", "hub", "conseiller"])
def test_les_autres_roles_n_entrent_pas(client_de, role):
    assert client_de(role).get(reverse("admin:index"), follow=True).status_code == 403


def test_un_agent_qui_agit_comme_candidat_n_entre_pas_mais_peut_basculer(client_de):
    agent = RattachementFactory(anct=True)
    candidat = RattachementFactory(candidat=True, utilisateur=agent.utilisateur)
    reponse = client_de(rattachement=candidat).get(reverse("admin:index"), follow=True)
    assert reponse.status_code == 403
    assert str(agent.uuid) in reponse.content.decode()


@pytest.mark.parametrize("modele", MODELES)
@pytest.mark.parametrize("role", ["anct", "support"])
def test_l_anct_et_le_support_lisent_les_comptes(client_de, role, modele):
    InvitationFactory()
    assert client_de(role).get(liste(modele)).status_code == 200


@pytest.mark.parametrize("modele", MODELES)
@pytest.mark.parametrize("role", ["prefecture", "sgar"])
def test_les_prefectures_ne_lisent_pas_les_comptes(client_de, role, modele):
    client = client_de(role)
    assert client.get(liste(modele)).status_code == 403
    assert liste(modele) not in client.get(reverse("admin:index")).content.decode()
    assert client.get(fiche(UtilisateurFactory())).status_code == 403


@pytest.mark.parametrize("modele", MODELES)
def test_rien_ne_s_ajoute_ni_ne_se_supprime(client_de, modele):
    client = client_de("anct")
    objet = {
        "utilisateur": UtilisateurFactory,
        "organisation": OrganisationFactory,
        "rattachement": RattachementFactory,
        "invitation": InvitationFactory,
    }[modele]()
    assert client.get(reverse(f"admin:comptes_{modele}_add")).status_code == 403
    assert client.post(reverse(f"admin:comptes_{modele}_delete", args=[objet.pk])).status_code == 403
    assert client.post(fiche(objet), {"nom": "Piraté"}).status_code == 403
    assert client.get(fiche(objet)).status_code == 200
    assert client.get(reverse(f"admin:comptes_{modele}_change", args=[0])).status_code == 404


def test_r112_les_pages_des_bibliotheques_n_entrent_pas():
    for modele in (EmailAddress, Authenticator, Group):
        assert not admin.site.is_registered(modele)


def test_r112_la_fiche_d_une_personne_ne_montre_pas_son_mot_de_passe(client_de):
    html = client_de("anct").get(fiche(UtilisateurFactory())).content.decode()
    assert "md5$" not in html


def test_desactiver_un_compte_avec_confirmation_et_motif(client_de):
    client, personne = client_de("anct"), UtilisateurFactory()
    assert verbe(personne, "desactiver") in client.get(fiche(personne)).content.decode()
    assert "ne pourra plus se connecter" in client.get(verbe(personne, "desactiver")).content.decode()
    html = client.post(verbe(personne, "desactiver"), {"motif": ""}).content.decode()
    assert 'href="#id_motif"' in html
    assert client.post(verbe(personne, "desactiver"), {"motif": "Départ"}).url == fiche(personne)
    personne.refresh_from_db()
    assert not personne.is_active
    page = client.get(fiche(personne)).content.decode()
    assert verbe(personne, "desactiver") not in page
    assert verbe(personne, "reactiver") in page


def test_un_verbe_refuse_dit_pourquoi(client_de):
    client, personne = client_de("anct"), UtilisateurFactory(is_active=False)
    assert "déjà désactivé" in client.post(verbe(personne, "desactiver"), {"motif": "Bis"}).content.decode()


def test_un_verbe_inconnu_ou_hors_perimetre_est_introuvable(client_de):
    client = client_de("anct")
    assert client.get(verbe(UtilisateurFactory(), "couronner")).status_code == 404
    assert client.get(verbe(Utilisateur(pk=0), "desactiver")).status_code == 404


def test_un_verbe_demande_le_role(client_de):
    client, personne = client_de("prefecture"), UtilisateurFactory()
    assert client.post(verbe(personne, "desactiver"), {"motif": "Non"}).status_code == 403
    personne.refresh_from_db()
    assert personne.is_active


def test_r27_inviter_la_premiere_personne_d_une_organisation(client_de):
    client, organisation = client_de("anct"), OrganisationFactory(prefecture=True)
    donnees = {"prenom": "Lou", "nom": "Petit", "courriel": "lou@exemple.fr", "administrateur": "on"}
    assert 'name="signataire"' not in client.get(verbe(organisation, "inviter")).content.decode()
    client.post(verbe(organisation, "inviter"), donnees)
    assert courriels_pour("lou@exemple.fr")
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.administrateur) == ("prefecture", True)
    page = client.post(verbe(invitation, "renouveler"), follow=True).content.decode()
    assert "Attendez quelques minutes" in page and len(courriels_pour("lou@exemple.fr")) == 1
    Invitation.objects.update(modifie_le=timezone.now() - timedelta(hours=1))
    client.post(verbe(invitation, "renouveler"))
    assert len(courriels_pour("lou@exemple.fr")) == 2
    client.post(verbe(invitation, "annuler"), {"motif": "Erreur"})
    invitation.refresh_from_db()
    assert invitation.etat == EtatInvitation.ANNULEE


def test_modifier_une_organisation_garde_la_regle_du_territoire(client_de):
    client, prefecture = client_de("anct"), OrganisationFactory(prefecture=True)
    adresse = verbe(prefecture, "modifier")
    html = client.post(adresse, {"nom": "Préfecture", "departements": []}).content.decode()
    assert "Indiquez le ou les départements" in html
    client.post(adresse, {"nom": "Préfecture du 03", "departements": ["03"]})
    assert Organisation.objects.get(pk=prefecture.pk).nom == "Préfecture du 03"


def test_retirer_un_role_et_definir_des_droits(client_de):
    client = client_de("anct")
    chef = RattachementFactory(administrateur=True)
    membre = RattachementFactory(organisation=chef.organisation)
    refus = client.post(verbe(chef, "retirer"), {"motif": "Départ"}).content.decode()
    assert "dernier administrateur" in refus
    client.post(verbe(membre, "droits"), {"administrateur": "on", "motif": "Relève"})
    client.post(verbe(chef, "retirer"), {"motif": "Départ"})
    assert Rattachement.objects.get(pk=membre.pk).administrateur
    assert Rattachement.objects.get(pk=chef.pk).fin_le is not None


def test_r110_l_historique_dit_qui_quand_et_pourquoi(client_de):
    client, personne = client_de("anct"), UtilisateurFactory()
    client.post(verbe(personne, "desactiver"), {"motif": "A changé de poste"})
    html = client.get(reverse("admin:comptes_utilisateur_history", args=[personne.pk])).content.decode()
    assert "A changé de poste" in html
    assert str(client.utilisateur) in html
    assert "ANCT" in html
    assert "Actif" in html


@pytest.mark.parametrize("modele", MODELES)
def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_lignes(client_de, django_assert_max_num_queries, modele):
    client = client_de("anct")
    RattachementFactory.create_batch(15)
    InvitationFactory.create_batch(15)
    with django_assert_max_num_queries(12):
        assert client.get(liste(modele)).status_code == 200


# --- words ----------------------------------------------------------------------------------------------------------


def test_chaque_creation_a_sa_phrase_avec_son_article(client_de):
    """« Créer un comité », not « Ajouter comité »: on the button, from the page itself."""
    client = client_de("anct")
    phrases = {}
    for modele, page in admin.site._registry.items():
        nom = f"admin:{modele._meta.app_label}_{modele._meta.model_name}"
        if client.get(reverse(f"{nom}_add")).status_code != 200:
            continue
        html = client.get(reverse(f"{nom}_changelist")).content.decode()
        assert page.titre_creation in html
        assert f"Ajouter {modele._meta.verbose_name}<" not in " ".join(html.split()).replace(" <", "<")
        phrases[modele._meta.model_name] = page.titre_creation
    assert {"comite", "campagne", "organisme"} <= set(phrases)
    assert phrases["comite"] == "Créer un comité"
    for phrase in phrases.values():
        assert phrase.split()[1] in ("un", "une")


def test_les_listes_et_les_rubriques_ont_des_noms_francais(client_de):
    """No name of a library, no word of the workshop, on the home page and in the title of every list."""
    client = client_de("anct")
    accueil = client.get(reverse("admin:index")).content.decode()
    for mot in ("Post Office", "Emails", "Socle", "Actions récentes"):
        assert mot not in accueil
    for mot in ("Courriels", "Fonctionnement du portail"):
        assert mot in accueil
    Email.objects.create(from_email="a@exemple.fr", to=["b@exemple.fr"])
    courriels = client.get(reverse("admin:post_office_email_changelist")).content.decode()
    entetes = courriels.split('id="result_list"')[1].split("</thead>")[0]
    assert "Écrit le" in entetes
    assert "Created" not in entetes
    for modele in admin.site._registry:
        if not modele._meta.model_name.startswith("ligne"):
            nom = f"admin:{modele._meta.app_label}_{modele._meta.model_name}_changelist"
            titre = client.get(reverse(nom)).content.decode().split("<title>")[1].split("</title>")[0]
            assert capfirst(str(modele._meta.verbose_name_plural)) in titre
            assert "Sélectionnez" not in titre
