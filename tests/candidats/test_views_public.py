"""Registration, confirmation, invitation, « Pas intéressé »: pages without an account (R40 to R43, R49, R50)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from candidats import actions, liens
from candidats.enums import EtatCandidat, EtatMiseEnRelation, Origine
from candidats.models import Candidat, MiseEnRelation
from tests.candidats import outils
from tests.candidats.factories import (
    CandidatFactory,
    MiseEnRelationFactory,
    donnees_inscription,
    rattachement_candidat,
)
from tests.comptes.factories import MOT_DE_PASSE, UtilisateurFactory
from tests.structures.factories import PosteFactory, acteur_de_structure, membre

pytestmark = pytest.mark.django_db
INSCRIPTION = "/devenir-conseiller/inscription/"


def reponses(**champs):
    """What the browser posts."""
    donnees = donnees_inscription()
    envoi = {
        "prenom": donnees["prenom"],
        "nom": donnees["nom"],
        "telephone": "06 12 34 56 78",
        "date_naissance": "1992-02-29",
        "retraite": "non",
        "situations": ["recherche_emploi", "diplome"],
        "diplome_nom": "Titre REMN",
        "experience": "oui",
        "commune": "Moulins (03000)",
        "mobilite_km": "40",
        "disponible_le": donnees["disponible_le"].isoformat(),
        "interet_coordination": "non",
        "motivation": donnees["motivation"],
        "courriel": donnees["courriel"],
        "mot_de_passe": donnees["mot_de_passe"],
        "mot_de_passe_bis": donnees["mot_de_passe"],
    }
    return {**envoi, **champs}


def test_s_inscrire_confirmer_se_connecter(client):
    """R40, R42: from the form to the candidate's space; the GET of the link changes nothing."""
    reponse = client.post(INSCRIPTION, reponses())
    assert reponse.status_code == 302
    page = client.get(reponse["Location"])
    assert "nouvelle.personne@exemple.fr" in page.content.decode()
    candidat = Candidat.objects.get()
    assert (candidat.telephone, candidat.diplome_nom, candidat.experience) == ("0612345678", "Titre REMN", True)
    assert candidat.commune.nom == "Moulins"
    (lien,) = outils.liens(outils.courriels("confirmation")[0], "/devenir-conseiller/confirmer/")
    assert "Bonjour Inès" in client.get(lien).content.decode()
    candidat.refresh_from_db()
    assert candidat.etat == EtatCandidat.A_CONFIRMER
    reponse = client.post(lien)
    assert reponse.status_code == 302
    candidat.refresh_from_db()
    assert candidat.etat == EtatCandidat.DISPONIBLE
    connexion = client.post(
        reponse["Location"], {"login": "nouvelle.personne@exemple.fr", "password": MOT_DE_PASSE}, follow=True
    )
    assert connexion.redirect_chain[-1][0] == "/espace/candidat/"
    assert "Mes propositions" in connexion.content.decode()
    # The same link again.
    assert client.get(lien).status_code == 410


def test_rien_n_est_perdu_quand_une_reponse_manque(client):
    """R40, R41: every error beside its field, what was typed stays, the age is told."""
    reponse = client.post(
        INSCRIPTION, reponses(situations=[], diplome_nom="", commune="Xyzzy", date_naissance="1950-01-01")
    )
    assert reponse.status_code == 200
    page = reponse.content.decode()
    assert "Cochez au moins une situation." in page
    assert "Aucune commune ne correspond à « Xyzzy »" in page
    assert "Le dispositif est ouvert de 16 à 64 ans" in page
    assert 'value="Xyzzy"' in page
    assert "Aider les habitants" in page
    assert "<title>Erreur (" in page
    assert 'href="#id_situations_0"' in page
    assert not Candidat.objects.exists()


def test_le_diplome_coche_est_nomme(client):
    page = client.post(INSCRIPTION, reponses(diplome_nom="")).content.decode()
    assert "Indiquez le nom de votre diplôme." in page


def test_une_adresse_connue_montre_la_meme_page(client):
    """R43: nobody learns from the form that an account exists."""
    UtilisateurFactory(email="connu@exemple.fr")
    nouvelle = client.post(INSCRIPTION, reponses(), follow=True)
    connue = Client().post(INSCRIPTION, reponses(courriel="connu@exemple.fr"), follow=True)
    assert nouvelle.redirect_chain == connue.redirect_chain
    pages = [
        r.content.decode().replace(a, "ADRESSE")
        for r, a in ((nouvelle, "nouvelle.personne@exemple.fr"), (connue, "connu@exemple.fr"))
    ]
    assert [p.partition("<main")[2].partition("csrfmiddlewaretoken")[0] for p in pages][0] == [
        p.partition("<main")[2].partition("csrfmiddlewaretoken")[0] for p in pages
    ][1]
    assert Candidat.objects.count() == 1


def test_les_mots_de_passe_doivent_etre_les_memes(client):
    page = client.post(INSCRIPTION, reponses(mot_de_passe_bis="Autre-Chose-2031")).content.decode()
    assert "Les deux mots de passe sont différents." in page
    assert MOT_DE_PASSE not in page


