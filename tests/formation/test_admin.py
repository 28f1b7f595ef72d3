"""Training in the administration: ANCT keeps bodies and lots, support reads, nobody else enters (R80)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from formation.models import Lot, Organisme
from portal.commun.roles import Role
from tests.formation.factories import InscriptionFactory, OrganismeFactory, SessionFactory
from tests.structures.factories import lieu

pytestmark = pytest.mark.django_db

LISTES = [
    "admin:formation_organisme_changelist",
    "admin:formation_lot_changelist",
    "admin:formation_sessionformation_changelist",
]


@pytest.mark.parametrize("role", [Role.ANCT, Role.SUPPORT])
@pytest.mark.parametrize("nom", LISTES)
def test_l_anct_et_le_support_lisent(client_de, role, nom):
    InscriptionFactory()
    assert client_de(role).get(reverse(nom)).status_code == 200


@pytest.mark.parametrize("role", [Role.PREFECTURE, Role.SGAR])
@pytest.mark.parametrize("nom", LISTES)
def test_les_autres_n_entrent_pas(client_de, role, nom):
    assert client_de(role).get(reverse(nom)).status_code == 403


def test_les_fiches_se_lisent_sans_nommer_personne_r112(client_de):
    inscription = InscriptionFactory()
    session, organisme = inscription.session, inscription.session.organisme
    anct = client_de(Role.ANCT)
    fiche = anct.get(reverse("admin:formation_organisme_change", args=[organisme.uuid])).content.decode()
    assert organisme.courriel in fiche and "Lot" in fiche
    assert anct.get(reverse("admin:formation_lot_change", args=[organisme.lots.get().uuid])).status_code == 200
    page = anct.get(reverse("admin:formation_sessionformation_change", args=[session.uuid])).content.decode()
    personne = inscription.dossier.mise_en_relation.candidat.utilisateur.nom_complet
    assert "1 sur 12" in " ".join(page.split()) and personne not in page


def test_creer_un_organisme_puis_son_lot_r80(client_de):
    region, anct = lieu().region, client_de(Role.ANCT)
    adresse = reverse("admin:formation_organisme_add")
    assert "Remplissez ce champ" in anct.post(adresse, {"nom": "Centre"}).content.decode()
    anct.post(adresse, {"nom": "Centre", "courriel": "centre@exemple.fr", "telephone": "04 70 11 22 33"})
    organisme = Organisme.objects.get(nom="Centre")
    assert organisme.telephone == "0470112233"
    lot = reverse("admin:formation_organisme_verbe", args=[organisme.uuid, "lot"])
    assert anct.get(lot).status_code == 200
    refus = anct.post(lot, {"nom": "Lot 1", "modalite": "presentiel"}).content.decode()
    assert "Choisissez les régions du lot." in refus and "Lot 1" in refus
    anct.post(lot, {"nom": "Lot 1", "modalite": "presentiel", "regions": [region.pk]})
    assert list(Lot.objects.get().regions.all()) == [region]


def test_modifier_un_organisme_et_un_lot_r80(client_de):
    organisme, anct = OrganismeFactory(), client_de(Role.ANCT)
    adresse = reverse("admin:formation_organisme_verbe", args=[organisme.uuid, "modifier"])
    assert organisme.courriel in anct.get(adresse).content.decode()
    anct.post(adresse, {"nom": organisme.nom, "courriel": "nouveau@exemple.fr"})
    assert Organisme.objects.get().courriel == "nouveau@exemple.fr"
    lot = organisme.lots.get()
    adresse = reverse("admin:formation_lot_verbe", args=[lot.uuid, "modifier"])
    assert "checked" in anct.get(adresse).content.decode()
    anct.post(adresse, {"nom": "Autre nom", "modalite": "presentiel", "regions": [lieu().region_id]})
    assert Lot.objects.get().nom == "Autre nom"


def test_le_support_ne_change_rien(client_de):
    organisme, support = OrganismeFactory(), client_de(Role.SUPPORT)
    assert support.get(reverse("admin:formation_organisme_add")).status_code == 403
    adresse = reverse("admin:formation_organisme_verbe", args=[organisme.uuid, "modifier"])
    assert support.post(adresse, {"nom": "X", "courriel": "x@exemple.fr"}).status_code == 403
    session = SessionFactory()
    assert support.post(reverse("admin:formation_sessionformation_change", args=[session.uuid])).status_code == 403
