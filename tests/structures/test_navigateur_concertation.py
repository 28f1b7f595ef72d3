"""In a real Chromium: the review of 40 applications of 3 départements by a prefecture (R24, R25, R31)."""

from __future__ import annotations

import csv
import io

import pytest

from structures.models import Avis
from tests.comptes.factories import OrganisationFactory, RattachementFactory
from tests.structures.factories import AvisFactory, CampagneFactory, CandidatureFactory, PosteFactory, lieu
from tests.structures.outils_admin import COMMENTAIRE

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
RACINE = "/admin/structures/candidature/concertation/"
CLASSEMENT = f"{RACINE}classement/?departement=03"


@pytest.fixture
def agent():
    """The prefecture of the Allier and of the Puy-de-Dôme: Paris is not its own."""
    organisation = OrganisationFactory(prefecture=True, codes_departements=["03", "63"])
    return RattachementFactory(prefecture=True, organisation=organisation)


@pytest.fixture
def candidatures():
    """16 in the Allier of which 6 have an opinion and a rank, 12 in the Puy-de-Dôme, 12 in Paris."""
    campagne = CampagneFactory(nom="Structures publiques 2026")
    PosteFactory(campagne=campagne)
    for rang in range(1, 7):
        AvisFactory(candidature__campagne=campagne, candidature__nom=f"Commune classée {rang}", rang=rang)
    for code, nombre in (("03310", 10), ("63113", 12), ("75056", 12)):
        for rang in range(1, nombre + 1):
            CandidatureFactory(deposee=True, campagne=campagne, nom=f"Commune {code}-{rang}", commune=lieu(code))
    return campagne


def ordre():
    avis = Avis.objects.filter(en_vigueur=True, rang__isnull=False).order_by("rang")
    return "".join(a.candidature.nom[-1] for a in avis)


def a_l_ecran(page):
    return "".join(nom[-1] for nom in page.locator("[data-nom]").all_text_contents())


def test_concertation_filtre_avis_classement_export_import(
    nouvelle_page, connecter, client_de, verifier_accessibilite, agent, candidatures
):
    """R24, R25: with JavaScript, by the mouse and by the keyboard; axe at zero on every page crossed."""
    page = nouvelle_page()
    connecter(page, client_de(rattachement=agent))
    page.goto(RACINE)
    page.get_by_text("28 candidatures, par département").wait_for()
    verifier_accessibilite(page)

    page.get_by_label("Département", exact=True).select_option("63")
    page.get_by_label("Avis", exact=True).select_option("sans")
    page.get_by_role("button", name="Filtrer").click()
    page.get_by_text("12 candidatures, par département").wait_for()
    page.get_by_role("link", name="Rendre un avis").first.click()
    page.get_by_text("Favorable", exact=True).click()
    page.get_by_label("Commentaire").fill(COMMENTAIRE)
    page.get_by_role("button", name="Rendre un avis").click()
    page.get_by_text("Premier avis").wait_for()
    verifier_accessibilite(page)

    page.goto(CLASSEMENT)
    verifier_accessibilite(page)
    lignes = page.locator("[data-ligne]")
    lignes.first.get_by_role("button", name="Descendre").press("Enter")
    assert a_l_ecran(page) == "213456"
    assert "Commune classée 1 : rang 2 sur 6" in page.locator("[data-annonce]").text_content()
    lignes.nth(5).locator("th").drag_to(lignes.first.locator("th"), target_position={"x": 5, "y": 3})
    assert a_l_ecran(page) == "621345"
    lignes.nth(5).locator('input[type="text"]').fill("2")
    lignes.nth(5).locator('input[type="text"]').press("Tab")
    assert a_l_ecran(page) == "652134"
    assert ordre() == "123456"
    page.get_by_role("button", name="Enregistrer le classement").last.click()
    page.get_by_text("6 avis ont une nouvelle version").wait_for()
    assert ordre() == "652134"

    page.goto(f"{RACINE}?departement=03&avis=sans")
    with page.expect_download() as telechargement:
        page.get_by_role("link", name="Exporter en CSV").click()
    page.goto(RACINE)
    page.get_by_role("link", name="Importer des avis").click()
    deposer(page, remplir(telechargement.value.path().read_bytes(), avis="Enthousiaste"))
    page.get_by_text("10 lignes à corriger : rien n’est enregistré").wait_for()
    verifier_accessibilite(page)
    deposer(page, remplir(telechargement.value.path().read_bytes(), avis="Réservé"))
    verifier_accessibilite(page)
    page.get_by_role("button", name="Enregistrer l’import").click()
    page.get_by_text("10 avis ajoutés").wait_for()
    assert Avis.objects.filter(sens="reserve", en_vigueur=True).count() == 10


def remplir(contenu: bytes, *, avis: str) -> bytes:
    """The exported file, filled in as in a spreadsheet."""
    titres, *lignes = csv.reader(io.StringIO(contenu.decode("utf-8-sig")), delimiter=";")
    saisies = {"Avis de la préfecture": avis, "Postes proposés": "1", "Commentaire de la préfecture": COMMENTAIRE}
    for ligne in lignes:
        for titre, valeur in saisies.items():
            ligne[titres.index(titre)] = valeur
    tampon = io.StringIO(newline="")
    csv.writer(tampon, delimiter=";").writerows([titres, *lignes])
    return tampon.getvalue().encode("cp1252")


def deposer(page, contenu):
    page.get_by_label("Fichier").set_input_files({"name": "avis.csv", "mimeType": "text/csv", "buffer": contenu})
    page.get_by_role("button", name="Vérifier le fichier").click()


def test_classement_sans_javascript_et_pages_sur_un_telephone(
    nouvelle_page, connecter, client_de, verifier_accessibilite, agent, candidatures
):
    """R25: the same buttons and numbers without a script; list, ranking and map at 360 px."""
    client = client_de(rattachement=agent)
    page = nouvelle_page(js=False)
    connecter(page, client)
    page.goto(CLASSEMENT)
    page.get_by_role("button", name="Monter").nth(5).click()
    page.get_by_text("pas encore enregistré").wait_for()
    page.locator('.classement input[type="text"]').nth(5).fill("1")
    page.get_by_role("button", name="Enregistrer le classement").first.click()
    page.get_by_text("avis ont une nouvelle version").wait_for()
    assert ordre() == "512346"

    telephone = nouvelle_page(largeur=360)
    connecter(telephone, client)
    for adresse in (RACINE, CLASSEMENT, f"{RACINE}carte/?departement=03", f"{RACINE}importer/"):
        telephone.goto(adresse)
        verifier_accessibilite(telephone)
