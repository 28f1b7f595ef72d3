"""The scene of the URL × role table, as it is and with hostile texts everywhere."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.securite.hostile import empoisonner
from tests.securite.saisies import Lectures
from tests.test_urls_roles import _a_defaire, _fichiers_dans
from tests.urls_roles_scene import Scene


@pytest.fixture(scope="package")
def _decor(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[tuple[Scene, Path]]:
    """Built once for the folder, in a transaction that is undone."""
    fichiers = tmp_path_factory.mktemp("scene")
    with django_db_blocker.unblock(), _a_defaire():
        with _fichiers_dans(fichiers):
            scene = Scene()
        # Code, models and scene stay to the end: neither thousands of requests nor the collections that pytest makes
        # when it leaves need look at them for what to throw away.
        gc.collect()
        gc.freeze()
        yield scene, fichiers


@contextmanager
def _dans(fichiers: Path) -> Iterator[None]:
    with _fichiers_dans(fichiers), _a_defaire():
        yield


@pytest.fixture(scope="package")
def lectures() -> Lectures:
    """For the pages of the scene as it is: one role per address, nothing prepared."""
    return Lectures()


@pytest.fixture
def scene(_decor: tuple[Scene, Path]) -> Iterator[Scene]:
    """Whatever a test writes is undone."""
    with _dans(_decor[1]):
        yield _decor[0]


@pytest.fixture(scope="module")
def _scene_hostile(_decor: tuple[Scene, Path]) -> Iterator[tuple[Scene, Path, set[str]]]:
    with _a_defaire():
        yield *_decor, empoisonner()


@pytest.fixture
def hostile(_scene_hostile: tuple[Scene, Path, set[str]]) -> Iterator[Any]:
    """The scene with hostile texts; `remplies` names the columns that hold one."""
    scene, fichiers, remplies = _scene_hostile
    with _dans(fichiers):
        yield SimpleNamespace(scene=scene, remplies=remplies)
