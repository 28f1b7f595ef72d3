"""In a real Chromium: dashboard, duplicates, merge, map, forms of the administration, at two widths (R22, R24, R25)."""

from __future__ import annotations

import os

import pytest
from django.urls import reverse

from portal.commun.normalisation import normaliser
from structures.models import Structure
from tests.structures.factories import (
    AvisFactory,
    CandidatureFactory,
    LieuExerciceFactory,
    PosteFactory,
    StructureFactory,
    lieu,
)
from tests.structures.outils_admin import page as adresse_de
from tests.structures.outils_tableaux import en_csv

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
LARGEURS = (1280, 360)
MOTIF = "Vérifié au téléphone avec la mairie."


def capturer(page, nom):
    """`CAPTURES=/some/folder` keeps what was seen, to look at it."""
    dossier = os.environ.get("CAPTURES")
    if dossier:
        page.screenshot(path=f"{dossier}/{nom}_{page.viewport_size['width']}.png", full_page=True)


def nommee(nom, **champs):
    return StructureFactory(nom=nom, nom_normalise=normaliser(nom), **champs)


@pytest.fixture
def territoire():
    """The Allier with posts in every state, and one body entered twice."""
    gardee = nommee("Centre social et culturel des Chartreux", contact_courriel="accueil@chartreux.exemple.fr")
    absorbee = nommee("Centre social et culturel des Chartreux", contact_courriel="accueil@chartreux.exemple.fr")
    PosteFactory(structure=gardee)
    PosteFactory(structure=absorbee, pourvu=True)
    LieuExerciceFactory(structure=absorbee, nom="Médiathèque", commune=lieu())
    for code, nombre in (("03310", 3), ("03095", 1)):
        structure = StructureFactory(commune=lieu(code))
        for _ in range(nombre):
            PosteFactory(structure=structure)
    CandidatureFactory(deposee=True, commune=lieu("03095"))
    return gardee, absorbee


def test_pages_des_institutions(nouvelle_page, connecter, client_de, verifier_accessibilite, territoire):
    """axe at zero and no horizontal scroll, from the dashboard to the merge itself."""
    page = nouvelle_page()
    gardee, absorbee = territoire

    def regarder(nom):
        for largeur in LARGEURS:
            page.set_viewport_size({"width": largeur, "height": 900})
            verifier_accessibilite(page)
            capturer(page, nom)
        page.set_viewport_size({"width": LARGEURS[0], "height": 900})

    connecter(page, client_de("prefecture"))
    page.goto(reverse("admin:structures_tableau_de_bord"))
    regarder("tableau_prefecture")
    page.goto(reverse("admin:structures_candidature_carte"))
    assert page.locator("svg text.nom").first.is_visible()
    regarder("carte")
    avis = AvisFactory(candidature__commune=lieu())
    page.goto(adresse_de(avis.candidature))
    page.get_by_role("link", name="Modifier l’avis").click()
    fil = page.get_by_role("navigation", name="vous êtes ici")
    assert fil.get_by_role("link").all_text_contents()[:2] == ["Accueil", "Candidatures"]
    regarder("avis")
    fil.get_by_role("link", name="Candidatures").click()
    page.get_by_role("heading", level=1, name="Candidatures").wait_for()

    connecter(page, client_de("anct"))
    page.goto(reverse("admin:structures_tableau_de_bord"))
    regarder("tableau_anct")
    page.goto(reverse("admin:structures_faitprioritaire_importer"))
    regarder("import")
    page.get_by_text("Remplacer les listes").click()
    contenu = en_csv([["03190", "ACV", "Liste"]], ["Code INSEE ou SIRET", "Fait", "Source"])
    page.locator("#id_fichier").set_input_files({"name": "acv.csv", "mimeType": "text/csv", "buffer": contenu})
    page.get_by_role("button", name="Vérifier le fichier").click()
    page.get_by_text("1 lieu ajouté").wait_for()
    regarder("import_verification")

    page.goto(reverse("admin:structures_doublons"))
    regarder("doublons")
    page.get_by_role("link", name="Comparer").click()
    page.get_by_role("heading", level=1).wait_for()
    regarder("paire")
    page.get_by_role("link", name="Ce sont deux structures différentes").click()
    regarder("ecarter")
    page.get_by_role("link", name="Annuler").click()
    page.get_by_role("link", name="Garder la structure 1").click()
    assert fil.get_by_role("link").all_text_contents()[:3] == ["Accueil", "Doublons probables", "Comparer"]
    regarder("fusionner")
    page.get_by_role("button", name="Fusionner définitivement").click()
    regarder("fusionner_erreur")
    page.get_by_label("Comment le savez-vous").fill(MOTIF)
    page.locator("label[for=id_definitif]").click()
    page.get_by_role("button", name="Fusionner définitivement").click()
    page.get_by_text("est fusionnée dans").wait_for()
    regarder("fusionnee")
    assert Structure.objects.filter(fusionnee_dans__isnull=False).count() == 1
