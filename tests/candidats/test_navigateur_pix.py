"""R45 in a real browser, from the agreement to the withdrawal; axe and 360 px on the pages crossed."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from candidats.models import LignePix
from tests.candidats.factories import CandidatFactory, rattachement_candidat
from tests.candidats.outils_pix import fichier_pix, ligne_pix
from tests.comptes.factories import UtilisateurFactory
from tests.outils_navigateur import LARGEURS

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def test_pix_de_l_accord_au_retrait(nouvelle_page, connecter, client_de, verifier_accessibilite, settings):
    settings.PIX_CAMPAGNE_URL, settings.PIX_CAMPAGNE_CODE = "https://pix.exemple.fr", "CONUM2024"
    candidat = CandidatFactory(utilisateur=UtilisateurFactory(prenom="Inès", nom="Bellanger"))
    soi, anct = nouvelle_page(), nouvelle_page()
    connecter(soi, client_de(rattachement=rattachement_candidat(candidat)))
    connecter(anct, client_de("anct"))

    # The person agrees, and gets a link of their own.
    soi.goto(reverse("candidats:pix"))
    soi.get_by_role("button", name="Donner mon accord").click()
    expect(soi.get_by_text("Cochez cette case pour donner votre accord").first).to_be_visible()
    verifier_accessibilite(soi, largeurs=LARGEURS, capture="pix_accord")
    soi.get_by_label("J’accepte que le portail reçoive").check(force=True)
    soi.get_by_role("button", name="Donner mon accord").click()
    lien = soi.get_by_role("link", name="Passer le parcours Pix")
    assert lien.get_attribute("href").endswith(f"/campagnes/CONUM2024?participantExternalId={candidat.identifiant_pix}")
    verifier_accessibilite(soi, largeurs=LARGEURS, capture="pix_lien")

    # ANCT imports: one line joins the person, another one whose identifier is nobody's waits.
    contenu = fichier_pix(ligne_pix(candidat), ligne_pix(nom="Bellanger", prenom="Ines", identifiant="12", palier=3))
    anct.goto(reverse("admin:candidats_importpix_importer"))
    fichier = {"name": "Resultats-Conseillers-7.csv", "mimeType": "text/csv", "buffer": contenu}
    anct.get_by_label("Fichier").set_input_files(fichier)
    anct.get_by_role("button", name="Vérifier le fichier").click()
    expect(anct.get_by_text("1 rattachée à un candidat")).to_be_visible()
    verifier_accessibilite(anct, largeurs=LARGEURS, capture="pix_verification")
    anct.get_by_role("button", name="Enregistrer l’import").click()
    expect(anct.get_by_text("Import terminé : 2 lignes lues")).to_be_visible()
    verifier_accessibilite(anct, largeurs=LARGEURS, capture="pix_imports")
    anct.get_by_role("link", name="Lignes à revoir").first.click()
    anct.get_by_role("link", name="Ligne 3").click()
    anct.get_by_label("Nom et prénom, ou identifiant Pix").fill("bellanger")
    anct.get_by_role("button", name="Chercher").click()
    verifier_accessibilite(anct, largeurs=LARGEURS, capture="pix_ligne")
    anct.get_by_role("link", name="Inès Bellanger", exact=True).click()
    verifier_accessibilite(anct, largeurs=LARGEURS, capture="pix_rattacher")
    # Another person of the same name: not given.
    anct.get_by_role("link", name="Annuler").click()
    anct.get_by_role("link", name="Écarter la ligne").click()
    anct.get_by_label("Pourquoi écarter cette ligne ?").fill("Inconnue de cette personne")
    anct.get_by_role("button", name="Écarter la ligne").click()
    expect(anct.get_by_text("La ligne est écartée")).to_be_visible()

    # The person sees the result, then takes it back.
    soi.goto(reverse("candidats:pix"))
    expect(soi.get_by_text("2 sur 3 (intermédiaire)")).to_be_visible()
    verifier_accessibilite(soi, largeurs=LARGEURS, capture="pix_resultat")
    soi.get_by_role("link", name="Retirer mon accord").click()
    verifier_accessibilite(soi, largeurs=LARGEURS, capture="pix_retrait")
    soi.get_by_role("button", name="Retirer mon accord").click()
    expect(soi.get_by_text("Votre accord est retiré")).to_be_visible()
    candidat.refresh_from_db()
    assert not candidat.pix_partage
    assert LignePix.objects.get().etat == "ecartee"
