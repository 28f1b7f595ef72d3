"""`ouvrir_tranches`: the payment-date job as of a day; running it again changes nothing (R65)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.affichage import date_longue, euros
from portal.commun.commandes import Commande, date_iso
from portal.commun.taches import tache_suivie
from subventions.actions import ouvrir_tranches
from subventions.tasks import NOM


class Command(Commande):
    help = "Rend exigibles les tranches dues à un jour donné (aujourd’hui par défaut)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--date", type=date_iso, help="jour des versements, AAAA-MM-JJ")

    def handle(self, *args: Any, **options: Any) -> None:
        jour = options["date"] or timezone.localdate()
        with tache_suivie(NOM) as execution:
            if execution is None:
                raise CommandError("L’ouverture des tranches est déjà en cours.")
            bilan = ouvrir_tranches(acteur=Acteur.systeme(), le=jour)
            resultat = {"exigibles": bilan.exigibles, "montant": f"{bilan.montant:.2f}"}
            execution.resultat.update(resultat)
        if options["json"]:
            self.imprimer_json(resultat)
        else:
            self.stdout.write(_phrase(bilan.exigibles, date_longue(jour), euros(bilan.montant)))


def _phrase(nombre: int, jour: str, montant: str) -> str:
    if not nombre:
        return f"Aucune tranche rendue exigible au {jour}."
    faites = "tranche rendue exigible" if nombre == 1 else "tranches rendues exigibles"
    return f"{nombre} {faites} au {jour} : {montant}."
