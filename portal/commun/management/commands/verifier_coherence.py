"""Prove every invariant that SQL constraints cannot say."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError

from portal.commun.coherence import verifier
from portal.commun.commandes import Commande


class Command(Commande):
    help = "Vérifie chaque invariant et compte les violations ; code de sortie 1 s’il y en a."

    def handle(self, *args: Any, **options: Any) -> None:
        constats = verifier()
        total = sum(constat.violations for constat in constats)
        if options["json"]:
            self.imprimer_json({"violations": total, "invariants": [asdict(constat) for constat in constats]})
        else:
            for constat in constats:
                marque = "✓" if constat.violations == 0 else "✗"
                self.stdout.write(f"{marque} {constat.cle} : {constat.description} ({constat.violations})")
                for exemple in constat.exemples:
                    self.stdout.write(f"    {exemple}")
        if total:
            raise CommandError(f"{total} violation(s) d’invariants.")
