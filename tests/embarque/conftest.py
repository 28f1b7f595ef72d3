"""Fixtures of the tests of bin/."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.embarque.outils import Lance, lancer_le_squelette, nettoyer


@pytest.fixture
def lancer_squelette(tmp_path: Path) -> Iterator[Callable[..., Lance]]:
    """Start the skeleton of a command, as often as wanted, on one data folder."""
    lances: list[Lance] = []

    def lancer(suite: str = "superviseur.surveiller()") -> Lance:
        lances.append(lancer_le_squelette(tmp_path / "donnees", suite))
        return lances[-1]

    yield lancer
    for lance in lances:
        nettoyer(lance)
