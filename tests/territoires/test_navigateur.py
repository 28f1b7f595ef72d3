"""The commune field in a real browser, its script on and off."""

import pytest
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.navigateur,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.territoires.urls_essai"),
]


def test_une_suggestion_remplit_le_champ(nouvelle_page):
    page = nouvelle_page(largeur=360)
    page.goto("/essai/")
    champ = page.get_by_label("Commune de résidence")
    champ.press_sequentially("st etienne")
    page.get_by_role("button", name="Saint-Étienne (Loire)").click()
    assert champ.input_value() == "Saint-Étienne (42000)"
    assert page.evaluate("document.activeElement.name") == "commune"
    assert page.locator("[data-commune-suggestions] button").count() == 0
    page.get_by_role("button", name="Valider").click()
    assert page.locator("#resultat").inner_text() == "42218"


def test_une_liste_coupee_est_annoncee(nouvelle_page):
    page = nouvelle_page()
    page.goto("/essai/")
    page.get_by_label("Commune de résidence").press_sequentially("saint")
    statut = page.get_by_role("status")
    expect(statut).to_contain_text("8 communes affichées sur")
    assert page.locator("[data-commune-suggestions] button").count() == 8
    page.get_by_label("Commune de résidence").fill("")
    expect(statut).to_be_empty()
    assert page.locator("[data-commune-suggestions] button").count() == 0


@pytest.mark.parametrize("js", [True, False])
def test_un_code_postal_ambigu_se_choisit_dans_la_liste(nouvelle_page, js):
    """Hard case 12, with JavaScript and without."""
    page = nouvelle_page(js=js)
    page.goto("/essai/")
    page.get_by_label("Commune de résidence").fill("03000")
    page.get_by_role("button", name="Valider").click()
    assert page.get_by_label("Commune de résidence").input_value() == "03000"
    assert page.get_by_role("radio").count() == 6
    page.locator("label", has_text="Avermes").click()
    page.get_by_role("button", name="Valider").click()
    assert page.locator("#resultat").inner_text() == "03013"


def test_choisir_une_suggestion_efface_la_liste_du_refus(nouvelle_page):
    page = nouvelle_page()
    page.goto("/essai/?commune=03000&commune_choix=")
    assert page.get_by_role("radio").count() == 6
    champ = page.get_by_label("Commune de résidence")
    champ.fill("")
    champ.press_sequentially("vichy")
    page.get_by_role("button", name="Vichy (Allier)").click()
    assert page.get_by_role("radio").count() == 0
    page.get_by_role("button", name="Valider").click()
    assert page.locator("#resultat").inner_text() == "03310"


def test_accessible_vide_en_erreur_et_avec_suggestions(nouvelle_page, verifier_accessibilite):
    page = nouvelle_page(largeur=360)
    for adresse in ("/essai/", "/essai/?commune=zzzz", "/essai/?commune=03000"):
        page.goto(adresse)
        verifier_accessibilite(page)
    page.get_by_label("Commune de résidence").fill("")
    page.get_by_label("Commune de résidence").press_sequentially("moulins")
    page.locator("[data-commune-suggestions] button").first.wait_for()
    verifier_accessibilite(page)
