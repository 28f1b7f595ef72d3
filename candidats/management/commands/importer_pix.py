"""`importer_pix FICHIER`: the results of a campaign, as Pix Orga gives them (INTERFACES, R45)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from candidats.actions import importer_pix
from candidats.pix import TAILLE_MAX
from candidats.rapprochement_pix import BilanPix
from portal.commun.acteurs import Acteur
from portal.commun.commandes import Commande


class Command(Commande):
    help = "Importe les résultats d’une campagne Pix ; rien n’est écrit si le fichier n’est pas un export de Pix Orga."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("fichier", type=Path, help="fichier CSV de Pix Orga")

    def handle(self, *args: Any, **options: Any) -> None:
        fichier: Path = options["fichier"]
        try:
            with fichier.open("rb") as flux:
                contenu = flux.read(TAILLE_MAX + 1)
        except OSError as erreur:
            raise CommandError(f"Impossible de lire {fichier} : {erreur.strerror}.") from erreur
        bilan = importer_pix(
            acteur=Acteur.systeme(), contenu=contenu, nom=fichier.name, motif=f"Import de {fichier.name}"
        )
        if options["json"]:
            self.imprimer_json(bilan.en_json())
            return
        self._dire(bilan)

    def _dire(self, bilan: BilanPix) -> None:
        self.stdout.write(
            f"{bilan.lues} lignes lues : {bilan.rattachees} rattachées (dont {bilan.inchangees} sans changement), "
            f"{bilan.a_revoir} à revoir, {bilan.rejetees} illisibles, {bilan.non_partagees} non partagées."
        )
        for revue in bilan.revues:
            self.stdout.write(f"À revoir, ligne {revue.lue.numero} : {revue.motif.label.lower()}.")
        for rejet in bilan.rejets:
            self.stdout.write(f"Illisible, ligne {rejet.numero} : {rejet.message}")
        for numero in bilan.laissees:
            self.stdout.write(f"Ligne {numero} : un partage plus récent de la même personne est gardé.")
