"""R112: who reads a signed contract and an agreement, and what their files say of themselves (R63)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal.commun.models import LectureDocument
from portal.commun.roles import Role
from portal.comptes.models import Rattachement
from tests.candidats.factories import CandidatFactory, rattachement_candidat
from tests.comptes.factories import RattachementFactory
from tests.subventions.factories import membre_du_dossier
from tests.subventions.factories_contrats import ContratFactory, ConventionFactory

pytestmark = pytest.mark.django_db


def lire(client, document):
    return client.get(reverse("commun:document", args=[document.uuid])).status_code


def personne(contrat):
    return Rattachement.objects.get(utilisateur=contrat.candidat.utilisateur, role=Role.CANDIDAT)


def test_contrat_signe(client_de):
    """R112: the structure, BdT and the person; each reading is kept."""
    contrat = ContratFactory(signe=True)
    for qui in (
        client_de(rattachement=membre_du_dossier(contrat.dossier)),
        client_de("bdt"),
        client_de(rattachement=personne(contrat)),
    ):
        assert lire(qui, contrat.document) == 200
    assert LectureDocument.objects.filter(document=contrat.document).count() == 3


def test_contrat_ferme_aux_autres(client_de, client):
    contrat = ContratFactory(signe=True)
    autres = [client_de(role) for role in ("anct", "prefecture", "sgar", "organisme", "hub")]
    autres += [
        client_de(rattachement=RattachementFactory()),
        client_de(rattachement=rattachement_candidat(CandidatFactory())),
        client,
    ]
    for qui in autres:
        assert lire(qui, contrat.document) == 404
    assert not LectureDocument.objects.exists()


def test_convention(client_de):
    """R63: the structure, BdT and ANCT, even once it is withdrawn."""
    for convention in (ConventionFactory(), ConventionFactory(annulee=True)):
        for qui in (
            client_de(rattachement=membre_du_dossier(convention.dossier)),
            client_de("bdt"),
            client_de("anct"),
        ):
            assert lire(qui, convention.document) == 200


def test_convention_fermee_aux_autres(client_de, client):
    convention = ConventionFactory(signee=True)
    autres = [client_de(role) for role in ("prefecture", "sgar", "organisme", "candidat", "hub")]
    autres += [client_de(rattachement=RattachementFactory()), client]
    autres.append(client_de(rattachement=personne(convention.dossier.contrat)))
    for qui in autres:
        assert lire(qui, convention.document) == 404
