"""Who may apply to what, told first (R20); one application per establishment, never without its identifier (R22)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from structures.models import Campagne
from tests.structures.factories import CampagneFactory, CandidatureFactory
from tests.structures.outils_candidature import adresse, erreurs, remplir, reponses

pytestmark = pytest.mark.django_db


@pytest.fixture
def publique():
    return CampagneFactory()


@pytest.mark.parametrize(
    ("siret", "ridet", "champ"), [("", "", "siret"), ("", "123456789012", "ridet"), (".", "", "siret")]
)
def test_une_structure_sans_identifiant_ne_passe_pas(client, publique, siret, ridet, champ):
    """Cas difficile 15: no application without SIRET or RIDET; its département comes from the commune, always there."""
    reponse = remplir(client, reponses(publique, identite__siret=siret, identite__ridet=ridet), jusqu_a="identite")
    assert champ in erreurs(reponse)
    reponse = remplir(client, reponses(publique, structure__commune=""), jusqu_a="structure")
    assert "commune" in erreurs(reponse)


def test_deux_etablissements_d_un_meme_reseau_candidatent(client, publique):
    """R22, cas difficile 22: uniqueness is on the SIRET, not on the SIREN of a national network."""
    CandidatureFactory(campagne=publique, deposee=True, siret="35600000049837")
    reponse = remplir(client, reponses(publique, identite__siret="35600000018723"))
    assert reponse.url == reverse("structures:verifier")


def test_qui_peut_candidater_est_dit_avant_le_formulaire(client, publique):
    """R20: the open calls with their closing date, who is left out, what to have at hand."""
    Campagne.objects.update(ferme_le=timezone.localdate() + dt.timedelta(days=40))
    CampagneFactory(privee=True, nom="Appel privé à venir", ouvre_le=timezone.localdate() + dt.timedelta(days=5))
    page = client.get(adresse("eligibilite")).content.decode()
    for attendu in ("ouvert jusqu’au", "Aucune pièce n’est à joindre", "Appel privé à venir", "quinzaine de minutes"):
        assert attendu in page
    assert "Aucun appel n’est ouvert en ce moment à ces structures : Association" in page


def test_le_nombre_d_etapes_est_vrai_des_la_premiere(client, publique):
    """R20, S2: the call is chosen at the first step, and a coordinator's has two more."""

    def annonce(parametres=""):
        client.session.flush()
        return client.get(f"{adresse('eligibilite')}{parametres}").content.decode()

    assert "Étape 1 sur 6<" in annonce()
    coordination = CampagneFactory(coordinateurs=True)
    contenu = annonce()
    assert "Étape 1 sur 6, ou sur 8 pour un poste de coordinateur<" in contenu
    assert "Étape 1 sur 6 ou 8 : Qui êtes-vous" in contenu
    assert "Étape 1 sur 6<" in annonce(f"?campagne={publique.code}")
    assert "Étape 1 sur 8<" in annonce(f"?campagne={coordination.code}")
    publique.delete()
    assert "Étape 1 sur 8<" in annonce()
