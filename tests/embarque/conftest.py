"""Fixtures of the tests of bin/."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.embarque.outils import Lance, lancer_le_squelette, nettoyer


@pytest.fixture
def dossier() -> Iterator[Path]:
    """A folder of our own: pytest closes its own ones to other accounts whenever another session starts."""
    chemin = Path(tempfile.mkdtemp(prefix="essai-embarque-"))
    yield chemin
    shutil.rmtree(chemin, ignore_errors=True)


@pytest.fixture
def lancer_squelette(dossier: Path) -> Iterator[Callable[..., Lance]]:
    """Start the skeleton of a command, as often as wanted, on one data folder."""
    lances: list[Lance] = []

    def lancer(suite: str = "superviseur.surveiller()") -> Lance:
        lances.append(lancer_le_squelette(dossier / "donnees", suite))
        return lances[-1]

    yield lancer
    for lance in lances:
        nettoyer(lance)
