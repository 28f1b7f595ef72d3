"""The candidate's space (R51): proposals, answers, interviews, profile, availability."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from candidats.enums import EtatCandidat, EtatEntretien, EtatMiseEnRelation
from candidats.models import Candidat
from tests.candidats.factories import (
    CandidatFactory,
    EntretienFactory,
    MiseEnRelationFactory,
    rattachement_candidat,
)
from tests.candidats.test_views_public import reponses
from tests.structures.factories import PosteFactory

pytestmark = pytest.mark.django_db
ESPACE = "/espace/candidat/"


@pytest.fixture
def candidat():
    return CandidatFactory()


@pytest.fixture
def client(client_de, candidat):
    return client_de(rattachement=rattachement_candidat(candidat))


def test_l_espace_montre_les_propositions(client, candidat):
    """R51: structure, commune, distance, start date; the words are those for a candidate."""
    paire = MiseEnRelationFactory(candidat=candidat, distance_km=12.4)
    ancienne = MiseEnRelationFactory(candidat=candidat, ecartee=True)
    page = client.get(ESPACE).content.decode()
    assert paire.poste.structure.nom in page
    assert "à 12\u00a0km de chez vous" in page
    assert "Votre profil a été proposé" in page
    assert "la structure n’a pas donné suite" in page
    assert ancienne.poste.structure.nom in page
    # Neither the reason of the structure, nor its words.
    assert "Le profil ne correspond pas" not in page
    assert "Écartée" not in page


@pytest.mark.parametrize(
    ("traits", "phrase"),
    [
        ({"a_confirmer": True}, "confirmer votre adresse"),
        ({"indisponible": True}, "n’est plus proposé"),
        ({"retire": True}, "Vous vous êtes retiré"),
        ({}, "Le portail cherche chaque nuit"),
    ],
)
def test_la_suite_est_dite(client_de, traits, phrase):
    candidat = CandidatFactory(**traits)
    assert phrase in client_de(rattachement=rattachement_candidat(candidat)).get(ESPACE).content.decode()


def test_une_candidature_validee_dit_la_suite_du_recrutement(client_de):
    """R54: the validation makes the profile unavailable; what comes next is the recruitment, not « reprendre »."""
    candidat = CandidatFactory(indisponible=True)
    MiseEnRelationFactory(candidat=candidat, validee=True)
    page = client_de(rattachement=rattachement_candidat(candidat)).get(ESPACE).content.decode()
    assert "Une structure a validé votre candidature" in page
    assert "n’est plus proposé. Indiquez" not in page
    assert "Redevenir disponible" not in page


def test_se_dire_interesse(client, candidat):
    paire = MiseEnRelationFactory(candidat=candidat)
    adresse = f"/espace/candidat/propositions/{paire.uuid}/interet/"
    assert client.get(adresse).status_code == 405
    assert client.post(adresse).status_code == 302
    paire.refresh_from_db()
    assert paire.interet_candidat_le is not None
    assert "Ce poste m’intéresse" not in client.get(ESPACE).content.decode()


def test_decliner_demande_confirmation_et_raison(client, candidat):
    paire = MiseEnRelationFactory(candidat=candidat)
    adresse = f"/espace/candidat/propositions/{paire.uuid}/decliner/"
    assert "Décliner le poste de" in client.get(adresse).content.decode()
    assert "Choisissez une réponse" in client.post(adresse, {}).content.decode()
    assert client.post(adresse, {"motif": "salaire"}).status_code == 302
    paire.refresh_from_db()
    assert paire.etat == EtatMiseEnRelation.DECLINEE
    assert "Vous avez décliné" in client.get(f"/espace/candidat/propositions/{paire.uuid}/").content.decode()


def test_la_proposition_d_un_autre_n_existe_pas(client):
    """404 outside the perimeter, whatever the page."""
    autre = EntretienFactory()
    base = "/espace/candidat"
    paire = autre.mise_en_relation
    assert client.get(f"{base}/propositions/{paire.uuid}/").status_code == 404
    assert client.post(f"{base}/propositions/{paire.uuid}/interet/").status_code == 404
    assert client.get(f"{base}/propositions/{paire.uuid}/decliner/").status_code == 404
    assert client.post(f"{base}/entretiens/{autre.uuid}/accepter/").status_code == 404
    assert client.get(f"{base}/entretiens/{autre.uuid}/agenda.ics").status_code == 404


def test_repondre_a_un_entretien(client, candidat):
    """R52: accept, take it into one's calendar, then say that one cannot come."""
    entretien = MiseEnRelationFactory(candidat=candidat, entretien=True).entretiens.get()
    base = f"/espace/candidat/entretiens/{entretien.uuid}"
    page = client.get(ESPACE).content.decode()
    assert "Accepter l’entretien" in page
    assert "vous propose un entretien : acceptez-le" in page
    client.post(f"{base}/accepter/")
    entretien.refresh_from_db()
    assert entretien.etat == EtatEntretien.ACCEPTE
    # Nothing is asked for again once answered.
    assert "Votre entretien est confirmé" in client.get(ESPACE).content.decode()
    agenda = client.get(f"{base}/agenda.ics")
    assert agenda["Content-Type"].startswith("text/calendar")
    assert b"STATUS:CONFIRMED" in agenda.content
    client.post(f"{base}/impossible/")
    entretien.refresh_from_db()
    assert entretien.etat == EtatEntretien.ANNULE


