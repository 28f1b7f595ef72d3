"""Send the deadline reminders of a day, once each."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from portal.commun.commandes import Commande, date_iso
from portal.commun.rappels import lancer
from portal.commun.taches import tache_suivie


class Command(Commande):
    help = "Envoie tous les rappels d’échéance d’un jour, une fois chacun (aujourd’hui par défaut)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--date", type=date_iso, help="jour des rappels, AAAA-MM-JJ")

    def handle(self, *args: Any, **options: Any) -> None:
        jour = options["date"] or timezone.localdate()
        with tache_suivie("commun.rappels") as execution:
            if execution is None:
                raise CommandError("Les rappels sont déjà en cours d’envoi.")
            envoyes, en_echec = lancer(jour)
            execution.resultat.update({"envoyes": envoyes, "en_echec": en_echec})
        if options["json"]:
            self.imprimer_json(
                {"date": jour, "envoyes": sum(envoyes.values()), "detail": envoyes, "en_echec": en_echec}
            )
        else:
            for nom, nombre in envoyes.items():
                self.stdout.write(f"{nom} : {nombre}")
            self.stdout.write(f"{sum(envoyes.values())} rappel(s) pour le {jour:%d/%m/%Y}.")
        if en_echec:
            raise CommandError(f"En échec : {', '.join(en_echec)}.")
