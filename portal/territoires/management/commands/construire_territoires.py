"""Rebuild `portal/territoires/donnees/` from the two npm packages. Run by a developer, once a year."""

import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.territoires import construction
from portal.territoires.jeu import DONNEES, ecrire_jeu


class Command(BaseCommand):
    help = "Construit les fichiers CSV des territoires à partir des paquets npm (téléchargés s’ils ne sont pas donnés)."

    def add_arguments(self, parser):
        parser.add_argument("--decoupage", help=f"archive de {construction.PAQUET_DECOUPAGE}")
        parser.add_argument("--lieux", help=f"archive de {construction.PAQUET_LIEUX}")
        parser.add_argument("--dossier", default=str(DONNEES), help="dossier où écrire les fichiers")

    def handle(self, *args, decoupage, lieux, dossier, **options):
        with tempfile.TemporaryDirectory() as temporaire:
            jeu = construction.construire(
                decoupage or telecharger(construction.PAQUET_DECOUPAGE, temporaire),
                lieux or telecharger(construction.PAQUET_LIEUX, temporaire),
            )
        Path(dossier).mkdir(parents=True, exist_ok=True)
        ecrire_jeu(jeu, Path(dossier))
        self.stdout.write(f"{len(jeu.communes)} communes écrites dans {dossier}")
        habitants = Counter()
        for commune in jeu.communes:
            habitants[commune.precision] += commune.population or 0
        for precision, nombre in Counter(c.precision for c in jeu.communes).most_common():
            part = 100 * habitants[precision] / habitants.total()
            self.stdout.write(f"  {precision:<12}{nombre:>6} communes {part:5.1f} % de la population")


def telecharger(paquet, dossier):
    npm = shutil.which("npm")
    if npm is None:
        raise CommandError("npm est introuvable : installez Node.js, ou donnez les archives (--decoupage, --lieux).")
    commande = [npm, "pack", paquet, "--silent", "--pack-destination", dossier]
    resultat = subprocess.run(commande, capture_output=True, text=True, check=False)  # noqa: S603 (fixed arguments)
    if resultat.returncode:
        raise CommandError(f"npm n’a pas pu obtenir {paquet} : {resultat.stderr.strip()}")
    return str(Path(dossier) / resultat.stdout.strip().splitlines()[-1])
