"""`importer_avis FICHIER`: the spreadsheet of opinions that a prefecture sends back (INTERFACES, R25)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from portal.commun.acteurs import Acteur
from structures.actions import importer_avis
from structures.bilan import Bilan
from structures.commandes import CommandeImport
from structures.lecture_avis import lire_avis


class Command(CommandeImport):
    help = "Importe les avis d’un tableau CSV ou XLSX, tous ou aucun ; les erreurs sont dites ligne par ligne."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--departement", action="append", help="n’accepter que ce département, 03 par exemple (répétable)"
        )

    def verifier(self, contenu: bytes, options: dict[str, Any]) -> Bilan:
        return lire_avis(Acteur.systeme(), contenu, departements=_departements(options))[0]

    def importer(self, contenu: bytes, nom: str, options: dict[str, Any]) -> Bilan:
        return importer_avis(
            acteur=Acteur.systeme(),
            contenu=contenu,
            nom=nom,
            departements=_departements(options),
            motif=f"Import de {nom}",
        )


def _departements(options: dict[str, Any]) -> frozenset[str] | None:
    return frozenset(options["departement"]) if options["departement"] else None
