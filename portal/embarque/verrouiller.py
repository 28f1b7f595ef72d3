"""bin/verrouiller: rebuilds the lock files from pyproject.toml with pip-tools, names, versions and hashes only.

* `requirements.lock`: everything, for bin/demo and bin/test (`check --deploy` loads the production settings too);
* `requirements-production.lock`: what the container image installs, with the same versions.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from portal.embarque.affichage import Etapes, Refus
from portal.embarque.donnees import RACINE

COMPLET = "requirements.lock"
PRODUCTION = "requirements-production.lock"
OUTIL = "pip-tools>=7.5,<8"
OPTIONS = (
    *("--generate-hashes", "--allow-unsafe", "--strip-extras", "--no-header", "--quiet", "--resolver=backtracking"),
    *("--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links", "--no-emit-options"),
)
# No line of a lock file may lead to a registry: the machine that installs chooses its own.
ADRESSE = re.compile(r"https?://|file://|^\s*--(?:index-url|extra-index-url|find-links|trusted-host)\b", re.MULTILINE)


def lancer(mettre_a_jour: bool) -> int:
    os.chdir(RACINE)
    etapes = Etapes(3)
    with tempfile.TemporaryDirectory(prefix="portail-verrou-") as dossier:
        python = Path(dossier) / "bin" / "python"
        with etapes.etape("Installation de pip-tools dans un environnement provisoire"):
            _executer([sys.executable, "-m", "venv", dossier])
            _executer([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", OUTIL])
        with etapes.etape(COMPLET):
            maj = ["--upgrade"] if mettre_a_jour else []
            _compiler(python, COMPLET, ["production", "embarque", "tests"], maj)
        with etapes.etape(PRODUCTION):
            # Constrained by the full lock: what is tested is what is deployed.
            (RACINE / PRODUCTION).unlink(missing_ok=True)
            _compiler(python, PRODUCTION, ["production"], ["--constraint", COMPLET])
    return 0


def _compiler(python: Path, cible: str, extras: list[str], ajouts: list[str]) -> None:
    choix = [morceau for extra in extras for morceau in ("--extra", extra)]
    commande = [str(python), "-m", "piptools", "compile", *OPTIONS, *choix, *ajouts, "-o", cible, "pyproject.toml"]
    _executer(commande)
    fautive = ADRESSE.search((RACINE / cible).read_text(encoding="utf-8"))
    if fautive:
        raise Refus(f"{cible} contient une adresse de registre ({fautive.group().strip()}) : ne le publiez pas.")


def _executer(commande: list[str]) -> None:
    resultat = subprocess.run(commande, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
    if resultat.returncode:
        raise Refus(f"La commande a échoué :\n{(resultat.stderr or resultat.stdout).strip()[-2000:]}")
