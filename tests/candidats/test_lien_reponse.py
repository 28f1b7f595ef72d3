"""A candidate answers from the mail: signed link, a page that asks, never a change on reading (R51, R52)."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
import time_machine
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from candidats import actions, liens
from candidats.enums import EtatCandidat, EtatEntretien, EtatMiseEnRelation
from candidats.models import Entretien
from tests.candidats.factories import MiseEnRelationFactory, rattachement_candidat
from tests.candidats.outils import courriels
from tests.candidats.outils import liens as liens_du_courriel
from tests.structures.factories import acteur_de_structure

pytestmark = pytest.mark.django_db
_E = EtatMiseEnRelation


def adresse(paire, nom="repondre_lien"):
    return reverse(f"candidats:{nom}", args=[liens.signer_reponse(paire)])


def test_lire_ne_change_rien(client):
    """R51."""
    paire = MiseEnRelationFactory()
    page = client.get(adresse(paire)).content.decode()
    assert paire.poste.structure.nom in page and "Ce poste m’intéresse" in page
    # The page is for whoever holds the link: no contact data of the person.
    assert paire.candidat.utilisateur.email not in page
    paire.refresh_from_db()
    assert (paire.etat, paire.interet_candidat_le) == (_E.NOUVELLE, None)


def test_se_dire_interesse_puis_decliner(client):
    """R51: the reason is asked of who declines; signed by the person."""
    paire = MiseEnRelationFactory()
    assert "Choisissez une réponse" in client.post(adresse(paire), {}).content.decode()
    assert "sait que le poste vous intéresse" in client.post(adresse(paire), {"reponse": "interet"}).text
    paire.refresh_from_db()
    assert paire.interet_candidat_le is not None
    page = client.post(adresse(paire), {"reponse": "decliner"}).content.decode()
    assert "Choisissez une raison dans la liste." in page
    assert "Vous avez décliné" in client.post(adresse(paire), {"reponse": "decliner", "motif": "salaire"}).text
    paire.refresh_from_db()
    assert (paire.etat, paire.motif) == (_E.DECLINEE, "salaire")
    ligne = paire.history.first()
    assert (ligne.history_role, ligne.history_user_id) == ("candidat", paire.candidat.utilisateur_id)
    assert "n’attend plus de réponse" in client.get(adresse(paire)).content.decode()


def test_ne_plus_etre_disponible(client):
    """R51, hard case 18: what a structure decided stays."""
    paire = MiseEnRelationFactory(preselectionnee=True)
    assert "Votre profil n’est plus proposé" in client.post(adresse(paire), {"reponse": "plus-disponible"}).text
    paire.refresh_from_db()
    paire.candidat.refresh_from_db()
    assert (paire.etat, paire.candidat.etat) == (_E.PRESELECTIONNEE, EtatCandidat.INDISPONIBLE)
    # Said twice: the page says why nothing more happens.
    assert "Action impossible" in client.post(adresse(paire), {"reponse": "plus-disponible"}).content.decode()


def test_un_lien_d_ailleurs_n_ouvre_rien(client):
    """R51: another salt, another pair, an expired link: a sentence, and the space."""
    paire = MiseEnRelationFactory()
    for secret in (
        liens.signer(paire),
        liens.signer_reponse(paire)[:-1] + "x",
        signing.dumps([], salt=liens.SEL_REPONSE),
        signing.dumps("n’importe quoi", salt=liens.SEL_REPONSE),
        signing.dumps([uuid4().hex], salt=liens.SEL_REPONSE),
    ):
        for nom in ("repondre_lien", "creneaux_lien"):
            reponse = client.post(reverse(f"candidats:{nom}", args=[secret]), {"reponse": "interet"})
            assert reponse.status_code == 410 and "Connectez-vous" in reponse.content.decode()
    ancien = adresse(paire)
    with time_machine.travel(timezone.now() + liens.DUREE + dt.timedelta(days=1)):
        assert client.get(ancien).status_code == 410


def test_les_courriels_portent_le_lien(django_capture_on_commit_callbacks):
    """R51: proposed and shortlisted, the mail brings the link that answers."""
    paire = MiseEnRelationFactory()
    actions.preselectionner(acteur=acteur_de_structure(paire.poste.structure), mise_en_relation=paire)
    (lien,) = liens_du_courriel(courriels("preselection")[0], "/propositions/")
    assert lien.endswith("/repondre/")


# --- slots ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def paire():
    """Three slots are proposed."""
    paire = MiseEnRelationFactory(preselectionnee=True)
    debuts = [timezone.now() + dt.timedelta(days=jour) for jour in (1, 2, 3)]
    acteur = acteur_de_structure(paire.poste.structure)
    actions.inviter_entretien(acteur=acteur, mise_en_relation=paire, debuts=debuts, lieu="Mairie", message="À bientôt.")
    return paire


def test_choisir_un_creneau_depuis_le_courriel(client, paire):
    """R52: the link of the mail itself; then the same page lets the person say that they can no longer come."""
    (chemin,) = liens_du_courriel(courriels("entretien_propose")[0], "/propositions/")
    page = client.get(chemin).content.decode()
    assert page.count("45 minutes") == 3 and "Aucune de ces dates ne me convient" in page and "À bientôt." in page
    assert not paire.entretiens.exclude(etat=EtatEntretien.PROPOSE).exists()
    deuxieme = paire.entretiens.all()[1]
    page = client.post(chemin, {"choix": str(deuxieme.uuid), "mot": "Merci"}).content.decode()
    assert "Vous avez accepté l’entretien" in page
    deuxieme.refresh_from_db()
    assert (deuxieme.etat, deuxieme.mot) == (EtatEntretien.ACCEPTE, "Merci")
    # Sent twice, a choice stays a choice; another page kept open does not cancel it either.
    assert "Vous avez accepté l’entretien" in client.post(chemin, {"choix": str(deuxieme.uuid)}).content.decode()
    premier = paire.entretiens.first()
    assert "déjà choisi une date" in client.post(chemin, {"choix": str(premier.uuid)}).content.decode()
    deuxieme.refresh_from_db()
    assert deuxieme.etat == EtatEntretien.ACCEPTE
    assert "Je ne peux plus venir" in client.get(chemin).content.decode()
    assert (
        "elle peut proposer une autre date" in client.post(chemin, {"choix": "aucun", "mot": "Malade"}).content.decode()
    )
    assert not paire.entretiens.exclude(etat=EtatEntretien.ANNULE).exists()
    assert "Aucune date n’attend votre réponse" in client.get(chemin).content.decode()


def test_choisir_dans_son_espace(client_de, paire):
    """R52: the same answers, signed in; a slot of nobody, or gone by, cannot be chosen."""
    client = client_de(rattachement=rattachement_candidat(paire.candidat))
    proposition = f"/espace/candidat/propositions/{paire.uuid}/"
    page = client.get(proposition).content.decode()
    assert page.count("Choisir cette date") == 3 and "Aucune date ne me convient" in page
    choisir = f"{proposition}entretien/"
    premier = paire.entretiens.first()
    Entretien.objects.filter(pk=premier.pk).update(debut=timezone.now() - dt.timedelta(hours=1))
    for choix in (str(premier.uuid), "n’importe", ""):
        assert "fr-alert--error" in client.post(choisir, {"choix": choix}).content.decode()
    assert client.post(choisir, {"choix": "aucun", "mot": "Un autre jour"}).status_code == 302
    assert set(paire.entretiens.values_list("etat", flat=True)) == {EtatEntretien.ANNULE}
    assert client.get(choisir).status_code == 409
    # A button drawn before the other side changed its mind.
    assert client.post(f"/espace/candidat/entretiens/{premier.uuid}/accepter/").status_code == 409
