"""Accounts in a real browser: sign-up to space, second factor, team, administration; axe on each page crossed."""

import re

import pytest
from django.urls import reverse

from portal.comptes import actions
from portal.comptes.acces import acteur_de
from tests.comptes.factories import MOT_DE_PASSE, RattachementFactory, UtilisateurFactory
from tests.comptes.outils import courriels_pour, secret_envoye
from tests.comptes.test_second_facteur import code

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def lien(adresse):
    return re.search(r"http://[^/\s]+(/\S+)", courriels_pour(adresse)[-1].message).group(1)


def remplir(page, **champs):
    """Fill fields by name: their labels also carry the hint."""
    for nom, valeur in champs.items():
        page.locator(f"[name={nom}]").fill(valeur)


def se_connecter(page, utilisateur):
    page.goto(reverse("account_login"))
    remplir(page, login=utilisateur.email, password=MOT_DE_PASSE)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()


@pytest.mark.parametrize("js", [True, False])
def test_de_l_inscription_a_l_espace(nouvelle_page, verifier_accessibilite, js):
    page = nouvelle_page(js=js, largeur=360)
    verifier = verifier_accessibilite if js else lambda page: None
    page.goto(reverse("account_signup"))
    verifier(page)
    page.get_by_role("button", name="Créer mon compte").click()
    page.get_by_role("heading", name="5 réponses sont à corriger").wait_for()
    verifier(page)
    remplir(page, prenom="Anne", nom="Roux", email="anne@exemple.fr", password1=MOT_DE_PASSE, password2=MOT_DE_PASSE)
    page.get_by_role("button", name="Créer mon compte").click()
    page.get_by_role("heading", name="Confirmez votre adresse électronique").wait_for()
    verifier(page)
    page.goto(lien("anne@exemple.fr"))
    verifier(page)
    page.get_by_role("button", name="Confirmer mon adresse").click()
    verifier(page)
    remplir(page, login="anne@exemple.fr", password=MOT_DE_PASSE)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()
    page.get_by_role("heading", name="Que souhaitez-vous faire ?").wait_for()
    verifier(page)


def test_un_agent_active_son_second_facteur_et_arrive_dans_l_administration(page, verifier_accessibilite):
    agent = RattachementFactory(prefecture=True, acces_du_role=False)
    se_connecter(page, agent.utilisateur)
    page.get_by_role("heading", name="Activer le second facteur").wait_for()
    verifier_accessibilite(page)
    assert page.evaluate("document.querySelector('.portail-qr').naturalWidth") > 0
    page.get_by_label("Code de sécurité").fill(code(page.locator("main code").inner_text()))
    page.get_by_role("button", name="Activer").click()
    page.get_by_role("heading", name="Codes de secours").wait_for()
    verifier_accessibilite(page)
    page.get_by_role("link", name="Continuer vers mon espace").click()
    page.get_by_role("heading", name="Administration", exact=True).wait_for()


def test_les_pages_du_compte_sont_accessibles(page, verifier_accessibilite):
    se_connecter(page, RattachementFactory(hub=True, administrateur=True).utilisateur)
    page.wait_for_load_state()
    for nom in (
        "comptes:compte",
        "comptes:role",
        "account_email",
        "account_change_password",
        "mfa_index",
        "account_logout",
        "comptes:equipe",
        "comptes:inviter",
    ):
        page.goto(reverse(nom))
        verifier_accessibilite(page)


def test_les_pages_publiques_du_compte_sont_accessibles(page, verifier_accessibilite):
    for nom in ("account_login", "account_reset_password", "account_reset_password_done", "account_inactive"):
        page.goto(reverse(nom))
        verifier_accessibilite(page)
    page.erreurs_attendues += ["410"]
    page.goto(reverse("comptes:invitation", args=["invente"]))
    verifier_accessibilite(page)


def test_inviter_un_collegue_qui_accepte(nouvelle_page, client_de, connecter, verifier_accessibilite):
    chef = RattachementFactory(hub=True, administrateur=True)
    page = nouvelle_page(largeur=360)
    connecter(page, client_de(rattachement=chef))
    page.goto(reverse("comptes:equipe"))
    page.get_by_role("link", name="Inviter un collègue").click()
    remplir(page, prenom="Lou", nom="Petit", courriel="lou@exemple.fr")
    page.get_by_role("button", name="Envoyer l’invitation").click()
    page.get_by_text("L’invitation est envoyée à lou@exemple.fr.").wait_for()
    verifier_accessibilite(page)
    page.get_by_role("link", name="Modifier les droits").first.click()
    verifier_accessibilite(page)

    autre = nouvelle_page(js=False)
    autre.goto(reverse("comptes:invitation", args=[secret_envoye("lou@exemple.fr")]))
    remplir(autre, mot_de_passe=MOT_DE_PASSE, confirmation=MOT_DE_PASSE)
    autre.get_by_role("button", name="Créer mon compte et accepter").click()
    autre.get_by_text("Votre compte est prêt.").wait_for()

    page.goto(reverse("comptes:equipe"))
    page.get_by_role("link", name="Retirer Lou Petit").click()
    verifier_accessibilite(page)
    page.get_by_role("button", name="Retirer de l’équipe").click()
    page.get_by_text("Lou Petit ne fait plus partie de l’équipe.").wait_for()


def test_les_pages_d_une_invitation_sont_accessibles(nouvelle_page, client_de, connecter, verifier_accessibilite):
    chef, connue = RattachementFactory(administrateur=True), UtilisateurFactory()
    qui = acteur_de(chef.utilisateur)
    for courriel in (connue.email, "lou@exemple.fr"):
        actions.inviter(acteur=qui, organisation=chef.organisation, role="structure", courriel=courriel)
    page = nouvelle_page()
    for adresse in (connue.email, "lou@exemple.fr"):
        page.goto(reverse("comptes:invitation", args=[secret_envoye(adresse)]))
        verifier_accessibilite(page)
    connecte = nouvelle_page()
    connecte.erreurs_attendues += ["403"]
    connecter(connecte, client_de("candidat"))
    connecte.goto(reverse("comptes:invitation", args=[secret_envoye("lou@exemple.fr")]))
    verifier_accessibilite(connecte)


def test_l_administration_tient_sous_la_politique_de_securite(page, client_de, connecter, verifier_accessibilite):
    """No error in the console (nothing refused by the CSP), and the pages of verbs are accessible."""
    connecter(page, client_de("anct"))
    personne = UtilisateurFactory()
    page.goto(reverse("admin:index"))
    page.goto(reverse("admin:comptes_utilisateur_changelist"))
    page.goto(reverse("admin:comptes_utilisateur_change", args=[personne.pk]))
    page.get_by_role("link", name="Désactiver le compte").click()
    page.get_by_role("heading", name="Désactiver le compte").wait_for()
    verifier_accessibilite(page)
    page.get_by_label("Motif").fill("A changé de poste")
    page.get_by_role("button", name="Désactiver le compte").click()
    page.get_by_text("Le compte est désactivé.").wait_for()
    page.get_by_role("link", name="Historique").click()
    page.get_by_text("A changé de poste").wait_for()
