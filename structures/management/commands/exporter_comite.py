"""`exporter_comite NUMERO`: the spreadsheet of a committee, as prefectures and ANCT exchange it (INTERFACES)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from structures.export_comite import exporter_comite
from structures.models import Comite


class Command(BaseCommand):
    help = "Écrit le tableau d’un comité : une ligne par candidature, l’avis, la décision et les postes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("numero", type=int, help="numéro du comité")
        parser.add_argument("--format", choices=["xlsx", "csv"], default="xlsx", help="xlsx par défaut")
        parser.add_argument("--sortie", type=Path, help="fichier à écrire ; « comite-NUMERO.xlsx » par défaut")

    def handle(self, *args: Any, **options: Any) -> None:
        comite = Comite.objects.select_related("campagne").filter(numero=options["numero"]).first()
        if comite is None:
            connus = ", ".join(str(n) for n in Comite.objects.order_by("numero").values_list("numero", flat=True))
            raise CommandError(f"Le comité n° {options['numero']} n’existe pas. Comités connus : {connus or 'aucun'}.")
        reponse = exporter_comite(comite, format=options["format"])
        sortie = options["sortie"] or Path(f"comite-{comite.numero}.{options['format']}")
        try:
            sortie.write_bytes(reponse.content)
        except OSError as erreur:
            raise CommandError(f"Impossible d’écrire {sortie} : {erreur.strerror}.") from erreur
        self.stdout.write(f"{comite.lignes.count()} candidatures écrites dans {sortie}")
