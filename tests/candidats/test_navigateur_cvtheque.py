"""The CVthèque in a real browser: search, open, shortlist; axe at both widths, and the same without JavaScript."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from candidats.models import MiseEnRelation
from tests.candidats.factories import CandidatFactory, MiseEnRelationFactory
from tests.outils_navigateur import LARGEURS
from tests.structures.factories import PosteFactory, lieu, membre

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def test_chercher_ouvrir_preselectionner(nouvelle_page, connecter, client_de, verifier_accessibilite):
    poste = PosteFactory()
    CandidatFactory(commune=lieu("03321"), motivation="Des ateliers pour les aînés.", coordination=True)
    voulu = CandidatFactory(
        commune=lieu("03310"), motivation="Des ateliers pour les aînés.", experimente=True, diplome_nomme=True
    )
    MiseEnRelationFactory(poste=poste, candidat=voulu, caduque=True)
    MiseEnRelationFactory(poste=poste, ecartee=True)
    rattachement = membre(poste.structure)

    page = nouvelle_page()
    connecter(page, client_de(rattachement=rattachement))
    page.goto(reverse("candidats:propositions"))
    page.get_by_role("link", name="Chercher dans la CVthèque").click()
    verifier_accessibilite(page, largeurs=LARGEURS, capture="cvtheque")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_label("Autour d’une autre commune").press_sequentially("vichy")
    page.get_by_role("button", name="Vichy (Allier)").click()
    page.get_by_label("Distance").select_option("20")
    page.get_by_label("Mots de la motivation").fill("atelier aine")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_role("heading", name="1 personne")).to_be_visible()
    verifier_accessibilite(page, largeurs=LARGEURS, capture="cvtheque_resultats")
    page.get_by_role("link", name=str(voulu)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(str(voulu))
    verifier_accessibilite(page, largeurs=LARGEURS, capture="cvtheque_profil")

    page = nouvelle_page(js=False)
    connecter(page, client_de(rattachement=rattachement))
    page.goto(reverse("candidats:cvtheque"))
    page.get_by_label("Autour d’une autre commune").fill("Saint-Denis")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_role("heading", name="personne")).to_have_count(0)
    page.get_by_label("Autour d’une autre commune").fill("Vichy 03200")
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("link", name=str(voulu)).click()
    page.get_by_role("button", name="Présélectionner pour ce poste").click()
    expect(page.get_by_text(voulu.utilisateur.email)).to_be_visible()
    assert MiseEnRelation.objects.vivantes().get().candidat == voulu
