"""Subsidy files in the administration: ANCT and support read where they stand, never who (R3, R112)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal.commun.roles import Role
from subventions import actions
from subventions.models import Dossier
from tests.subventions.factories import DossierFactory, acteur_du_dossier

pytestmark = pytest.mark.django_db
LISTE = "/admin/subventions/dossier/"


def adresse(dossier: Dossier, page: str = "change", *args) -> str:
    return reverse(f"admin:subventions_dossier_{page}", args=[dossier.uuid, *args])


@pytest.mark.parametrize("role", [Role.ANCT, Role.SUPPORT])
def test_l_anct_et_le_support_lisent_l_avancement_sans_identite_r112(client_de, role):
    dossier = DossierFactory(depose=True)
    client = client_de(role)
    agent = acteur_du_dossier(dossier)
    actions.marquer_lus(acteur=agent, dossier=dossier)
    Dossier.objects.get(pk=dossier.pk).save()
    pages = [client.get(LISTE), client.get(adresse(dossier)), client.get(adresse(dossier, "history"))]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert str(dossier.numero) in pages[0].content.decode()
    assert "À instruire" in pages[1].content.decode()
    for page in pages:
        contenu = page.content.decode()
        for secret in (dossier.president_nom, dossier.dgs_nom, dossier.iban, "1962", "1971"):
            assert secret not in contenu


def test_l_historique_dit_qu_une_identite_a_change_sans_la_montrer_r110_r112(client_de):
    dossier = DossierFactory()
    actions.completer_dossier(
        acteur=acteur_du_dossier(dossier),
        dossier=dossier,
        donnees={"president_nom": "Dominique Lefort", "iban": "FR7630006000011234567890189"},
    )
    contenu = client_de("anct").get(adresse(dossier, "history")).content.decode()
    assert "•••" in contenu
    assert "IBAN" in contenu
    assert "Dominique Lefort" not in contenu
    assert "FR76" not in contenu


def test_l_anct_dispense_de_l_annonce_r3(client_de):
    dossier = DossierFactory()
    client = client_de("anct")
    page = adresse(dossier, "verbe", "dispenser")
    assert page in client.get(adresse(dossier)).content.decode()
    assert "Remplissez ce champ" in client.post(page, {"motif": ""}).content.decode()
    assert client.post(page, {"motif": "Recrutement par mutation."}).status_code == 302
    dossier.refresh_from_db()
    assert dossier.annonce_dispense_motif == "Recrutement par mutation."
    assert page not in client.get(adresse(dossier)).content.decode()


def test_le_support_ne_dispense_pas_r3(client_de):
    dossier = DossierFactory()
    client = client_de("support")
    assert client.get(adresse(dossier, "verbe", "dispenser")).status_code == 403
    assert client.post(adresse(dossier, "verbe", "dispenser"), {"motif": "Non."}).status_code == 403


@pytest.mark.parametrize("role", [Role.PREFECTURE, Role.SGAR])
def test_les_autres_agents_ne_voient_pas_les_dossiers(client_de, role):
    dossier = DossierFactory(depose=True)
    client = client_de(role)
    assert client.get(LISTE).status_code == 403
    assert client.get(adresse(dossier)).status_code in (403, 404)


def test_la_liste_se_cherche_et_se_filtre(client_de):
    dossier, prive = DossierFactory(depose=True), DossierFactory(privee=True)
    client = client_de("anct")
    for parametres, attendu, absent in (
        ({"q": str(dossier.numero)}, dossier, prive),
        ({"q": prive.structure.siret}, prive, dossier),
        ({"etat": "depose"}, dossier, prive),
        ({"regime": "ami-prive-2021"}, prive, dossier),
    ):
        contenu = client.get(LISTE, parametres).content.decode()
        assert str(attendu.uuid) in contenu
        assert str(absent.uuid) not in contenu
