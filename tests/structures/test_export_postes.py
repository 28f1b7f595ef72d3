"""A structure downloads its own posts, each with where it stands (DOMAIN §2 and §3)."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tests.structures.factories import LieuExerciceFactory, PosteFactory, StructureFactory, lieu, membre

pytestmark = pytest.mark.django_db


@pytest.fixture
def structure():
    return StructureFactory(nom="Commune de Moulins")


@pytest.fixture
def client_structure(client_de, structure):
    return client_de(rattachement=membre(structure))


def adresse(format):
    return reverse("structures:exporter_postes", args=[format])


def lignes_csv(client):
    reponse = client.get(adresse("csv"))
    assert reponse["Content-Disposition"] == 'attachment; filename="mes-postes.csv"'
    return list(csv.DictReader(io.StringIO(reponse.content.decode("utf-8-sig")), delimiter=";"))


def test_tous_ses_postes_et_eux_seuls(client_structure, structure):
    """§2: those that ended too; never those of another structure."""
    mediatheque = LieuExerciceFactory(structure=structure, nom="Médiathèque", commune=lieu("03310"))
    libre = PosteFactory(structure=structure, lieux=[mediatheque])
    rendu = PosteFactory(structure=structure, campagne=libre.campagne, rendu=True, motif_fin="=1+1, sans budget")
    PosteFactory()
    premiere, seconde = lignes_csv(client_structure)
    assert [premiere["Numéro"], seconde["Numéro"]] == [str(libre.numero), str(rendu.numero)]
    assert premiere["État"] == "À pourvoir" and premiere["Étape"] == "Propositions de candidats"
    assert premiere["Prochaine action"] and premiere["À faire par"]
    assert premiere["Lieux d’exercice"] == "Médiathèque (Vichy)"
    assert premiere["À pourvoir avant le"] == f"{libre.echeance_recrutement:%d/%m/%Y}"
    assert (seconde["Étape"], seconde["Prochaine action"], seconde["En retard"]) == ("", "", "Non")
    # What somebody typed never runs in a spreadsheet.
    assert seconde["Motif de la restitution ou du retrait"] == "'=1+1, sans budget"


def test_le_classeur_dit_la_meme_chose(client_structure, structure):
    poste = PosteFactory(structure=structure)
    feuille = load_workbook(io.BytesIO(client_structure.get(adresse("xlsx")).content)).active
    titres, ligne = list(feuille.iter_rows(values_only=True))
    assert titres[0] == "Numéro" and ligne[0] == poste.numero
    assert client_structure.get(adresse("pdf")).status_code == 404


def test_la_page_propose_les_deux_fichiers(client_structure, structure):
    """Only when there is something in them."""
    page = client_structure.get(reverse("structures:espace")).content.decode()
    assert adresse("csv") not in page
    PosteFactory(structure=structure)
    page = client_structure.get(reverse("structures:espace")).content.decode()
    assert adresse("csv") in page and adresse("xlsx") in page


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_postes(client_structure, structure):
    def requetes():
        with CaptureQueriesContext(connection) as contexte:
            client_structure.get(adresse("csv"))
        return len(contexte)

    premier = PosteFactory(structure=structure, lieux=[LieuExerciceFactory(structure=structure)])
    avant = requetes()
    for _ in range(5):
        PosteFactory(structure=structure, campagne=premier.campagne, lieux=[LieuExerciceFactory(structure=structure)])
    assert requetes() == avant
