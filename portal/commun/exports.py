"""Lists as files for a spreadsheet, without letting what people typed become a formula."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.text import slugify
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

R = TypeVar("R", bound=HttpResponseBase)
DEBUT_DE_FORMULE = ("=", "+", "-", "@", "\t", "\r")
CARACTERES_INTERDITS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column: its title and its value, a function of the row or a path of attributes (`structure.nom`)."""

    titre: str
    valeur: Callable[[Any], Any] | str

    def lire(self, ligne: Any) -> Any:
        if callable(self.valeur):
            return self.valeur(ligne)
        for nom in self.valeur.split("."):
            if ligne is None:
                return None
            ligne = ligne[nom] if isinstance(ligne, dict) else getattr(ligne, nom)
            if callable(ligne):
                ligne = ligne()
        return ligne


def exporter(nom_fichier: str, colonnes: list[Colonne], lignes: Iterable[Any], *, format: str = "csv") -> HttpResponse:
    """The rows as a download, `csv` (French Excel: BOM, semicolons, decimal commas) or `xlsx`."""
    contenu = {"csv": _csv, "xlsx": _xlsx}[format](colonnes, lignes)
    return _telechargement(HttpResponse(contenu), nom_fichier, format)


def exporter_en_flux(
    nom_fichier: str, colonnes: list[Colonne], lignes: Iterable[Any], *, format: str = "csv"
) -> HttpResponse | StreamingHttpResponse:
    """The same for a long list: the rows of a CSV leave as they are read.

    An XLSX is a ZIP, whose directory comes last: it is written whole, row after row.
    """
    if format != "csv":
        return exporter(nom_fichier, colonnes, lignes, format=format)
    return _telechargement(StreamingHttpResponse(_csv_en_flux(colonnes, lignes)), nom_fichier, format)


def _telechargement(reponse: R, nom_fichier: str, format: str) -> R:
    reponse["Content-Type"] = TYPES[format]
    reponse["Content-Disposition"] = f'attachment; filename="{slugify(nom_fichier) or "export"}.{format}"'
    reponse["Cache-Control"] = "no-store"
    reponse["X-Content-Type-Options"] = "nosniff"
    return reponse


class _Ligne:
    """What `csv.writer` writes in: gives each line back."""

    def write(self, texte: str) -> bytes:
        return texte.encode("utf-8")


def _csv_en_flux(colonnes: list[Colonne], lignes: Iterable[Any]) -> Iterator[bytes]:
    ecrivain = csv.writer(_Ligne(), delimiter=";", lineterminator="\r\n")
    yield codecs.BOM_UTF8
    yield ecrivain.writerow([_inoffensif(colonne.titre) for colonne in colonnes])
    for ligne in lignes:
        yield ecrivain.writerow([_texte(colonne.lire(ligne)) for colonne in colonnes])


def _csv(colonnes: list[Colonne], lignes: Iterable[Any]) -> bytes:
    return b"".join(_csv_en_flux(colonnes, lignes))


def _texte(valeur: Any) -> str:
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return "Oui" if valeur else "Non"
    if isinstance(valeur, datetime):
        return f"{_local(valeur):%d/%m/%Y %H:%M}"
    if isinstance(valeur, date):
        return f"{valeur:%d/%m/%Y}"
    if isinstance(valeur, (Decimal, float)):
        return str(valeur).replace(".", ",")
    if isinstance(valeur, int):
        return str(valeur)
    return _inoffensif(str(valeur))


def _inoffensif(texte: str) -> str:
    """A text that a spreadsheet would run is shown as a text: an apostrophe comes first."""
    texte = CARACTERES_INTERDITS.sub("", texte)
    return f"'{texte}" if texte.lstrip(" ").startswith(DEBUT_DE_FORMULE) else texte


def _local(instant: datetime) -> datetime:
    return timezone.localtime(instant).replace(tzinfo=None) if timezone.is_aware(instant) else instant


def _xlsx(colonnes: list[Colonne], lignes: Iterable[Any]) -> bytes:
    classeur = Workbook(write_only=True)
    feuille = classeur.create_sheet("Export")
    feuille.freeze_panes = "A2"
    for rang, colonne in enumerate(colonnes, start=1):
        feuille.column_dimensions[get_column_letter(rang)].width = min(60, max(12, len(colonne.titre) + 2))
    feuille.append([_cellule(feuille, colonne.titre, gras=True) for colonne in colonnes])
    for ligne in lignes:
        feuille.append([_cellule(feuille, colonne.lire(ligne)) for colonne in colonnes])
    tampon = io.BytesIO()
    classeur.save(tampon)
    return tampon.getvalue()


def _cellule(feuille: Any, valeur: Any, *, gras: bool = False) -> WriteOnlyCell:
    if isinstance(valeur, bool):
        valeur = "Oui" if valeur else "Non"
    elif isinstance(valeur, datetime):
        valeur = _local(valeur)
    elif valeur is not None and not isinstance(valeur, (int, float, Decimal, date)):
        valeur = CARACTERES_INTERDITS.sub("", str(valeur))
    cellule = WriteOnlyCell(feuille, value=valeur)
    if isinstance(valeur, str):
        # A text stays a text, even when it starts with an equals sign.
        cellule.data_type = "s"
    if isinstance(valeur, datetime):
        cellule.number_format = "dd/mm/yyyy hh:mm"
    elif isinstance(valeur, date):
        cellule.number_format = "dd/mm/yyyy"
    elif isinstance(valeur, Decimal):
        cellule.number_format = "#,##0.00"
    if gras:
        cellule.font = Font(bold=True)
    return cellule
