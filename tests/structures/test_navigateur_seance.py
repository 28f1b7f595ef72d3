"""A committee over 40 applications of 3 départements in a real browser: session, closing, re-examination (R26, R28)."""

import re

import pytest
from django.urls import reverse

from structures.actions import decider
from structures.enums import EtatCandidature
from structures.models import Candidature, Comite
from structures.suivi_candidature import lien_suivi
from tests.structures.factories import AvisFactory, CampagneFactory, CandidatureFactory, ComiteFactory, lieu

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def comite():
    comite = ComiteFactory(campagne=CampagneFactory(), enveloppe_postes=60)
    for rang in range(40):
        commune = lieu(("03190", "63113", "75056")[rang % 3])
        candidature = CandidatureFactory(
            deposee=True, campagne=comite.campagne, commune=commune, avec_engagements=False
        )
        if rang % 4:
            AvisFactory(candidature=candidature, rang=rang // 3 + 1)
    return comite


def bouton(page, nom):
    return page.get_by_role("button", name=nom, exact=True).locator("visible=true").last


def test_un_comite_de_40_candidatures(nouvelle_page, connecter, client_de, comite, verifier_accessibilite):
    """R15, R25, R26, R28"""
    client = client_de("anct")
    page, telephone = nouvelle_page(), nouvelle_page(js=False, largeur=360, hauteur=740)
    for onglet in (page, telephone):
        connecter(onglet, client)

    page.goto(reverse("admin:structures_comite_inscrire", args=[comite.uuid]))
    verifier_accessibilite(page)
    page.get_by_role("button", name="Inscrire les 40 candidatures filtrées").click()
    verifier_accessibilite(page)
    page.get_by_role("link", name="Tenir la séance").click()
    verifier_accessibilite(page)

    # With the keyboard alone: the choice, the number, Enter; the next line comes.
    titre = page.get_by_role("heading", level=1).inner_text()
    page.locator("#id_decision_0").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.get_by_text("Ligne 2 sur 40").wait_for()
    assert page.get_by_role("heading", level=1).inner_text() != titre
    page.get_by_text("Comité : 58 sur 60").wait_for()
    bouton(page, "Enregistrer et passer à la suivante").click()
    page.get_by_text("est à corriger").first.wait_for()
    verifier_accessibilite(page)

    # On a phone, without JavaScript: a ready sentence, completed, then the refusal; the envelope stays on screen.
    telephone.goto(page.url)
    telephone.get_by_label("Refusée").check(force=True)
    telephone.get_by_label("Phrase toute prête").select_option("refusee-0")
    telephone.get_by_role("button", name="Insérer dans le motif").click()
    motif = telephone.get_by_label("Motif communiqué à la structure")
    assert motif.input_value().startswith("Le territoire est déjà couvert")
    motif.fill(motif.input_value() + " Rapprochez-vous de l’agglomération.")
    haut = telephone.locator(".seance-barre").bounding_box()
    assert 0 <= haut["y"] < 10
    bouton(telephone, "Enregistrer la décision").click()
    telephone.get_by_text("Décision enregistrée").wait_for()

    # The first agent had the line open: nothing is overwritten, the other decision is shown.
    page.get_by_role("radio", name="Retenue").check(force=True)
    bouton(page, "Enregistrer la décision").click()
    page.get_by_role("heading", name="Ce qui est enregistré maintenant").wait_for()
    verifier_accessibilite(page)
    page.get_by_role("link", name="Garder cette décision").click()

    refusee = comite.lignes.get(decision="refusee").candidature
    assert "agglomération" in comite.lignes.get(decision="refusee").motif
    for ligne in comite.lignes.filter(decision=""):
        decider(acteur=client.acteur, ligne=ligne, decision="retenue", nb_postes=1, motif="")
    page.reload()
    page.get_by_role("link", name="Clôturer le comité").click()
    verifier_accessibilite(page)
    bouton(page, "Clôturer le comité").click()
    page.get_by_text(re.compile("est clos : ses décisions sont appliquées")).wait_for()
    assert Comite.objects.get().clos_le is not None

    # R28: the refused structure asks for its re-examination; it comes back to the preparation of the next committee.
    suivi = lien_suivi(Candidature.objects.get(pk=refusee.pk)).split("/", 3)[3]
    telephone.goto(f"/{suivi}")
    telephone.get_by_role("link", name=re.compile("réexamen")).first.click()
    telephone.get_by_label(re.compile("^(Ce qui justifie|Pourquoi|Motif|Expliquez)")).fill(
        "Un cofinancement est acquis."
    )
    telephone.get_by_role("button", name=re.compile("réexamen")).last.click()
    telephone.get_by_text(re.compile("réexamen", re.IGNORECASE)).first.wait_for()
    assert Candidature.objects.get(pk=refusee.pk).etat == EtatCandidature.DEPOSEE
    suivant = ComiteFactory(campagne=comite.campagne)
    page.goto(reverse("admin:structures_comite_inscrire", args=[suivant.uuid]) + "?etat=reexamen")
    page.get_by_text("Un cofinancement est acquis.").wait_for()
    page.get_by_role("button", name="Inscrire cette candidature").click()
    page.get_by_role("link", name="Tenir la séance").click()
    page.get_by_role("heading", name=re.compile("Réexamen demandé le")).wait_for()
    verifier_accessibilite(page)
