"""`charger_demo`: demo accounts, the Allier at every stage, a national sample; done once, then it says the accounts."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from candidats.actions import apparier
from demo.comptes import COMPTES, tableau
from demo.scenario.histoire import jouer_l_histoire
from portal.commun.acteurs import Acteur
from portal.comptes.models import Utilisateur


class Command(BaseCommand):
    help = "Charge les données de démonstration (une fois) et affiche les comptes."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--comptes", action="store_true", help="affiche seulement les comptes")
        parser.add_argument("--structures", type=int, default=2000, help="taille de l’échantillon national")
        parser.add_argument("--candidats", type=int, default=20000)

    def handle(self, *args: Any, comptes: bool, structures: int, candidats: int, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Les données de démonstration ne se chargent qu’avec les réglages de démonstration.")
        if not comptes and not Utilisateur.objects.filter(email=COMPTES[0].courriel).exists():
            self._charger(structures, candidats)
        self.stdout.write(tableau())

    def _charger(self, structures: int, candidats: int) -> None:
        debut = time.monotonic()
        # One transaction: a demo stopped half-way starts again from nothing.
        with transaction.atomic():
            jouer_l_histoire(timezone.localdate())
            self._dire(f"L’Allier : 20 postes à chaque étape, en {time.monotonic() - debut:.0f} s.")
            if structures or candidats:
                call_command(
                    "peupler", structures=structures, candidats=candidats, graine=1, sauf=["03"], stdout=self.stdout
                )
            bilan = apparier(acteur=Acteur.systeme("Démonstration"), annoncer=False)
            self._dire(f"Appariement : {bilan.paires_creees} propositions.")

    def _dire(self, texte: str) -> None:
        self.stdout.write(texte)
