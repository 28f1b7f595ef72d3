"""Command lines of bin/: read before anything is installed, and again by the command itself."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .affichage import Refus

HOTE = "127.0.0.1"
PORT = 8000


class _Analyseur(argparse.ArgumentParser):
    """argparse speaking French, exit code 2 on wrong usage."""

    def __init__(self, nom: str, usage: str, description: str) -> None:
        super().__init__(prog=f"bin/{nom}", usage=usage, description=description, add_help=False, allow_abbrev=False)
        self._optionals.title = "options"
        self.add_argument("-h", "--help", action="help", help="affiche cette aide")

    def error(self, message: str) -> None:
        raise Refus(f"Utilisation : {self.usage}\n{message}", 2)


def _port(texte: str) -> int:
    if not texte.isdigit() or not 1 <= int(texte) <= 65535:
        raise argparse.ArgumentTypeError(f"« {texte} » n'est pas un port (nombre de 1 à 65535)")
    return int(texte)


@dataclass(frozen=True)
class OptionsDemo:
    port: int = PORT
    neuf: bool = False


def options_demo(arguments: Sequence[str]) -> OptionsDemo:
    analyseur = _Analyseur(
        "demo", "bin/demo [--port 8000] [--neuf]", "Démarre le portail avec ses données de démonstration."
    )
    analyseur.add_argument("--port", type=_port, default=PORT, help="port d'écoute sur cette machine (8000)")
    analyseur.add_argument("--neuf", action="store_true", help="efface les données de .donnees/ et repart de zéro")
    lues = analyseur.parse_args(arguments)
    return OptionsDemo(lues.port, lues.neuf)


@dataclass(frozen=True)
class OptionsTest:
    """`rapide` leaves the browser out; everything else is pytest's."""

    rapide: bool = False
    pytest: list[str] = field(default_factory=list)

    @property
    def cibles(self) -> list[str]:
        """The files and folders named on the command line; with some, only they are run, without the other checks."""
        return [a for a in self.pytest if not a.startswith("-") and Path(a.split("::")[0]).exists()]

    @property
    def besoin_du_navigateur(self) -> bool:
        return not self.rapide and not self.cibles


def options_test(arguments: Sequence[str]) -> OptionsTest:
    reste = list(arguments)
    if reste[:1] in (["-h"], ["--help"]):
        print(  # noqa: T201
            "Utilisation : bin/test [rapide] [arguments de pytest]\n\n"
            "Vérifie le code puis lance les tests, sur des services privés et jetables.\n"
            "  rapide               sans les parcours dans un navigateur\n"
            "  tests/… ou -k, -x…   arguments de pytest ; avec un fichier nommé, seuls ses tests sont lancés"
        )
        raise SystemExit(0)
    rapide = reste[:1] == ["rapide"]
    return OptionsTest(rapide, reste[1:] if rapide else reste)


def options_manage(arguments: Sequence[str]) -> list[str]:
    if not arguments:
        raise Refus("Utilisation : bin/manage COMMANDE …  (« bin/manage help » en donne la liste)", 2)
    return list(arguments)


@dataclass(frozen=True)
class OptionsBench:
    nom: str | None = None
    reste: list[str] = field(default_factory=list)


def options_bench(arguments: Sequence[str]) -> OptionsBench:
    if list(arguments[:1]) in (["-h"], ["--help"]):
        print("Utilisation : bin/bench [nom] [--json]\n\nMesure et affiche des rapports.")  # noqa: T201
        raise SystemExit(0)
    if arguments and not arguments[0].startswith("-"):
        return OptionsBench(arguments[0], list(arguments[1:]))
    return OptionsBench(None, list(arguments))


def options_verrouiller(arguments: Sequence[str]) -> bool:
    """Whether to look for newer versions than the locked ones."""
    analyseur = _Analyseur("verrouiller", "bin/verrouiller [--maj]", "Reconstruit les fichiers requirements*.lock.")
    analyseur.add_argument(
        "--maj", action="store_true", help="prend les dernières versions permises par pyproject.toml"
    )
    return analyseur.parse_args(arguments).maj


LECTEURS = {
    "demo": options_demo,
    "test": options_test,
    "manage": options_manage,
    "bench": options_bench,
    "verrouiller": options_verrouiller,
}


def verifier_le_port(port: int) -> None:
    """Refuse a port that another program holds, before anything slow."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as essai:
        essai.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            essai.bind((HOTE, port))
        except PermissionError:
            raise Refus(
                f"Le port {port} est réservé à root : choisissez-en un autre, par exemple --port 8000."
            ) from None
        except OSError:
            autre = port + 1 if port < 65535 else PORT
            raise Refus(
                f"Le port {port} est déjà pris par un autre programme : choisissez-en un autre, "
                f"par exemple « bin/demo --port {autre} »."
            ) from None
