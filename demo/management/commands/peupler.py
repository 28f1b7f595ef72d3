"""`peupler`: a reproducible national data set at any size (INTERFACES)."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from demo.peuplement.candidats import peupler_candidats
from demo.peuplement.hasard import Tirage
from demo.peuplement.structures import peupler_structures
from portal.commun.acteurs import Acteur
from portal.commun.journal import journal
from structures.models import Campagne


class Command(BaseCommand):
    help = "Crée un échantillon national reproductible : structures, postes accordés et candidats."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--structures", type=int, default=2000)
        parser.add_argument("--candidats", type=int, default=20000)
        parser.add_argument("--graine", type=int, default=1)
        parser.add_argument("--sauf", nargs="*", default=[], help="départements sans structure de l’échantillon")

    def handle(self, *args: Any, structures: int, candidats: int, graine: int, sauf: list[str], **options: Any) -> None:
        if not 0 <= structures <= 900_000 or not 0 <= candidats <= 5_000_000 or not 0 <= graine <= 9:
            raise CommandError("Indiquez de 0 à 900 000 structures, de 0 à 5 000 000 candidats, une graine de 0 à 9.")
        if Campagne.objects.filter(code__startswith=f"echantillon-{graine}-").exists() or (
            EmailAddress.objects.filter(email__endswith=f".c{graine}@echantillon.example").exists()
        ):
            raise CommandError(f"L’échantillon de graine {graine} est déjà là : choisissez-en une autre.")
        debut = time.monotonic()
        jour = timezone.localdate()
        with transaction.atomic(), journal(Acteur.systeme("Échantillon"), "Échantillon national"):
            tirage = Tirage(graine, sauf)
            lot = peupler_structures(tirage, structures, jour)
            nombre = peupler_candidats(tirage, candidats, jour)
        self.stdout.write(
            f"{lot.structures} structures, {lot.comites} comités clos, {lot.postes} postes, {nombre} candidats "
            f"en {time.monotonic() - debut:.1f} s."
        )
