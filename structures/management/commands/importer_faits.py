"""`importer_faits FICHIER`: an official list of priority facts, by commune or establishment (R24)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from portal.commun.acteurs import Acteur
from structures.actions import importer_faits
from structures.bilan import Bilan
from structures.commandes import CommandeImport
from structures.lecture_faits import comparer, lire_faits


class Command(CommandeImport):
    help = "Importe une liste de faits prioritaires (code INSEE ou SIRET ; fait ; source), toute ou rien."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--source", default="", help="pour les lignes qui n’en donnent pas")
        parser.add_argument(
            "--remplacer", action="store_true", help="retirer les lieux que les listes de ces faits ne nomment plus"
        )

    def verifier(self, contenu: bytes, options: dict[str, Any]) -> Bilan:
        bilan, lus = lire_faits(contenu, options["source"])
        comparer(bilan, lus, remplacer=options["remplacer"])
        return bilan

    def importer(self, contenu: bytes, nom: str, options: dict[str, Any]) -> Bilan:
        return importer_faits(
            acteur=Acteur.systeme(),
            contenu=contenu,
            nom=nom,
            source=options["source"],
            remplacer=options["remplacer"],
            motif=f"Import de {nom}",
        )
