"""In a real Chromium: the file filled in and filed, then declared compliant, without JavaScript; pages on a phone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from subventions.enums import EtatDossier
from subventions.models import Dossier
from tests.subventions.factories import (
    DossierFactory,
    MessageFactory,
    fichier_pdf,
    membre_du_dossier,
    piece_de,
)

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def page_de(nom: str, dossier: Dossier, *args) -> str:
    return reverse(f"subventions:{nom}", args=[dossier.uuid, *args])


def test_du_depot_a_la_conformite_sans_javascript_r60_r61(nouvelle_page, connecter, client_de):
    dossier = DossierFactory()
    structure = nouvelle_page(js=False)
    connecter(structure, client_de(rattachement=membre_du_dossier(dossier)))
    structure.goto("/espace/structure/subvention/")
    structure.get_by_role("link", name=f"Dossier n° {dossier.numero}").click()
    structure.get_by_role("link", name="Modifier les informations").click()
    structure.get_by_label("Prénom et nom du président ou du maire").fill("Dominique Lefort")
    structure.get_by_label("Date de naissance du président ou du maire").fill("1962-03-04")
    structure.get_by_label("Prénom et nom du directeur général").fill("Claude Roussel")
    structure.get_by_label("Date de naissance du directeur général").fill("1971-09-30")
    structure.get_by_label("IBAN du compte de la structure").fill("FR76 3000 6000 0112 3456 7890 189")
    structure.get_by_label("Adresse de l’annonce").fill("https://www.emploi-territorial.fr/offre/o0312345")
    structure.get_by_label("Date de publication de l’annonce").fill("2026-01-15")
    structure.get_by_role("button", name="Enregistrer").click()
    for piece in dossier.pieces.filter(obligatoire=True):
        structure.get_by_role("link", name=f"Déposer : {piece}", exact=True).click()
        fichier = fichier_pdf()
        structure.get_by_label("Fichier").set_input_files(
            {"name": "piece.pdf", "mimeType": "application/pdf", "buffer": fichier.read()}
        )
        structure.get_by_role("button", name="Déposer la pièce").click()
    structure.get_by_role("link", name="Déposer le dossier").click()
    structure.get_by_role("button", name="Déposer le dossier").click()
    assert structure.get_by_text("Réponse au plus tard le").first.is_visible()

    bdt = nouvelle_page(js=False)
    connecter(bdt, client_de("bdt"))
    bdt.goto("/espace/bdt/")
    bdt.get_by_role("link", name=f"N° {dossier.numero}").click()
    bdt.get_by_role("button", name="Prendre en charge").click()
    for _ in range(dossier.pieces.filter(obligatoire=True).count()):
        bdt.get_by_role("button", name="Accepter").first.click()
    bdt.get_by_role("link", name="Valider la conformité").click()
    bdt.get_by_role("button", name="Déclarer le dossier conforme").click()
    assert bdt.get_by_text("Le dossier est conforme depuis le").is_visible()
    assert Dossier.objects.get(pk=dossier.pk).etat == EtatDossier.CONFORME


def test_les_pages_sur_un_telephone(nouvelle_page, connecter, client_de, verifier_accessibilite):
    """axe, and no page wider than 360 px; errors included."""
    dossier = DossierFactory(complement=True)
    MessageFactory(dossier=dossier, bdt=True)
    structure, bdt = nouvelle_page(largeur=360), nouvelle_page(largeur=360)
    connecter(structure, client_de(rattachement=membre_du_dossier(dossier)))
    connecter(bdt, client_de("bdt"))
    rib = piece_de(dossier, "rib").uuid
    for adresse in (
        "/espace/structure/subvention/",
        page_de("dossier_structure", dossier),
        page_de("informations", dossier),
        page_de("piece", dossier, rib),
        page_de("repondre", dossier),
    ):
        structure.goto(adresse)
        verifier_accessibilite(structure)
    structure.get_by_role("button", name="Envoyer la réponse").click()
    verifier_accessibilite(structure)
    for adresse in ("/espace/bdt/", page_de("dossier_bdt", dossier), page_de("refuser_piece", dossier, rib)):
        bdt.goto(adresse)
        verifier_accessibilite(bdt)
    bdt.get_by_role("button", name="Refuser la pièce").click()
    verifier_accessibilite(bdt)
