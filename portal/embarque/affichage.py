"""What people see while a command prepares: short numbered steps with their duration, and clear refusals.

Everything goes to standard error, so that the standard output of `bin/manage … --json` stays one JSON document.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator


class Refus(Exception):
    """Something is missing or wrong on this machine: one French sentence for the person, then an exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def dire(texte: str = "", *, fin: str = "\n", sortie=None) -> None:
    """Print; a closed terminal must never prevent the rest (stopping the servers) from happening."""
    flux = sortie or sys.stderr
    with contextlib.suppress(OSError, ValueError):
        flux.write(texte + fin)
        flux.flush()


def duree(secondes: float) -> str:
    """A duration as people read it: `0,8 s`, `2 min 05 s`."""
    if secondes < 60:
        return f"{secondes:.1f} s".replace(".", ",")
    minutes, reste = divmod(round(secondes), 60)
    return f"{minutes} min {reste:02d} s"


class Etapes:
    """Numbered steps: `[2/5] Démarrage de PostgreSQL… 0,8 s`."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.rang = 0

    @contextlib.contextmanager
    def etape(self, libelle: str) -> Iterator[None]:
        self.rang += 1
        dire(f"[{self.rang}/{self.total}] {libelle}…", fin=" ")
        depart = time.monotonic()
        try:
            yield
        except BaseException:
            dire("interrompu.")
            raise
        dire(duree(time.monotonic() - depart))
