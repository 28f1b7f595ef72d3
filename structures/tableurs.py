"""Read the spreadsheets that people send back, CSV or XLSX, whatever program and encoding wrote them (hard case 23).

What concerns the whole file is refused at once; what concerns one line is left to who knows what the line means.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from openpyxl import load_workbook

from portal.commun.erreurs import RegleNonRespectee
from portal.commun.exports import DEBUT_DE_FORMULE
from portal.commun.formulaires import texte_propre
from portal.commun.normalisation import normaliser

TAILLE_MAX = 10 * 1024 * 1024
TAILLE_DEPLIEE_MAX = 100 * 1024 * 1024
LIGNES_MAX = 60_000
COLONNES_MAX = 200
# Formatted but empty lines below the data: nobody leaves that many between two lines that count.
VIDES_MAX = 2_000
# Accents read in another encoding than the one they were written in: UTF-8 or MS-DOS read as Windows.
ILLISIBLE = re.compile("\ufffd|Ã[\u0080-\u00bf]|â€|[a-z][‚ˆŠ‡][a-z]")
ENREGISTRER = "Enregistrez-le au format « CSV UTF-8 » ou « Classeur Excel (.xlsx) », puis déposez-le de nouveau."


@dataclass(frozen=True, slots=True)
class Ligne:
    """One line: its number as the spreadsheet shows it, its cells by column key; `""` for what is empty."""

    numero: int
    cellules: Mapping[str, str]
    deborde: bool = False

    def __getitem__(self, cle: str) -> str:
        return self.cellules.get(cle, "")

    @property
    def illisible(self) -> bool:
        return any(ILLISIBLE.search(texte) for texte in self.cellules.values())


def lire_tableur(
    contenu: bytes, colonnes: Mapping[str, Iterable[str]], obligatoires: Iterable[str], *, regle: str
) -> list[Ligne]:
    """The lines that hold something. `colonnes`: key → the titles that name it, whatever their case and accents.

    Raises `RegleNonRespectee(regle, …, "fichier")` when the file is not a spreadsheet, or lacks a column.
    """
    try:
        rangees = _rangees(contenu)
        titres = next(rangees, None)
        if titres is None:
            raise _Refus("Ce fichier est vide. Choisissez-en un autre.")
        places = _places(titres[1], colonnes, list(obligatoires))
        lignes = list(islice(_lignes(rangees, places, len(titres[1])), LIGNES_MAX + 1))
    except _Refus as refus:
        raise RegleNonRespectee(regle, str(refus), "fichier") from refus.__cause__
    if len(lignes) > LIGNES_MAX:
        raise RegleNonRespectee(regle, f"Ce fichier a plus de {LIGNES_MAX} lignes : partagez-le.", "fichier")
    if not lignes:
        raise RegleNonRespectee(regle, "Ce fichier n’a que ses titres de colonnes : aucune ligne à lire.", "fichier")
    return lignes


class _Refus(Exception):
    """Why a file is refused, in French."""


def _lignes(rangees: Iterator[tuple[int, list[str]]], places: dict[int, str], largeur: int) -> Iterator[Ligne]:
    for numero, cellules in rangees:
        lues = {cle: cellules[place] for place, cle in places.items() if place < len(cellules)}
        deborde = any(cellules[largeur:])
        if deborde or any(cellules):
            yield Ligne(numero, lues, deborde)


def _places(titres: list[str], colonnes: Mapping[str, Iterable[str]], obligatoires: list[str]) -> dict[int, str]:
    connus = {normaliser(titre): cle for cle, noms in colonnes.items() for titre in noms}
    places: dict[int, str] = {}
    for place, titre in enumerate(titres):
        cle = connus.get(normaliser(titre))
        if cle is None:
            continue
        if cle in places.values():
            raise _Refus(f"La colonne « {titre} » est présente deux fois : gardez-en une.")
        places[place] = cle
    manquantes = [f"« {next(iter(colonnes[cle]))} »" for cle in obligatoires if cle not in places.values()]
    if manquantes:
        s, verbe = ("s", "manquent") if len(manquantes) > 1 else ("", "manque")
        raise _Refus(
            f"Colonne{s} qui {verbe} : {', '.join(manquantes)}. Les titres sont sur la première ligne. "
            f"Si des accents s’affichent mal, le fichier est dans un autre encodage. {ENREGISTRER}"
        )
    return places


def _rangees(contenu: bytes) -> Iterator[tuple[int, list[str]]]:
    if not contenu:
        raise _Refus("Ce fichier est vide. Choisissez-en un autre.")
    if len(contenu) > TAILLE_MAX:
        raise _Refus(f"Ce fichier est trop lourd : {TAILLE_MAX // 1024**2} Mo au plus.")
    if contenu.startswith(b"PK"):
        return _xlsx(contenu)
    if contenu.startswith(b"\xd0\xcf\x11\xe0"):
        raise _Refus(f"Ce fichier est un ancien classeur Excel (.xls), ou il est protégé. {ENREGISTRER}")
    return _csv(_decoder(contenu))


# --- CSV ------------------------------------------------------------------------------------------------------------


def _decoder(contenu: bytes) -> str:
    """UTF-8, with or without its mark, « texte Unicode » of Excel, or Windows: the four that offices write."""
    if contenu.startswith((b"\xff\xfe", b"\xfe\xff")):
        essais = ("utf-16",)
    else:
        if b"\x00" in contenu or contenu.startswith(b"%PDF"):
            raise _Refus(f"Ce fichier n’est pas un tableau. {ENREGISTRER}")
        essais = ("utf-8-sig", "cp1252")
    for encodage in essais:
        try:
            return contenu.decode(encodage)
        except UnicodeDecodeError:
            continue
    raise _Refus(f"L’encodage de ce fichier n’est pas reconnu. {ENREGISTRER}")


def _csv(texte: str) -> Iterator[tuple[int, list[str]]]:
    debut, _, suite = texte.partition("\n")
    decalage = 0
    if debut.strip().lower().startswith("sep="):
        texte, debut, decalage = suite, suite.partition("\n")[0], 1
    hors_guillemets = re.sub(r'"[^"]*"?', "", debut)
    separateur = max(";,\t", key=hors_guillemets.count)
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur, strict=True)
    numero = decalage
    try:
        for cellules in lecteur:
            numero += 1
            if len(cellules) > COLONNES_MAX:
                raise _Refus(f"La ligne {numero} compte plus de {COLONNES_MAX} cellules : ce n’est pas le bon tableau.")
            yield numero, [_propre(cellule) for cellule in cellules]
    except csv.Error as erreur:
        raise _Refus(
            f"La ligne {numero + 1} ne peut pas être lue : un guillemet est mal fermé ou une cellule est trop longue."
        ) from erreur


# --- XLSX -----------------------------------------------------------------------------------------------------------


def _xlsx(contenu: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
            if sum(membre.file_size for membre in archive.infolist()) > TAILLE_DEPLIEE_MAX:
                raise _Refus("Ce classeur est trop lourd une fois ouvert : gardez la feuille utile seulement.")
            if "xl/workbook.xml" not in archive.namelist():
                raise _Refus(f"Ce fichier n’est pas un classeur Excel. {ENREGISTRER}")
        with warnings.catch_warnings():
            # Styles and validations that the library does not know: only the values are read.
            warnings.simplefilter("ignore")
            classeur = load_workbook(io.BytesIO(contenu), read_only=True, data_only=True, keep_links=False)
            yield from _feuille(classeur.worksheets[0])
    except _Refus:
        raise
    # A broken or hostile workbook makes the library fail in many ways: all of them mean the same for the person.
    except Exception as erreur:
        raise _Refus(f"Ce classeur est abîmé et ne peut pas être lu. {ENREGISTRER}") from erreur


def _feuille(feuille: Any) -> Iterator[tuple[int, list[str]]]:
    feuille.reset_dimensions()
    vides = 0
    for numero, valeurs in enumerate(feuille.iter_rows(values_only=True), start=1):
        cellules = [_texte(valeur) for valeur in valeurs[:COLONNES_MAX]]
        vides = 0 if any(cellules) else vides + 1
        if vides > VIDES_MAX:
            return
        yield numero, cellules


def _texte(valeur: Any) -> str:
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return "Oui" if valeur else "Non"
    if isinstance(valeur, float) and valeur.is_integer():
        return str(int(valeur))
    if isinstance(valeur, datetime):
        return f"{valeur:%d/%m/%Y %H:%M}"
    if isinstance(valeur, date):
        return f"{valeur:%d/%m/%Y}"
    return _propre(str(valeur))


def _propre(cellule: str) -> str:
    """The cell without what is not seen, and without the apostrophe that our exports put before a formula."""
    texte = texte_propre(cellule).replace("\r", "\n").strip()
    if texte.startswith("'") and texte[1:].lstrip(" ").startswith(DEBUT_DE_FORMULE):
        return texte[1:]
    return texte
