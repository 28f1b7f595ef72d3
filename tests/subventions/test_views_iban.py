"""R60, R112: an account number is read by four, whole only where it is compared with the bank slip."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.subventions.factories import IBAN, DossierFactory, membre_du_dossier

pytestmark = pytest.mark.django_db
GROUPE = "FR76 3000 6000 0112 3456 7890 189"


def lire(client, nom, dossier):
    return client.get(reverse(f"subventions:{nom}", args=[dossier.uuid])).content.decode().replace("\u00a0", " ")


def test_la_structure_le_relit_entier_avant_de_deposer_et_masque_ensuite(client_de):
    dossier = DossierFactory(complet=True)
    client = client_de(rattachement=membre_du_dossier(dossier))
    assert GROUPE in lire(client, "deposer", dossier)
    assert GROUPE in lire(client, "informations", dossier)
    page = lire(client, "dossier_structure", dossier)
    assert "FR76 •••• •••• 0189" in page
    for entier in (IBAN, GROUPE):
        assert entier not in page


def test_la_banque_des_territoires_le_compare_au_releve(client_de):
    assert GROUPE in lire(client_de("bdt"), "dossier_bdt", DossierFactory(depose=True))
