"""What the commands that import a spreadsheet share: read the file, write all or nothing, tell each line to correct."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from portal.commun.commandes import Commande
from structures.bilan import Bilan, FichierRefuse


class CommandeImport(Commande):
    """Exit code 1 and nothing written when a line is wrong; `--verifier` writes nothing either way."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("fichier", type=Path, help="tableau CSV ou XLSX")
        parser.add_argument("--verifier", action="store_true", help="dire ce qui changerait, sans rien écrire")

    def verifier(self, contenu: bytes, options: dict[str, Any]) -> Bilan:
        """What the file would do."""
        raise TypeError("each command says how its file is read")

    def importer(self, contenu: bytes, nom: str, options: dict[str, Any]) -> Bilan:
        """Call the verb."""
        raise TypeError("each command says which verb it calls")

    def handle(self, *args: Any, **options: Any) -> None:
        fichier: Path = options["fichier"]
        try:
            contenu = fichier.read_bytes()
        except OSError as erreur:
            raise CommandError(f"Impossible de lire {fichier} : {erreur.strerror}.") from erreur
        try:
            if options["verifier"]:
                bilan = self.verifier(contenu, options)
                if bilan.erreurs:
                    raise FichierRefuse("", bilan)
            else:
                bilan = self.importer(contenu, fichier.name, options)
        except FichierRefuse as refus:
            self._dire_les_erreurs(refus.bilan, options)
            raise
        if options["json"]:
            self.imprimer_json(bilan.en_json())
            return
        self.stdout.write(
            f"{bilan.lues} lignes lues : {bilan.nouveaux} ajoutées, {bilan.modifies} modifiées, "
            f"{bilan.inchanges} sans changement, {bilan.ignores} laissées de côté."
        )
        for texte in bilan.remplacements:
            self.stdout.write(f"Liste remplacée : {texte}.")
        if "structures" in bilan.autres:
            self.stdout.write(f"Structures mises à jour : {bilan.autres['structures']}.")
        for texte in bilan.avertissements:
            self.stdout.write(f"À vérifier : {texte}")
        if options["verifier"]:
            self.stdout.write("Vérification seulement : rien n’est écrit.")

    def _dire_les_erreurs(self, bilan: Bilan, options: dict[str, Any]) -> None:
        if options["json"]:
            self.imprimer_json(bilan.en_json())
            return
        for erreur in bilan.erreurs:
            ou = f"ligne {erreur.ligne}" + (f", {erreur.colonne}" if erreur.colonne else "")
            self.stderr.write(f"{ou} : {erreur.message}")