def test_modifier_son_profil(client, candidat):
    """R40: the present answers are shown, the new ones saved; a refusal loses nothing."""
    page = client.get("/espace/candidat/profil/").content.decode()
    assert 'value="Moulins (03000)"' in page
    assert "Vous aurez" in page
    assert client.post("/espace/candidat/profil/", reponses(commune="Vichy")).status_code == 302
    candidat.refresh_from_db()
    assert (candidat.commune.nom, candidat.diplome_nom) == ("Vichy", "Titre REMN")
    page = client.post("/espace/candidat/profil/", reponses(retraite="oui")).content.decode()
    assert "Les personnes retraitées ne peuvent pas" in page


@pytest.mark.parametrize(
    ("page", "etat"),
    [("suspendre", EtatCandidat.INDISPONIBLE), ("retrait", EtatCandidat.RETIRE)],
)
def test_changer_de_disponibilite_demande_confirmation(client, candidat, page, etat):
    """R51: never on GET."""
    adresse = f"/espace/candidat/{page}/"
    assert client.get(adresse).status_code == 200
    candidat.refresh_from_db()
    assert candidat.etat == EtatCandidat.DISPONIBLE
    assert client.post(adresse).status_code == 302
    candidat.refresh_from_db()
    assert candidat.etat == etat
    client.post("/espace/candidat/reprendre/")
    candidat.refresh_from_db()
    assert candidat.etat == EtatCandidat.DISPONIBLE


def test_redevenir_disponible_quand_l_age_est_passe_se_lit_sur_la_page(client, candidat):
    """R41: the refusal is a sentence, not an error."""
    Candidat.objects.update(etat=EtatCandidat.INDISPONIBLE, date_naissance=dt.date(1940, 1, 1))
    reponse = client.post("/espace/candidat/reprendre/")
    assert reponse.status_code == 200
    assert "Le dispositif est ouvert de 16 à 64 ans" in reponse.content.decode()


def test_demander_un_nouveau_lien_depuis_son_espace(client_de):
    candidat = CandidatFactory(a_confirmer=True)
    client = client_de(rattachement=rattachement_candidat(candidat))
    assert client.post("/espace/candidat/confirmation/").status_code == 302


def test_un_autre_role_n_entre_pas(client_de):
    for role in ("structure", "anct", "prefecture"):
        assert client_de(role).get(ESPACE).status_code == 403
    assert client_de("visiteur").get(ESPACE).status_code == 302


def test_les_requetes_ne_dependent_pas_du_nombre(client, candidat, django_assert_max_num_queries):
    def compter():
        with django_assert_max_num_queries(60) as requetes:
            client.get(ESPACE)
        return len(requetes)

    for _ in range(2):
        MiseEnRelationFactory(candidat=candidat, entretien=True)
    peu = compter()
    for _ in range(8):
        MiseEnRelationFactory(candidat=candidat, entretien=True, poste=PosteFactory())
    assert compter() == peu


def test_un_recrute_ne_modifie_plus_son_profil(client_de):
    """R54."""
    paire = MiseEnRelationFactory(recrutee=True)
    client = client_de(rattachement=rattachement_candidat(paire.candidat))
    assert client.get("/espace/candidat/profil/")["Location"] == ESPACE
    page = client.get(ESPACE).content.decode()
    assert "Votre recrutement est enregistré" in page
    assert "Je ne suis plus disponible" not in page
    assert timezone.localdate() == paire.recrutee_le
