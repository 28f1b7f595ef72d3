"""The candidate's tab « Ma formation » (R81 to R84)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from formation.enums import EtatInscription
from portal.commun.roles import Role
from portal.comptes.models import Rattachement
from subventions.models import Dossier
from tests.formation.factories import (
    InscriptionFactory,
    PositionnementFactory,
    PriseDeContactFactory,
    SessionFactory,
    avec_contrat_signe,
    dans,
)
from tests.subventions.factories import DossierFactory

pytestmark = pytest.mark.django_db

MA_FORMATION = "/espace/candidat/formation/"


@pytest.fixture
def entrer(client_de):
    def faire(dossier: Dossier):
        personne = dossier.mise_en_relation.candidat.utilisateur
        return client_de(rattachement=Rattachement.objects.get(utilisateur=personne, role=Role.CANDIDAT))

    return faire


def lire(client) -> str:
    return client.get(MA_FORMATION).content.decode()


def test_sans_validation_la_page_dit_quoi_attendre(client_de):
    assert "quand une structure aura validé votre candidature" in lire(client_de(Role.CANDIDAT))


def test_avant_le_contact(entrer):
    dossier = DossierFactory()
    corps = lire(entrer(dossier))
    assert dossier.structure.nom in corps and "Contact à prendre" in corps


def test_les_coordonnees_de_l_organisme_en_contact_r80(entrer):
    contact = PriseDeContactFactory()
    corps = lire(entrer(contact.dossier))
    assert contact.organisme.courriel in corps
    # The message of the structure is between it and the body.
    assert contact.message not in corps


def test_le_creneau_du_test_et_son_agenda_r81(entrer):
    test = PositionnementFactory()
    client = entrer(test.dossier)
    adresse = reverse("formation:agenda_candidat", args=[test.uuid])
    corps = lire(client)
    assert adresse in corps and test.lieu in corps and "Qui doit agir : Vous" in corps
    assert b"BEGIN:VCALENDAR" in client.get(adresse).content


def test_le_resultat_r81(entrer):
    test = PositionnementFactory(passe=True, heures=105, commentaire="Très bon niveau.")
    corps = lire(entrer(test.dossier))
    assert "105 heures de formation" in corps and "un jour par semaine" in corps and "Très bon niveau." in corps


def test_la_session_et_le_depart_r82_r83(entrer):
    session = SessionFactory(commencee=True)
    inscription = InscriptionFactory(
        dossier=DossierFactory(conforme=True), session=session, etat=EtatInscription.PARTIE, depart_le=dans(-3)
    )
    Dossier.objects.filter(pk=inscription.dossier_id).update(depart_formation_le=dans(-3))
    avec_contrat_signe(Dossier.objects.get(pk=inscription.dossier_id))
    corps = lire(entrer(inscription.dossier))
    assert "En formation" in corps and session.organisme.nom in corps and "12 rue des Écoles" in corps


def test_la_dispense_r84(entrer):
    test = PositionnementFactory(dispense=True)
    corps = lire(entrer(test.dossier))
    assert "Dispense de formation" in corps and reverse("commun:document", args=[test.justificatif.uuid]) in corps
    # Somebody exempted without a slot has no calendar file.
    type(test).objects.filter(pk=test.pk).update(creneau=None)
    assert entrer(test.dossier).get(reverse("formation:agenda_candidat", args=[test.uuid])).status_code == 404


def test_le_test_d_un_autre_404(entrer):
    test = PositionnementFactory()
    autre = entrer(DossierFactory())
    assert autre.get(reverse("formation:agenda_candidat", args=[test.uuid])).status_code == 404


@pytest.mark.parametrize("role", [Role.STRUCTURE, Role.ORGANISME, Role.BDT, Role.ANCT])
def test_les_autres_roles_n_entrent_pas(client_de, role):
    assert client_de(role).get(MA_FORMATION).status_code == 403
