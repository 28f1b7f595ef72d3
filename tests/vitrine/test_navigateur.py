"""Public pages in a real browser: accessible, within the screen, useful without JavaScript."""

import pytest
from django.urls import reverse

from tests.outils_navigateur import LARGEURS
from tests.vitrine.test_pages import PAGES

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def test_les_pages_publiques_sont_accessibles(page, verifier_accessibilite):
    for nom in PAGES:
        page.goto(reverse(f"vitrine:{nom}"))
        verifier_accessibilite(page, largeurs=LARGEURS)


def test_la_page_d_accueil_est_accessible_en_theme_sombre(nouvelle_page, verifier_accessibilite):
    page = nouvelle_page(sombre=True)
    page.goto("/")
    verifier_accessibilite(page)


def test_on_trouve_les_regles_de_son_appel_sans_javascript(nouvelle_page):
    page = nouvelle_page(js=False)
    page.goto("/")
    page.get_by_role("link", name="Accueillir un conseiller").first.click()
    assert page.get_by_text("Deux mois après le comité").is_visible()


def test_on_trouve_les_regles_de_son_appel_avec_javascript(page):
    page.goto("/accueillir/")
    regle = page.get_by_text("Un mois après le comité pour recruter")
    assert not regle.is_visible()
    page.get_by_role("button", name="Associations et entreprises").click()
    regle.wait_for(state="visible")
