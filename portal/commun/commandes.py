"""What every management command shares: a JSON output, dates, and a refusal told in one sentence (exit code 1)."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.commun.erreurs import ErreurMetier


class Commande(BaseCommand):
    """A command with `--json`: one JSON document on standard output and nothing else (INTERFACES)."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="un document JSON sur la sortie standard")

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except ErreurMetier as erreur:
            raise CommandError(erreur.message) from erreur

    def imprimer_json(self, donnees: Mapping[str, Any]) -> None:
        self.stdout.write(json.dumps(donnees, ensure_ascii=False, default=_en_json))


def _en_json(valeur: Any) -> str:
    if isinstance(valeur, Decimal):
        return f"{valeur:.2f}"
    if isinstance(valeur, date):
        return valeur.isoformat()
    return str(valeur)


def date_iso(texte: str) -> date:
    """The type of an option `--date 2021-03-31`; a wrong one is a wrong usage (exit code 2)."""
    try:
        return date.fromisoformat(texte)
    except ValueError:
        raise ArgumentTypeError(
            f"« {texte} » n’est pas une date : écrivez AAAA-MM-JJ, par exemple 2021-03-31."
        ) from None
