"""The packaged data once in the database (ARCHITECTURE §5; hard cases 12 to 14)."""

import re
from collections import Counter

import pytest
from django.db.models import Count

from portal.territoires.enums import Precision
from portal.territoires.jeu import DONNEES, ecrire_jeu, lire_jeu
from portal.territoires.models import CodePostal, Commune, Departement, Epci, Region
from portal.territoires.zones import zone_du_departement

pytestmark = pytest.mark.django_db

OUTRE_MER = {
    "971": 32,
    "972": 34,
    "973": 22,
    "974": 24,
    "976": 17,
    "975": 2,
    "977": 1,
    "978": 1,
    "984": 5,
    "986": 3,
    "987": 48,
    "988": 33,
    "989": 1,
}


def test_nombres_officiels():
    assert Commune.objects.actuelles().count() == 34_969
    assert Epci.objects.count() == 1_255
    assert Departement.objects.count() == 109
    assert Region.objects.count() == 26
    par_departement = Counter(Commune.objects.values_list("departement", flat=True))
    assert {code: par_departement[code] for code in OUTRE_MER} == OUTRE_MER
    assert sum(nombre for code, nombre in par_departement.items() if code not in OUTRE_MER) == 34_746


def test_quatre_communes_sans_epci_en_metropole():
    """Four islands have none; overseas, the collectivities have none either."""
    sans = Commune.objects.filter(epci=None, zone="metropole").values_list("code", flat=True)
    assert set(sans) == {"22016", "29083", "29155", "85113"}


def test_toute_commune_a_un_point_dans_son_territoire():
    boites = {
        "metropole": (41.3, 51.2, -5.3, 8.3),
        "corse": (41.3, 43.1, 8.5, 9.6),
        "971": (15.8, 16.6, -61.9, -60.9),
        "972": (14.3, 15.0, -61.3, -60.8),
        "973": (2.1, 5.8, -54.7, -51.6),
        "974": (-21.5, -20.8, 55.2, 55.9),
        "975": (46.7, 47.2, -56.5, -56.1),
        "976": (-13.1, -12.6, 45.0, 45.4),
        "977": (17.8, 18.0, -63.0, -62.7),
        "978": (18.0, 18.2, -63.2, -63.0),
        "984": (-67.0, -11.0, 42.0, 141.0),
        "986": (-14.5, -13.1, -178.3, -176.0),
        "987": (-28.0, -7.8, -155.0, -134.0),
        "988": (-23.0, -18.0, 158.0, 169.0),
        "989": (10.2, 10.4, -109.3, -109.1),
    }
    dehors = [
        (code, latitude, longitude)
        for code, zone, latitude, longitude in Commune.objects.values_list("code", "zone", "latitude", "longitude")
        if not (boites[zone][0] <= latitude <= boites[zone][1] and boites[zone][2] <= longitude <= boites[zone][3])
    ]
    assert dehors == []


def test_precision_annoncee_dans_la_documentation():
    """The figures of docs/territoires.md: change them together."""
    nombres = dict(Commune.objects.order_by().values_list("precision").annotate(Count("pk")))
    assert nombres == {
        Precision.COMMUNE: 8_282,
        Precision.DELEGUEE: 273,
        Precision.CONSTANTE: 45,
        Precision.POSTAL: 20_263,
        Precision.EPCI: 5_636,
        Precision.DEPARTEMENT: 470,
    }


@pytest.mark.parametrize(
    ("code", "nom", "departement", "zone", "codes_postaux"),
    [
        ("97801", "Saint-Martin", "978", "978", ["97150"]),
        ("97701", "Saint-Barthélemy", "977", "977", ["97133"]),
        ("2A004", "Ajaccio", "2A", "corse", ["20000", "20090", "20167"]),
        ("2B033", "Bastia", "2B", "corse", ["20200", "20600"]),
        ("97502", "Saint-Pierre", "975", "975", ["97500"]),
        ("97416", "Saint-Pierre", "974", "974", ["97410", "97432"]),
        # Reached by a postal code of another département: Saint-Pierre-Laval is in the Allier.
        ("03250", "Saint-Pierre-Laval", "03", "metropole", ["42620"]),
        ("94038", "L'Haÿ-les-Roses", "94", "metropole", ["94240"]),
    ],
)
def test_le_departement_vient_du_code_insee(code, nom, departement, zone, codes_postaux):
    """Hard cases 13 and 14: never from the postal code."""
    commune = Commune.objects.get(pk=code)
    assert (commune.nom, commune.departement_id, commune.zone) == (nom, departement, zone)
    assert commune.liste_codes_postaux == codes_postaux


def test_un_code_postal_couvre_plusieurs_communes_et_inversement():
    """Hard case 12."""
    assert CodePostal.objects.filter(code="51300").count() == 46
    assert CodePostal.objects.filter(commune="75056").count() == 21
    assert set(Commune.objects.filter(codes_postaux=None).values_list("departement", flat=True)) == {"984"}


def test_zones_r46():
    """R46: no pair crosses the sea; each overseas territory is a zone, so is Corsica."""
    assert set(Departement.objects.values_list("zone", flat=True)) == {"metropole", "corse", *OUTRE_MER}
    assert {zone_du_departement(code) for code in ("2A", "2B")} == {"corse"}
    assert zone_du_departement("971") != zone_du_departement("972")
    for code, zone in Departement.objects.values_list("code", "zone"):
        assert zone == zone_du_departement(code)


def test_aucun_code_postal_a_cheval_sur_la_mer():
    assert not (
        CodePostal.objects.values("code").annotate(zones=Count("commune__zone", distinct=True)).filter(zones__gt=1)
    )


def test_les_villes_sont_a_leur_place():
    for code, latitude, longitude in [("75056", 48.85, 2.35), ("13055", 43.30, 5.40), ("03190", 46.57, 3.33)]:
        commune = Commune.objects.get(pk=code)
        assert commune.precision == Precision.COMMUNE
        assert (commune.latitude, commune.longitude) == pytest.approx((latitude, longitude), abs=0.1)


def test_les_fichiers_sont_reproductibles(tmp_path):
    ecrire_jeu(lire_jeu(), tmp_path)
    for fichier in tmp_path.iterdir():
        assert fichier.read_bytes() == (DONNEES / fichier.name).read_bytes()
    assert sum(f.stat().st_size for f in DONNEES.iterdir()) < 3_000_000


def test_libelles():
    assert Commune.objects.get(pk="03190").libelle == "Moulins (03000)"
    assert Commune.objects.get(pk="03190").libelle_complet == "Moulins (Allier) – 03000"
    assert Commune.objects.get(pk="75056").libelle_complet == "Paris (Paris) – 75001, 75002, 75003…"
    assert Commune.objects.get(pk="98412").libelle == "Archipel des Kerguelen (98412)"


def test_un_libelle_designe_une_seule_commune():
    """A label ends with five figures between brackets: only communes of one name may share theirs, and are read."""
    noms = Commune.objects.order_by().values("nom").annotate(nombre=Count("pk")).filter(nombre__gt=1)
    communes = list(Commune.objects.avec_libelle().filter(nom__in=noms.values("nom")))
    assert len(communes) > 2_000
    assert all(re.fullmatch(r"\(\w{5}\)", commune.libelle.removeprefix(f"{commune.nom} ")) for commune in communes)
    libelles = Counter(commune.libelle for commune in communes)
    assert [libelle for libelle, nombre in libelles.items() if nombre > 1] == []
