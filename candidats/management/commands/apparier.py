"""Run the matching now (INTERFACES)."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from candidats.actions import apparier
from portal.commun.acteurs import Acteur


class Command(BaseCommand):
    help = "Propose des candidats aux postes à pourvoir, maintenant (R46 à R48, R55)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="un document JSON sur la sortie standard")

    def handle(self, *args: Any, **options: Any) -> None:
        bilan = apparier(acteur=Acteur.systeme("Commande apparier")).en_dict()
        if options["json"]:
            self.stdout.write(json.dumps(bilan))
            return
        self.stdout.write(
            f"{bilan['paires_creees']} propositions créées, {bilan['paires_closes']} closes ; "
            f"{bilan['postes_avec_3']} postes sur {bilan['postes_a_pourvoir']} ont leurs trois propositions "
            f"({bilan['candidats']} candidats disponibles, {bilan['duree_s']} s)."
        )