def test_demander_un_nouveau_lien(client):
    CandidatFactory(a_confirmer=True, utilisateur__email="attend@exemple.fr")
    for courriel in ("attend@exemple.fr", "inconnu@exemple.fr"):
        reponse = client.post("/devenir-conseiller/inscription/renvoyer/", {"courriel": courriel}, follow=True)
        assert "un nouveau lien vient de lui être envoyé" in reponse.content.decode()
    assert outils.adresses("confirmation") == ["attend@exemple.fr"]
    assert "Saisissez" in client.post("/devenir-conseiller/inscription/renvoyer/", {"courriel": "x"}).content.decode()


def test_un_lien_inconnu_le_dit(client):
    reponse = client.get("/devenir-conseiller/confirmer/inconnu/")
    assert reponse.status_code == 410
    assert "Ce lien n’est pas valable" in reponse.content.decode()


def test_une_personne_connectee_s_inscrit(client_de):
    """R43: with the account she has; the candidate becomes the acting role."""
    client = client_de("structure")
    page = client.get(INSCRIPTION).content.decode()
    assert "mot_de_passe" not in page
    reponse = client.post(INSCRIPTION, reponses(), follow=True)
    assert reponse.redirect_chain[-1][0] == "/espace/candidat/"
    assert Candidat.objects.get().utilisateur == client.utilisateur
    assert client.get(INSCRIPTION)["Location"] == "/espace/candidat/"


def test_l_inscription_d_une_personne_invitee(client):
    """R49: the address is the invited one, whatever is posted."""
    poste = PosteFactory()
    from candidats import actions

    actions.inviter_candidat_identifie(
        acteur=acteur_de_structure(poste.structure), poste=poste, courriel="identifiee@exemple.fr"
    )
    (lien,) = outils.liens(outils.courriels("invitation")[0], "/devenir-conseiller/invitation/")
    page = client.get(lien).content.decode()
    assert poste.structure.nom in page
    assert "identifiee@exemple.fr" in page
    assert client.post(lien, reponses(courriel="autre@exemple.fr")).status_code == 302
    candidat = Candidat.objects.get()
    assert candidat.utilisateur.email == "identifiee@exemple.fr"
    (confirmation,) = outils.liens(outils.courriels("confirmation")[0], "/devenir-conseiller/confirmer/")
    client.post(confirmation)
    assert MiseEnRelation.objects.get(poste=poste).origine == Origine.INVITATION
    assert client.get(lien).status_code == 410


def test_pas_interesse_depuis_le_courriel(client):
    """R50: the page asks, the POST decides, a second click says it was done."""
    paire = MiseEnRelationFactory()
    lien = reverse("candidats:pas_interesse", args=[liens.signer(paire)])
    page = client.get(lien).content.decode()
    assert str(paire.candidat) in page
    paire.refresh_from_db()
    assert paire.etat == EtatMiseEnRelation.NOUVELLE
    assert "Choisissez une réponse" in client.post(lien, {"motif": ""}).content.decode()
    assert "Précisez votre raison" in client.post(lien, {"motif": "autre"}).content.decode()
    assert "C’est noté" in client.post(lien, {"motif": "distance"}).content.decode()
    paire.refresh_from_db()
    assert (paire.etat, paire.etat_role) == (EtatMiseEnRelation.ECARTEE, "visiteur")
    assert "n’attend plus de réponse" in client.get(lien).content.decode()
    assert client.get("/propositions/faux/pas-interesse/").status_code == 410


def test_le_lien_d_un_refus_annule_le_dit(client):
    """R50: the old mail leads to a page that says where to answer, and changes nothing."""
    paire = MiseEnRelationFactory()
    lien = reverse("candidats:pas_interesse", args=[liens.signer(paire)])
    client.post(lien, {"motif": "distance"})
    paire.refresh_from_db()
    actions.retablir(acteur=acteur_de_structure(paire.poste.structure), mise_en_relation=paire)
    for reponse in (client.get(lien), client.post(lien, {"motif": "distance"})):
        assert reponse.status_code == 410
        assert "Ce lien a déjà servi" in reponse.content.decode()
    paire.refresh_from_db()
    assert paire.etat == EtatMiseEnRelation.PRESELECTIONNEE


def test_pas_interesse_est_signe_par_qui_est_connecte(client_de):
    """R110."""
    paire = MiseEnRelationFactory()
    client = client_de(rattachement=membre(paire.poste.structure))
    client.post(reverse("candidats:pas_interesse", args=[liens.signer(paire)]), {"motif": "distance"})
    paire.refresh_from_db()
    assert paire.etat_par == client.utilisateur
    # Somebody of another structure holds the link by forwarding: the link alone signs.
    autre = MiseEnRelationFactory()
    client.post(reverse("candidats:pas_interesse", args=[liens.signer(autre)]), {"motif": "distance"})
    autre.refresh_from_db()
    assert (autre.etat, autre.etat_role, autre.etat_par) == (EtatMiseEnRelation.ECARTEE, "visiteur", None)


def test_un_candidat_connecte_ne_peut_pas_utiliser_le_lien_sous_son_role(client_de):
    paire = MiseEnRelationFactory()
    client = client_de(rattachement=rattachement_candidat(paire.candidat))
    client.post(reverse("candidats:pas_interesse", args=[liens.signer(paire)]), {"motif": "distance"})
    paire.refresh_from_db()
    assert paire.etat_role == "visiteur"
