"""In a real Chromium: a structure refuses three people, sees three others, proposes dates, evaluates by two members,
compares and validates; a candidate chooses a date without JavaScript. Each page at 1280 and 360 px with axe (R47 to
R53, R110)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from candidats import liens
from candidats.enums import EtatEntretien, EtatMiseEnRelation
from candidats.models import Entretien, MiseEnRelation
from structures.enums import EtatPoste
from tests.candidats.factories import CandidatFactory, MiseEnRelationFactory
from tests.candidats.outils import verifier_coherence_candidats
from tests.outils_navigateur import LARGEURS
from tests.structures.factories import PosteFactory, membre

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
PREMIERS = ("Ana Rey", "Luc Vidal", "Mia Noël")
SUIVANTS = ("Zoé Blanc", "Tom Leroy", "Eva Morin")


@pytest.fixture
def poste():
    """Three people proposed, three others who could be."""
    poste = PosteFactory(structure__nom="Commune de Moulins")
    for nom in PREMIERS:
        MiseEnRelationFactory(poste=poste, candidat=_personne(nom))
    for nom in SUIVANTS:
        _personne(nom)
    return poste


def _personne(nom):
    prenom, _, nom = nom.partition(" ")
    return CandidatFactory(utilisateur__prenom=prenom, utilisateur__nom=nom)


def test_de_trois_refus_a_la_validation(nouvelle_page, connecter, client_de, poste, verifier_accessibilite):
    """R47, R50, R52, R53: the whole recruitment, by clicking."""
    page, collegue = nouvelle_page(), nouvelle_page(js=False)
    connecter(page, client_de(rattachement=membre(poste.structure)))
    connecter(collegue, client_de(rattachement=membre(poste.structure)))

    def regarder(nom):
        verifier_accessibilite(page, largeurs=LARGEURS, capture=f"recrutement_{nom}")
        page.set_viewport_size({"width": 1280, "height": 900})

    page.goto(reverse("candidats:propositions"))
    for nom in PREMIERS:
        page.get_by_role("link", name=f"Pas intéressé par {nom}").click()
        page.get_by_text("Le profil ne correspond pas au poste").click()
        page.get_by_role("button", name="Pas intéressé").click()
        assert page.get_by_text("Une autre personne vous est proposée.").is_visible()
    for nom in SUIVANTS:
        assert page.get_by_role("link", name=nom, exact=True).is_visible()
    regarder("liste")

    for nom in SUIVANTS[:2]:
        page.goto(reverse("candidats:propositions") + "?onglet=nouvelles")
        page.get_by_role("button", name=f"Présélectionner {nom}").click()
        assert page.get_by_text("Présélection enregistrée").is_visible()
    page.get_by_role("link", name="Proposer un entretien", exact=True).click()
    assert page.get_by_text("N’organisez pas un entretien avec un seul candidat").is_visible()
    for rang, (jour, heure) in enumerate((("Date", "Heure"), ("Deuxième date", "Deuxième heure")), start=1):
        page.get_by_label(jour).first.fill((timezone.localdate() + dt.timedelta(days=rang)).isoformat())
        page.get_by_label(heure).first.fill("14:30")
    page.get_by_label("Lieu ou lien de visioconférence").fill("Mairie, salle du conseil")
    regarder("creneaux")
    page.get_by_role("button", name="Proposer cet entretien").click()
    assert Entretien.objects.filter(etat=EtatEntretien.PROPOSE).count() == 2
    regarder("fiche_creneaux")

    page.get_by_role("link", name="Guide d’entretien").click()
    regarder("guide")
    page.go_back()
    fiche = page.url
    page.get_by_role("link", name="Remplir ma grille d’évaluation").click()
    regarder("grille")
    page.get_by_role("button", name="Enregistrer mon évaluation").click()
    assert page.get_by_role("link", name="Choisissez une réponse : avis d’ensemble.").is_visible()
    # With the keyboard alone: a level, then the opinion.
    page.get_by_role("group", name="Motivation").get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("group", name="Avis d’ensemble").get_by_role("radio").first.press("Space")
    page.get_by_role("button", name="Enregistrer mon évaluation").press("Enter")
    assert page.get_by_text("Avis : 1 favorable.").is_visible()
    collegue.goto(fiche)
    collegue.get_by_role("link", name="Remplir ma grille d’évaluation").click()
    collegue.get_by_role("group", name="Motivation").get_by_label("Niveau 4").check(force=True)
    collegue.get_by_role("group", name="Avis d’ensemble").get_by_label("Réservé").check(force=True)
    collegue.get_by_role("button", name="Enregistrer mon évaluation").click()
    assert collegue.get_by_text("Avis : 1 favorable, 1 réservé.").is_visible()
    assert collegue.get_by_role("cell", name="3,0").is_visible()

    page.reload()
    regarder("fiche_evaluee")
    page.get_by_role("link", name="Comparer avec d’autres candidats").click()
    page.get_by_role("button", name="Comparer").click()
    assert page.get_by_role("link", name="Choisissez de 2 à 5 personnes à comparer.").is_visible()
    regarder("comparaison_choix")
    for nom in SUIVANTS[:2]:
        page.get_by_label(nom).check(force=True)
    page.get_by_role("button", name="Comparer").click()
    assert page.get_by_role("row", name="Motivation").get_by_text("3,0 sur 4").is_visible()
    regarder("comparaison")

    page.get_by_role("link", name=SUIVANTS[1], exact=True).click()
    page.get_by_role("link", name="Valider cette candidature").click()
    page.get_by_text("M", exact=True).click()
    page.get_by_role("button", name="Valider cette candidature").click()
    assert page.get_by_text(f"Candidature validée : {SUIVANTS[1]}.").is_visible()
    poste.refresh_from_db()
    assert poste.etat == EtatPoste.RESERVE
    assert MiseEnRelation.objects.filter(poste=poste, etat=EtatMiseEnRelation.ECARTEE).count() == 3
    verifier_coherence_candidats()


def test_un_candidat_choisit_une_date_sans_javascript(nouvelle_page, verifier_accessibilite):
    """R51, R52: from the link of the mail, with the keyboard."""
    paire = MiseEnRelationFactory(entretien=True)
    premier = paire.entretiens.get()
    second = Entretien.objects.create(
        mise_en_relation=paire,
        proposition=premier.proposition,
        debut=premier.debut + dt.timedelta(days=1),
        lieu="Mairie",
    )
    adresse = reverse("candidats:creneaux_lien", args=[liens.signer_reponse(paire)])
    avec_js = nouvelle_page()
    for chemin, nom in (
        (adresse, "lien_creneaux"),
        (reverse("candidats:repondre_lien", args=[liens.signer_reponse(paire)]), "lien_reponse"),
    ):
        avec_js.goto(chemin)
        verifier_accessibilite(avec_js, largeurs=LARGEURS, capture=f"recrutement_{nom}")

    page = nouvelle_page(js=False, largeur=360)
    page.goto(adresse)
    page.get_by_role("radio").nth(1).press("Space")
    page.get_by_label("Un mot à la structure").fill("Je viens en train.")
    page.get_by_role("button", name="Envoyer ma réponse").press("Enter")
    assert page.get_by_text("Vous avez accepté l’entretien du").is_visible()
    etats = dict(paire.entretiens.values_list("pk", "etat"))
    assert etats == {premier.pk: EtatEntretien.ANNULE, second.pk: EtatEntretien.ACCEPTE}
