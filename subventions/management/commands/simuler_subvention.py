"""`simuler_subvention`: amount, tranches and dates of a post (R6 to R11, R69), for people and for scripts."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.commun.dates import date_longue
from portal.commun.erreurs import RegleNonRespectee
from structures.regimes import CodeRegime, NatureContrat, StatutJuridique
from subventions.bareme import euros
from subventions.simulation import Simulation, simuler


def _date(texte: str) -> date:
    try:
        return date.fromisoformat(texte)
    except ValueError:
        raise ArgumentTypeError(f"« {texte} » n’est pas une date de la forme 2021-03-31.") from None


def _montant(texte: str) -> Decimal:
    try:
        montant = Decimal(texte.replace(",", "."))
    except InvalidOperation:
        montant = Decimal("NaN")
    if not montant.is_finite() or montant < 0:
        raise ArgumentTypeError(f"« {texte} » n’est pas un montant positif.")
    return montant


def _duree(texte: str) -> int:
    if not (texte.isascii() and texte.isdigit() and int(texte)):
        raise ArgumentTypeError(f"« {texte} » n’est pas un nombre de mois.")
    return int(texte)


class Command(BaseCommand):
    help = "Calcule la subvention d’un poste et l’échéancier de ses tranches, avec la règle de chaque chiffre."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--regime", required=True, choices=[code.value for code in CodeRegime])
        parser.add_argument("--statut", required=True, choices=[statut.value for statut in StatutJuridique])
        parser.add_argument("--contrat", required=True, choices=[nature.value for nature in NatureContrat])
        parser.add_argument("--departement", required=True, help="celui de la commune de la structure : 03, 2A, 974…")
        parser.add_argument("--duree-mois", type=_duree, help="durée du contrat de travail, s’il a un terme")
        parser.add_argument("--evenement", type=_date, help="date qui déclenche les versements, AAAA-MM-JJ")
        parser.add_argument("--aides", type=_montant, default=Decimal(0), help="aides CUI-CIE ou PEC déjà versées")
        parser.add_argument("--json", action="store_true", help="un seul document JSON sur la sortie standard")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            simulation = simuler(
                regime=options["regime"],
                statut=options["statut"],
                contrat=options["contrat"],
                departement=options["departement"],
                duree_mois=options["duree_mois"],
                evenement=options["evenement"],
                aides=options["aides"],
            )
        except RegleNonRespectee as refus:
            raise CommandError(f"{refus.regle} : {refus.message}", returncode=1) from refus
        if options["json"]:
            self.stdout.write(json.dumps(simulation.en_dict(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(_presenter(simulation))


def _presenter(simulation: Simulation) -> str:
    calcul = simulation.calcul
    lignes = [f"Montant : {euros(calcul.montant)} pour {calcul.duree_mois} mois"]
    for tranche in simulation.tranches:
        quand = date_longue(tranche.date) if tranche.date else f"{tranche.mois} mois après l’événement"
        lignes.append(f"  {tranche.rang}. {tranche.pourcentage} % : {euros(tranche.montant)}, {quand}")
    lignes += ["", *(str(explication) for explication in simulation.regles)]
    return "\n".join(lignes)
