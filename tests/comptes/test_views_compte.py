"""Sign-up, confirmation, sign-in, reset and the pages of the account: allauth bent to the house."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from post_office.models import Email

from portal.comptes.models import Utilisateur
from tests.comptes.factories import MOT_DE_PASSE, RattachementFactory, UtilisateurFactory
from tests.comptes.outils import courriels_pour

pytestmark = pytest.mark.django_db

INSCRIPTION = {
    "prenom": "Anne",
    "nom": "Roux",
    "email": "Anne@Exemple.fr",
    "password1": MOT_DE_PASSE,
    "password2": MOT_DE_PASSE,
}


def lien(courriel):
    return re.search(r"http://testserver(/\S+)", courriel.message).group(1)


def se_connecter(client, utilisateur, mot_de_passe=MOT_DE_PASSE, **suite):
    return client.post(reverse("account_login"), {"login": utilisateur.email, "password": mot_de_passe, **suite})


# --- sign-up and confirmation


def test_s_inscrire_confirmer_puis_se_connecter(client):
    reponse = client.post(reverse("account_signup"), INSCRIPTION)
    assert reponse.url == reverse("account_email_verification_sent")
    utilisateur = Utilisateur.objects.get()
    assert (utilisateur.email, utilisateur.nom_complet) == ("anne@exemple.fr", "Anne Roux")
    assert not utilisateur.rattachements.exists()
    (courriel,) = courriels_pour("anne@exemple.fr")
    adresse = lien(courriel)
    page = client.get(adresse).content.decode()
    assert "Confirmer mon adresse" in page
    assert not EmailAddress.objects.get().verified, "a mail scanner must not confirm"
    client.post(adresse)
    assert EmailAddress.objects.get().verified
    assert se_connecter(client, utilisateur).url == reverse("espace")


def test_sans_confirmation_on_n_entre_pas(client):
    client.post(reverse("account_signup"), INSCRIPTION)
    client.cookies.clear()
    assert se_connecter(client, Utilisateur.objects.get()).url == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in client.session


def test_r43_une_adresse_deja_prise_ne_se_voit_pas_a_l_ecran(client):
    UtilisateurFactory(email="anne@exemple.fr")
    reponse = client.post(reverse("account_signup"), INSCRIPTION)
    assert reponse.url == reverse("account_email_verification_sent")
    assert Utilisateur.objects.count() == 1
    (courriel,) = courriels_pour("anne@exemple.fr")
    assert "déjà un compte" in courriel.subject


def test_une_inscription_refusee_garde_ce_qui_a_ete_saisi(client):
    page = client.post(reverse("account_signup"), {**INSCRIPTION, "password1": "court", "password2": "court"})
    html = page.content.decode()
    assert page.status_code == 200
    assert 'id="resume-erreurs"' in html
    assert 'href="#id_password1"' in html
    assert 'value="Anne"' in html
    assert not Utilisateur.objects.exists()


def test_le_titre_annonce_les_erreurs(client):
    html = client.post(reverse("account_signup"), {}).content.decode()
    assert re.search(r"<title>\s*Erreur \(5\)", html)


def test_lire_un_lien_de_confirmation_ne_deconnecte_personne(client, client_de):
    client.post(reverse("account_signup"), INSCRIPTION)
    adresse = lien(courriels_pour("anne@exemple.fr")[0])
    autre = client_de("structure")
    assert "Confirmer mon adresse" in autre.get(adresse).content.decode()
    assert autre.get(reverse("comptes:compte")).status_code == 200
    autre.post(adresse)
    assert EmailAddress.objects.get(email="anne@exemple.fr").verified
    assert autre.get(reverse("comptes:compte")).status_code == 302


def test_un_lien_de_confirmation_invente_explique_quoi_faire(client):
    page = client.get(reverse("account_confirm_email", args=["faux"]))
    assert "Ce lien ne fonctionne pas" in page.content.decode()


def test_nos_mots_et_nos_aides_remplacent_ceux_de_la_bibliotheque(client):
    html = client.get(reverse("account_login")).content.decode()
    assert "Adresse électronique" in html
    assert "Rester connecté sur cet appareil" in html
    assert html.count("Mot de passe oublié") == 1
    assert "Au moins 12 caractères" in client.get(reverse("account_signup")).content.decode()


# --- sign-in


def test_se_connecter_sans_tenir_compte_de_la_casse(client):
    utilisateur = UtilisateurFactory(email="anne@exemple.fr")
    utilisateur.email = "ANNE@exemple.fr"
    assert se_connecter(client, utilisateur).status_code == 302


def test_le_meme_message_pour_une_adresse_inconnue_et_un_mauvais_mot_de_passe(client):
    connue = UtilisateurFactory()
    inconnue = UtilisateurFactory.build(email="personne@exemple.fr")
    messages = set()
    for qui in (connue, inconnue):
        html = se_connecter(client, qui, "mauvais").content.decode()
        messages.add(re.search(r"L’adresse électronique ou le mot de passe[^<]*", html).group())
    assert len(messages) == 1


def test_un_compte_desactive_n_entre_pas(client):
    utilisateur = UtilisateurFactory(is_active=False)
    reponse = se_connecter(client, utilisateur)
    assert "_auth_user_id" not in client.session
    assert reponse.status_code in (200, 302)


def test_la_suite_de_la_connexion_reste_chez_nous(client):
    utilisateur = UtilisateurFactory()
    for ailleurs in ("https://mechant.example/", "//mechant.example/", "http://localhost/"):
        assert se_connecter(client, utilisateur, next=ailleurs).url == reverse("espace")
        client.post(reverse("account_logout"))
    assert se_connecter(client, utilisateur, next="/espace/compte/").url == "/espace/compte/"


def test_trop_de_tentatives_arretent_la_connexion(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/m/key"}
    utilisateur = UtilisateurFactory()
    for _ in range(3):
        se_connecter(client, utilisateur, "mauvais")
    assert "Trop de" in se_connecter(client, utilisateur).content.decode()
    assert "_auth_user_id" not in client.session


def test_les_limites_sont_actives_hors_des_essais():
    from portal.settings import base

    assert not hasattr(base, "ACCOUNT_RATE_LIMITS"), "allauth's own limits hold"


def test_se_deconnecter_demande_un_envoi(client_de):
    client = client_de("structure")
    assert "Se déconnecter ?" in client.get(reverse("account_logout")).content.decode()
    assert client.get(reverse("comptes:compte")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("comptes:compte")).status_code == 302


# --- password


def test_reinitialiser_son_mot_de_passe(client):
    utilisateur = UtilisateurFactory()
    assert client.post(reverse("account_reset_password"), {"email": utilisateur.email.upper()}).status_code == 302
    adresse = lien(courriels_pour(utilisateur.email)[0])
    adresse = client.get(adresse).url
    html = client.get(adresse).content.decode()
    assert "nouveau mot de passe" in html.lower()
    nouveau = "Ecluse-Merle-2044"
    client.post(adresse, {"password1": nouveau, "password2": nouveau})
    utilisateur.refresh_from_db()
    assert utilisateur.check_password(nouveau)
    assert "changé" in courriels_pour(utilisateur.email)[-1].subject
    assert "ne fonctionne plus" in client.get(lien(courriels_pour(utilisateur.email)[0]), follow=True).content.decode()


def test_une_adresse_inconnue_ne_se_voit_pas_a_la_reinitialisation(client):
    connue = client.post(reverse("account_reset_password"), {"email": UtilisateurFactory().email})
    inconnue = client.post(reverse("account_reset_password"), {"email": "personne@exemple.fr"})
    assert (connue.status_code, connue.url) == (inconnue.status_code, inconnue.url)
    assert "Aucun compte" in courriels_pour("personne@exemple.fr")[0].subject


def test_changer_de_mot_de_passe(client):
    utilisateur = UtilisateurFactory()
    se_connecter(client, utilisateur)
    donnees = {"oldpassword": "faux", "password1": "Ecluse-Merle-2044", "password2": "Ecluse-Merle-2044"}
    assert "mot de passe actuel" in client.post(reverse("account_change_password"), donnees).content.decode()
    reponse = client.post(reverse("account_change_password"), {**donnees, "oldpassword": MOT_DE_PASSE})
    assert reponse.url == reverse("comptes:compte")
    utilisateur.refresh_from_db()
    assert utilisateur.check_password("Ecluse-Merle-2044")


# --- addresses


def test_ajouter_une_adresse_puis_en_faire_la_principale(client):
    utilisateur = UtilisateurFactory()
    se_connecter(client, utilisateur)
    client.post(reverse("account_email"), {"action_add": "", "email": "Seconde@exemple.fr"})
    client.post(lien(courriels_pour("seconde@exemple.fr")[0]))
    se_connecter(client, utilisateur)
    client.post(reverse("account_email"), {"action_primary": "", "email": "seconde@exemple.fr"})
    utilisateur.refresh_from_db()
    assert utilisateur.email == "seconde@exemple.fr"


def test_l_adresse_principale_ne_se_retire_pas(client):
    utilisateur = UtilisateurFactory()
    se_connecter(client, utilisateur)
    page = client.post(reverse("account_email"), {"action_remove": "", "email": utilisateur.email}, follow=True)
    assert "adresse principale" in page.content.decode()
    assert EmailAddress.objects.filter(user=utilisateur).exists()


def test_retirer_une_adresse_previent_la_personne(client):
    utilisateur = UtilisateurFactory()
    EmailAddress.objects.create(user=utilisateur, email="seconde@exemple.fr", verified=True)
    se_connecter(client, utilisateur)
    client.post(reverse("account_email"), {"action_remove": "", "email": "seconde@exemple.fr"})
    assert not EmailAddress.objects.filter(email="seconde@exemple.fr").exists()
    assert "seconde@exemple.fr" in courriels_pour(utilisateur.email)[-1].message


# --- the pages


@pytest.mark.parametrize(
    "nom",
    [
        "account_login",
        "account_signup",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "account_email_verification_sent",
        "account_inactive",
    ],
)
def test_chaque_page_publique_du_compte_est_en_francais_et_bien_formee(client, nom):
    html = client.get(reverse(nom)).content.decode()
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert "Conseiller numérique" in re.search(r"<title>(.*?)</title>", html, re.S).group(1)
    assert not re.search(r"\b(Sign|Password|Email address|account)\b(?![^<]*>)", re.sub(r"<[^>]+>", " ", html))
    for champ in re.findall(r"<input[^>]*type=\"(?:password|email|text)\"[^>]*>", html):
        assert "autocomplete=" in champ
        assert "placeholder=" not in champ


@pytest.mark.parametrize(
    "nom",
    [
        "account_email",
        "account_change_password",
        "account_reauthenticate",
        "mfa_index",
        "comptes:compte",
        "comptes:role",
    ],
)
def test_chaque_page_privee_du_compte_demande_d_etre_connecte(client, nom):
    assert client.get(reverse(nom)).status_code == 302
    utilisateur = RattachementFactory().utilisateur
    se_connecter(client, utilisateur)
    html = client.get(reverse(nom)).content.decode()
    assert len(re.findall(r"<h1[ >]", html)) == 1


def test_mon_compte_enregistre_mon_nom(client_de):
    client = client_de("structure")
    client.post(reverse("comptes:compte"), {"prenom": "Anne", "nom": "Roux"})
    client.utilisateur.refresh_from_db()
    assert client.utilisateur.nom_complet == "Anne Roux"
    html = client.post(reverse("comptes:compte"), {"prenom": "", "nom": "Roux"}).content.decode()
    assert "Remplissez ce champ : prénom." in html


def test_r113_les_courriels_du_compte_passent_par_la_boite_d_envoi(client):
    client.post(reverse("account_signup"), INSCRIPTION)
    courriel = Email.objects.get()
    assert courriel.headers["X-Portail-Modele"] == "comptes/email_confirmation_signup"
    assert courriel.html_message
    assert "&#" not in courriel.message
