"""The page behind the link of an invitation (R27): reading never uses it; each dead end says what to do."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.commun.models import Jeton
from portal.comptes import actions
from portal.comptes.models import EtatInvitation, Invitation, Rattachement, Utilisateur
from tests.comptes.factories import MOT_DE_PASSE, OrganisationFactory, RattachementFactory, UtilisateurFactory
from tests.comptes.outils import courriels_pour, secret_envoye

pytestmark = pytest.mark.django_db

ADRESSE = "lou@exemple.fr"
NOUVEAU = {"prenom": "Lou", "nom": "Petit", "mot_de_passe": MOT_DE_PASSE, "confirmation": MOT_DE_PASSE}


@pytest.fixture
def invitation(acteur):
    return actions.inviter(
        acteur=acteur("anct"), organisation=OrganisationFactory(), role="structure", courriel=ADRESSE, prenom="Lou"
    )


@pytest.fixture
def page(invitation):
    return reverse("comptes:invitation", args=[secret_envoye(ADRESSE)])


def perimer(invitation):
    Jeton.objects.update(expire_le=timezone.now() - timedelta(days=1))
    Invitation.objects.update(modifie_le=timezone.now() - timedelta(days=30))


def test_lire_la_page_ne_consomme_pas_le_lien(client, page):
    for _ in range(3):
        html = client.get(page).content.decode()
        assert 'value="Lou"' in html
    assert client.head(page).status_code == 200
    assert Invitation.objects.get().etat == EtatInvitation.ENVOYEE


def test_une_personne_nouvelle_entre_directement_dans_son_espace(client, page, invitation):
    reponse = client.post(page, NOUVEAU)
    assert reponse.url == reverse("espace")
    suite = client.get(reverse("comptes:equipe"))
    assert suite.status_code == 200
    assert suite.wsgi_request.acteur.organisation_id == invitation.organisation_id


def test_un_agent_nouveau_passe_par_le_second_facteur(client, acteur):
    actions.inviter(
        acteur=acteur("anct"), organisation=OrganisationFactory(prefecture=True), role="prefecture", courriel=ADRESSE
    )
    client.post(reverse("comptes:invitation", args=[secret_envoye(ADRESSE)]), NOUVEAU)
    assert client.get(reverse("admin:index")).url == reverse("mfa_activate_totp")
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_les_erreurs_gardent_la_saisie_sauf_le_mot_de_passe(client, page):
    html = client.post(page, {**NOUVEAU, "nom": "", "confirmation": "autre"}).content.decode()
    assert "Remplissez ce champ : nom." in html
    assert "ne sont pas identiques" in html
    assert 'value="Lou"' in html
    assert MOT_DE_PASSE not in html
    assert not Utilisateur.objects.filter(email=ADRESSE).exists()


def test_un_mot_de_passe_faible_est_explique(client, page):
    html = client.post(page, {**NOUVEAU, "mot_de_passe": "azerty", "confirmation": "azerty"}).content.decode()
    assert 'href="#id_mot_de_passe"' in html
    assert client.post(page, NOUVEAU).status_code == 302


def test_une_personne_connue_est_menee_a_la_connexion_puis_revient(client, page):
    UtilisateurFactory(email=ADRESSE)
    html = client.get(page).content.decode()
    assert "Vous avez déjà un compte" in html
    assert f"?next={page}" in html
    connexion = client.post(reverse("account_login"), {"login": ADRESSE, "password": MOT_DE_PASSE, "next": page})
    assert connexion.url == page
    assert "Accepter l’invitation" in client.get(page).content.decode()
    assert client.post(page).url == reverse("espace")
    assert Rattachement.objects.filter(utilisateur__email=ADRESSE).count() == 1


def test_une_personne_connue_et_deconnectee_ne_cree_pas_de_compte(client, page):
    UtilisateurFactory(email=ADRESSE)
    client.post(page, NOUVEAU)
    assert Utilisateur.objects.filter(email__iexact=ADRESSE).count() == 1
    assert Invitation.objects.get().etat == EtatInvitation.ENVOYEE


def test_le_lien_d_un_autre_est_refuse_avec_la_marche_a_suivre(client_de, page):
    reponse = client_de("candidat").post(page)
    assert reponse.status_code == 403
    assert "Déconnectez-vous" in reponse.content.decode()
    assert Invitation.objects.get().etat == EtatInvitation.ENVOYEE


def test_r27_un_lien_perime_propose_d_en_recevoir_un_autre(client, page, invitation):
    perimer(invitation)
    reponse = client.get(page)
    assert reponse.status_code == 410
    renouveler = reverse("comptes:renouveler_invitation", args=[secret_envoye(ADRESSE)])
    assert renouveler in reponse.content.decode()
    assert client.get(renouveler).status_code == 405
    assert client.post(renouveler).status_code == 200
    assert len(courriels_pour(ADRESSE)) == 2
    nouvelle = reverse("comptes:invitation", args=[secret_envoye(ADRESSE)])
    assert client.post(nouvelle, NOUVEAU).status_code == 302


def test_demander_deux_liens_de_suite_est_refuse_avec_la_raison(client, page, invitation):
    perimer(invitation)
    renouveler = reverse("comptes:renouveler_invitation", args=[secret_envoye(ADRESSE)])
    client.post(renouveler)
    reponse = client.post(renouveler)
    assert reponse.status_code == 409
    assert "Attendez" in reponse.content.decode()
    assert len(courriels_pour(ADRESSE)) == 2


def test_un_lien_deja_utilise_mene_a_la_connexion(client, page):
    client.post(page, NOUVEAU)
    client.logout()
    reponse = client.get(page)
    assert reponse.status_code == 410
    assert "déjà servi" in reponse.content.decode()
    assert reverse("account_login") in reponse.content.decode()


def test_un_lien_invente_ne_dit_rien(client):
    reponse = client.get(reverse("comptes:invitation", args=["invente"]))
    assert reponse.status_code == 410
    assert "valable" in reponse.content.decode()
    assert client.post(reverse("comptes:renouveler_invitation", args=["invente"])).status_code == 409


def test_r112_la_page_n_est_ni_gardee_ni_envoyee_ailleurs(client, page):
    reponse = client.get(page)
    assert "no-store" in reponse["Cache-Control"]
    assert reponse["Referrer-Policy"] == "same-origin"


def test_accepter_choisit_le_nouveau_role(client_de, invitation):
    connue = RattachementFactory(candidat=True, utilisateur__email=ADRESSE)
    client = client_de(rattachement=connue)
    client.post(reverse("comptes:invitation", args=[secret_envoye(ADRESSE)]))
    assert client.get(reverse("comptes:equipe")).status_code == 200
