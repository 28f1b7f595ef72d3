"""One complete set of territory data in memory, whatever it comes from: the packaged CSV files or the official API.

Rows are plain tuples of named fields, so that 35,000 of them are read, checked and copied in a second.
"""

import csv
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from portal.commun import normalisation

from . import zones

DONNEES = Path(__file__).resolve().parent / "donnees"
FICHIERS = ("regions.csv", "departements.csv", "epci.csv", "communes.csv")
SEPARATEUR_CODES = " "


class LigneRegion(NamedTuple):
    code: str
    nom: str


class LigneDepartement(NamedTuple):
    code: str
    nom: str
    region: str


class LigneEpci(NamedTuple):
    code: str
    nom: str
    nature: str


class LigneCommune(NamedTuple):
    code: str
    nom: str
    departement: str
    epci: str | None
    population: int | None
    latitude: float | None
    longitude: float | None
    precision: str
    codes_postaux: tuple[str, ...]


@dataclass(frozen=True)
class Jeu:
    source: str
    empreinte: str
    regions: list[LigneRegion] = field(default_factory=list)
    departements: list[LigneDepartement] = field(default_factory=list)
    epcis: list[LigneEpci] = field(default_factory=list)
    communes: list[LigneCommune] = field(default_factory=list)


def empreinte_donnees(dossier=DONNEES):
    """Digest of the packaged files and of the code behind names and zones: a change of either means "load again"."""
    condense = hashlib.sha256()
    for chemin in (*(dossier / nom for nom in FICHIERS), Path(normalisation.__file__), Path(zones.__file__)):
        condense.update(chemin.read_bytes())
    return condense.hexdigest()


def lire_jeu(dossier=DONNEES):
    def lignes(nom):
        with (dossier / nom).open(encoding="utf-8", newline="") as fichier:
            lecteur = csv.reader(fichier)
            next(lecteur)
            yield from lecteur

    communes = [
        LigneCommune(
            code,
            nom,
            departement,
            epci or None,
            int(population) if population else None,
            float(latitude),
            float(longitude),
            precision,
            tuple(codes.split()),
        )
        for code, nom, departement, epci, population, latitude, longitude, precision, codes in lignes("communes.csv")
    ]
    return Jeu(
        source="paquets",
        empreinte=empreinte_donnees(dossier),
        regions=[LigneRegion(*ligne) for ligne in lignes("regions.csv")],
        departements=[LigneDepartement(*ligne) for ligne in lignes("departements.csv")],
        epcis=[LigneEpci(*ligne) for ligne in lignes("epci.csv")],
        communes=communes,
    )


def ecrire_jeu(jeu, dossier=DONNEES):
    """Same data, same bytes: rows sorted by code, `\\n` line ends, coordinates as they are."""

    def ecrire(nom, entete, lignes):
        with (dossier / nom).open("w", encoding="utf-8", newline="") as fichier:
            auteur = csv.writer(fichier, lineterminator="\n")
            auteur.writerow(entete)
            auteur.writerows(sorted(lignes))

    ecrire("regions.csv", LigneRegion._fields, jeu.regions)
    ecrire("departements.csv", LigneDepartement._fields, jeu.departements)
    ecrire("epci.csv", LigneEpci._fields, jeu.epcis)
    ecrire(
        "communes.csv",
        LigneCommune._fields,
        (
            (
                c.code,
                c.nom,
                c.departement,
                c.epci or "",
                "" if c.population is None else c.population,
                c.latitude,
                c.longitude,
                c.precision,
                SEPARATEUR_CODES.join(sorted(c.codes_postaux)),
            )
            for c in jeu.communes
        ),
    )
