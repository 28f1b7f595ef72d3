"""What pip cannot install: Python's own venv module, Pango for the PDF files, Chromium for the browser tests.

Root on Debian or Ubuntu: installed with apt. Everybody else: one sentence that names the package.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from .affichage import Etapes, Refus

NAVIGATEURS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What WeasyPrint opens at run time (names on Linux, names for find_library elsewhere).
BIBLIOTHEQUES_PDF = (
    ("libgobject-2.0.so.0", "gobject-2.0"),
    ("libpango-1.0.so.0", "pango-1.0"),
    ("libpangoft2-1.0.so.0", "pangoft2-1.0"),
    ("libharfbuzz.so.0", "harfbuzz"),
    ("libharfbuzz-subset.so.0", "harfbuzz-subset"),
    ("libfontconfig.so.1", "fontconfig"),
)


@dataclass(frozen=True)
class Prerequis:
    """Something of the system that a command needs."""

    libelle: str
    usage: str
    paquets: tuple[str, ...]
    present: Callable[[], bool]
    complement: str = ""

    def phrase(self) -> str:
        return (
            f"{self.libelle} manque sur cette machine ({self.usage}) : sur Debian ou Ubuntu, lancez en tant que root "
            f"« apt-get install {' '.join(self.paquets)} »{self.complement}, puis relancez la commande."
        )


def _bibliotheque_presente(linux: str, ailleurs: str) -> bool:
    if sys.platform.startswith("linux"):
        try:
            ctypes.CDLL(linux)
        except OSError:
            return False
        return True
    return ctypes.util.find_library(ailleurs) is not None


def pango_present() -> bool:
    return all(_bibliotheque_presente(linux, ailleurs) for linux, ailleurs in BIBLIOTHEQUES_PDF)


def chemin_du_navigateur() -> str | None:
    """The browser of the tests: `CHROMIUM` when set, else the first one on the path."""
    choisi = os.environ.get("CHROMIUM")
    if choisi:
        return shutil.which(choisi)
    return next((chemin for nom in NAVIGATEURS if (chemin := shutil.which(nom))), None)


def venv_possible() -> bool:
    return all(importlib.util.find_spec(nom) for nom in ("venv", "ensurepip"))


VENV = Prerequis(
    "Le module venv de Python",
    "il crée l'environnement du projet",
    (f"python{sys.version_info.major}.{sys.version_info.minor}-venv",),
    venv_possible,
)
PANGO = Prerequis(
    "La bibliothèque Pango",
    "elle sert à produire les documents PDF",
    ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core"),
    pango_present,
)
CHROMIUM = Prerequis(
    "Le navigateur Chromium",
    "les tests de parcours s'en servent ; « bin/test rapide » s'en passe",
    ("chromium",),
    lambda: chemin_du_navigateur() is not None,
    " ou indiquez son chemin dans la variable CHROMIUM",
)


def exiger(*prerequis: Prerequis) -> None:
    """Check, install with apt when we can, refuse with a sentence otherwise."""
    manquants = [p for p in prerequis if not p.present()]
    if not manquants:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        etapes = Etapes(len(manquants) + 1)
        with etapes.etape("Mise à jour de la liste des paquets du système"):
            _apt("update", "-qq")
        for manquant in manquants:
            with etapes.etape(f"Installation de {', '.join(manquant.paquets)} ({manquant.usage})"):
                _apt("install", "-y", "-qq", "--no-install-recommends", *manquant.paquets)
        importlib.invalidate_caches()
        manquants = [p for p in manquants if not p.present()]
    if manquants:
        raise Refus("\n".join(p.phrase() for p in manquants))


def _apt(*arguments: str) -> None:
    """Failures show as the thing still missing; apt's own words are kept for the curious."""
    resultat = subprocess.run(  # noqa: S603
        ["apt-get", *arguments],  # noqa: S607
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if resultat.returncode:
        sys.stderr.write(f"\n{(resultat.stderr or resultat.stdout).strip()[-800:]}\n")


def bibliotheques_de(commande: str, besoin_du_navigateur: bool) -> list[Prerequis]:
    """What a command needs besides Python."""
    if commande == "verrouiller":
        return []
    return [PANGO, CHROMIUM] if besoin_du_navigateur else [PANGO]
