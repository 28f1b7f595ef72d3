"""The candidate's space in a real browser: register, CV, data, answer, availability by link; axe at both widths."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from candidats import rappels
from candidats.models import Candidat
from candidats.regles_espace import SILENCE
from tests.candidats.factories import CandidatFactory, MiseEnRelationFactory, cv_depose
from tests.comptes.factories import MOT_DE_PASSE
from tests.outils_navigateur import LARGEURS
from tests.parcours.visite import Visite, lien_du_courriel
from tests.structures.factories import PosteFactory, lieu, membre

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
COURRIEL = "ines.bellanger@exemple.fr"


def test_du_cv_a_la_disponibilite(nouvelle_page, connecter, client_de, verifier_accessibilite):
    page = nouvelle_page()
    ines = Visite(page, js=True, vues=set())

    def regarder(nom):
        verifier_accessibilite(page, largeurs=LARGEURS, capture=f"c_{nom}")

    poste = PosteFactory(structure__commune=lieu())
    # R40, R42: register and confirm.
    ines.aller("/devenir-conseiller/inscription/")
    ines.saisir(
        {
            "Prénom": "Inès",
            "Nom": "Bellanger",
            "Date de naissance": "1990-05-17",
            "Votre commune de résidence": "Moulins (03000)",
            "À partir de quand": timezone.localdate().isoformat(),
            "Pourquoi voulez-vous": "J’aime transmettre.",
            "Adresse électronique": COURRIEL,
            "Mot de passe": MOT_DE_PASSE,
            "Mot de passe, une seconde fois": MOT_DE_PASSE,
        }
    )
    for question in ("Êtes-vous à la retraite", "Avez-vous déjà une expérience", "Un poste de coordinateur"):
        ines.choisir("Non", groupe=question)
    ines.choisir("Jusqu’à 40 km", "Je cherche un emploi")
    ines.presser("M’inscrire")
    ines.aller(lien_du_courriel(COURRIEL, "Confirmez", "/devenir-conseiller/confirmer/"))
    ines.presser("Confirmer mon inscription")
    ines.se_connecter(COURRIEL, MOT_DE_PASSE)
    # R44: a file that is not a CV is refused next to its field, then a real one.
    ines.suivre("Mon CV")
    regarder("cv_vide")
    ines.joindre("Votre CV", {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": b"Bonjour"})
    ines.presser("Déposer mon CV")
    ines.voit("n’est pas au format PDF")
    regarder("cv_erreur")
    ines.joindre("Votre CV")
    ines.presser("Déposer mon CV")
    ines.voit("Votre CV est déposé")
    regarder("cv")
    # R51: answers the proposal of the engine.
    ines.suivre("Mes propositions")
    ines.presser("Ce poste m’intéresse")
    regarder("accueil")
    # R44: the structure reads the CV, and it is seen.
    structure = nouvelle_page()
    connecter(structure, client_de(rattachement=membre(poste.structure)))
    paire = Candidat.objects.get().mises_en_relation.get()
    structure.goto(reverse("candidats:mise_en_relation", args=[paire.uuid]))
    verifier_accessibilite(structure, largeurs=LARGEURS, capture="c_fiche")
    lue = structure.request.get(structure.get_by_role("link", name="Lire le CV").get_attribute("href"))
    assert lue.body().startswith(b"%PDF")
    ines.suivre("Mes données")
    ines.voit("CV lu", poste.structure.nom)
    regarder("donnees")
    assert COURRIEL.encode() in ines.telecharge("Télécharger pour un programme")
    # R51: two months later, without a session.
    avant = timezone.localdate() - SILENCE
    Candidat.objects.update(disponibilite_confirmee_le=avant, disponible_le=avant)
    assert rappels.demander_disponibilites(timezone.localdate()) == 1
    visiteur = nouvelle_page()
    visiteur.goto(lien_du_courriel(COURRIEL, "toujours disponible", "/disponibilite/"))
    verifier_accessibilite(visiteur, largeurs=LARGEURS, capture="c_disponibilite")
    visiteur.get_by_role("button", name="Je suis toujours disponible").click()
    verifier_accessibilite(visiteur, largeurs=LARGEURS, capture="c_disponibilite_notee")
    assert Candidat.objects.get().disponibilite_confirmee_le == timezone.localdate()


def test_les_pages_des_doublons(nouvelle_page, connecter, client_de, verifier_accessibilite):
    """R43: read at both widths by ANCT."""
    une, autre = (CandidatFactory(utilisateur__prenom=prenom, utilisateur__nom="Le Goff") for prenom in ("Zoé", "ZOE"))
    poste = PosteFactory()
    for candidat, traits in ((une, {}), (autre, {"entretien": True})):
        MiseEnRelationFactory(poste=poste, candidat=candidat, **traits)
    cv_depose(autre)
    page = nouvelle_page()
    connecter(page, client_de("anct"))
    for nom, arguments in (
        ("doublons", []),
        ("doublons_paire", [une.uuid, autre.uuid]),
        ("doublons_ecarter", [une.uuid, autre.uuid]),
        ("doublons_fusionner", [une.uuid, autre.uuid]),
    ):
        assert page.goto(reverse(f"admin:candidats_{nom}", args=arguments)).status == 200
        verifier_accessibilite(page, largeurs=LARGEURS, capture=f"a_{nom}")
