"""The frame of the pages in a real browser: accessibility, strict CSP, without JavaScript, on a small screen."""

from __future__ import annotations

import pytest
from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.template import RequestContext, Template
from django.urls import include, path
from post_office.models import Email

from portal.commun.formulaires import ChampDate, ChampMontant, ChampPdf, Formulaire, avec_aide
from portal.urls import handler400, handler403, handler404, handler500  # noqa: F401 - read by Django
from tests.outils_navigateur import LARGEURS

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]


class Depot(Formulaire):
    nom = forms.CharField(label="Nom de la structure", max_length=40, help_text="Comme au répertoire")
    ville = forms.CharField(label="Ville", max_length=40, required=False)
    statut = forms.ChoiceField(
        label="Statut",
        choices=[("public", "Public"), ("prive", avec_aide("Privé", "Association, entreprise"))],
        widget=forms.RadioSelect,
        help_text="Un seul choix",
    )
    missions = forms.MultipleChoiceField(
        label="Missions", choices=[("a", "Ateliers"), ("b", "Aide")], widget=forms.CheckboxSelectMultiple
    )
    region = forms.ChoiceField(label="Région", choices=[("", "Choisissez"), ("84", "Auvergne-Rhône-Alpes")])
    debut = ChampDate(label="Date de début")
    salaire = ChampMontant(label="Salaire brut", help_text="Par mois, en euros")
    projet = forms.CharField(label="Votre projet", widget=forms.Textarea, max_length=1000)
    piece = ChampPdf(label="Délibération")
    accord = forms.BooleanField(label="Je m’engage à former le conseiller", help_text="Article 3 de la convention")


def deposer(request):
    form = Depot(request.POST or None, request.FILES or None)
    if form.is_valid():
        return HttpResponse("<title>ok</title>reçu")
    contexte = {
        "gabarit": "base.html",
        "titre": "Déposer un dossier",
        "form": form,
        "bouton": "Déposer",
        "annuler": "/",
    }
    return render(request, "commun/page_formulaire.html", contexte)


def confirmer(request):
    contexte = {"gabarit": "espace.html", "titre": "Rendre ce poste ?", "texte": "Le poste sera rendu."}
    return render(request, "commun/confirmation.html", {**contexte, "bouton": "Rendre", "annuler": "/"})


def rafraichir(request):
    if request.htmx:
        return HttpResponse("<p>Liste rafraîchie</p>")
    return HttpResponse(Template(PAGE_HTMX).render(RequestContext(request)))


PAGE_HTMX = """{% extends "base.html" %}
{% block entete %}{% include "commun/composants/htmx.html" %}{% endblock %}
{% block titre %}Liste{% endblock %}
{% block contenu %}<h1>Liste</h1><div id="liste"></div>
<button type="button" hx-get="/essai-htmx/" hx-target="#liste">Filtrer</button>{% endblock %}"""

urlpatterns = [
    path("essai-htmx/", rafraichir),
    path("", include("portal.urls")),
    path("essai-depot/", deposer),
    path("essai-confirmation/", confirmer),
]

PAGES = ["/essai-depot/", "/essai-confirmation/", "/page-qui-n-existe-pas/", "/demo/courriels/"]


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True
    Email.objects.create(
        from_email="a@exemple.fr", to=["structure@demo.example"], subject="Bienvenue", message="Bonjour,\n\nhttp://x.example/a"
    )  # fmt: skip


@pytest.mark.parametrize("sombre", [False, True])
def test_la_trame_est_accessible(nouvelle_page, verifier_accessibilite, sombre):
    page = nouvelle_page(sombre=sombre)
    page.erreurs_attendues.append("404")
    for adresse in PAGES:
        page.goto(adresse)
        verifier_accessibilite(page, largeurs=LARGEURS)
        assert page.locator("h1").count() == 1


def test_un_espace_est_accessible(page, connecter, client_de, verifier_accessibilite):
    connecter(page, client_de("structure"))
    page.goto("/essai-confirmation/")
    assert page.get_by_text("Vous agissez en tant que Structure").is_visible()
    verifier_accessibilite(page)


def test_un_formulaire_refuse_est_accessible_et_mene_aux_champs(page, verifier_accessibilite):
    page.goto("/essai-depot/")
    page.get_by_label("Nom de la structure").fill("Moulins")
    page.get_by_role("button", name="Déposer").click()
    verifier_accessibilite(page)
    assert page.title() == "Erreur (8) : Déposer un dossier — Conseiller numérique"
    assert page.get_by_label("Nom de la structure").input_value() == "Moulins"
    assert page.evaluate("document.activeElement.id") == "resume-erreurs"
    page.get_by_role("link", name="statut").click()
    assert page.evaluate("document.activeElement.id") == "id_statut_0"


def test_un_formulaire_marche_sans_javascript(page_sans_js):
    page = page_sans_js
    page.goto("/essai-depot/")
    page.get_by_role("button", name="Déposer").click()
    assert page.get_by_role("alert").get_by_role("link").count() == 9
    page.get_by_role("link", name="région").click()
    assert page.url.endswith("#id_region")


def test_le_menu_s_ouvre_sur_un_telephone(nouvelle_page, verifier_accessibilite):
    page = nouvelle_page(largeur=360)
    page.goto("/essai-depot/")
    lien = page.locator("#fr-menu-mobile").get_by_role("link", name="Accueillir un conseiller")
    assert not lien.is_visible()
    page.get_by_role("button", name="Menu").click()
    lien.wait_for(state="visible")
    verifier_accessibilite(page)


def test_le_menu_est_ouvert_sur_un_telephone_sans_javascript(nouvelle_page):
    page = nouvelle_page(largeur=360, js=False)
    page.goto("/essai-depot/")
    assert page.get_by_role("link", name="Accueillir un conseiller").first.is_visible()
    assert page.get_by_role("link", name="Se connecter").first.is_visible()
    assert not page.get_by_role("button", name="Menu").is_visible()
    assert page.locator("html").evaluate("e => e.scrollWidth") <= 360


def test_on_se_deconnecte_par_un_bouton(page, connecter, client_de):
    connecter(page, client_de("structure"))
    page.goto("/essai-depot/")
    page.get_by_role("button", name="Se déconnecter").first.click()
    page.goto("/essai-depot/")
    assert page.get_by_role("link", name="Se connecter").first.is_visible()


def test_on_saute_au_contenu_au_clavier(page):
    page.goto("/essai-depot/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"


def test_un_double_clic_n_envoie_qu_une_fois(page):
    page.goto("/essai-confirmation/")
    envois = []
    page.on("request", lambda requete: envois.append(requete.url) if requete.method == "POST" else None)
    page.route("**/essai-confirmation/", lambda route: None if route.request.method == "POST" else route.continue_())
    bouton = page.get_by_role("button", name="Rendre")
    bouton.dblclick(no_wait_after=True)
    page.wait_for_timeout(300)
    assert len(envois) == 1


def test_on_change_de_theme(page):
    page.goto("/essai-depot/")
    page.get_by_role("button", name="Paramètres d’affichage").click()
    page.get_by_text("Thème sombre").click()
    assert page.locator("html").get_attribute("data-fr-theme") == "dark"


def test_htmx_rafraichit_sans_rien_demander_a_la_csp(page):
    page.goto("/essai-htmx/")
    page.get_by_role("button", name="Filtrer").click()
    page.get_by_text("Liste rafraîchie").wait_for()
