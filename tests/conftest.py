"""Fixtures of every test. Stricter than production: see `outils_stricts.py` and the warnings of `pyproject.toml`."""

from __future__ import annotations

import gc
import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import storages
from django.template import engines
from django.test import Client, TransactionTestCase

from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from tests import outils_base, outils_stricts

pytest_plugins = ["tests.outils_navigateur", "tests.outils_services"]
# What lasts long or waits for other processes starts first: the processors do not end up waiting for the last of them.
LONGS = ("tests/parcours/", "tests/demo/", "tests/embarque/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not (item.nodeid.startswith(LONGS) or item.get_closest_marker("navigateur")))


def pytest_collection_finish() -> None:
    """What is loaded by now lives until the end: the collector need not walk through it at each of its rounds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _severite(django_test_environment: None) -> None:
    engines["django"].engine.string_if_invalid = outils_stricts.VariableIndefinie()
    outils_stricts.exiger_of_sur_les_verrous()
    TransactionTestCase._fixture_teardown = outils_base.vider_sans_les_territoires


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's: a copy of the model, territories included, per process."""
    with django_db_blocker.unblock(), outils_base.base_de_test():
        yield


_rangs = itertools.count(1)


@pytest.fixture(scope="session")
def _fichiers_prives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prive")


@pytest.fixture(autouse=True)
def _etat_neuf(_fichiers_prives: Path) -> Iterator[None]:
    """Nothing passes from one test to the next by the cache or by stored files.

    Not in `tmp_path`: a folder of its own for each of thousands of tests, most of which write no file, takes longer
    than many of them.
    """
    cache.clear()
    prive = storages["prive"]
    avant = prive._location
    dossier = _fichiers_prives / str(next(_rangs))
    _ranger(prive, str(dossier))
    yield
    _ranger(prive, avant)
    if dossier.exists():
        shutil.rmtree(dossier, ignore_errors=True)


def _ranger(stockage: Any, dossier: str) -> None:
    stockage._location = dossier
    for nom in ("base_location", "location"):
        stockage.__dict__.pop(nom, None)


class ClientDe(Client):
    """A signed-in client; `acteur`, `utilisateur` and `rattachement` say who it is."""

    acteur: Acteur
    utilisateur: Any
    rattachement: Any


@pytest.fixture
def acteur(db: None) -> Callable[..., Acteur]:
    """`acteur("anct")`: an actor of this role, with a real person and a real body behind it."""
    from tests.comptes.factories import acteur as creer

    def faire(role: str | Role = Role.STRUCTURE, **champs: Any) -> Acteur:
        if Role(role) is Role.SYSTEME:
            return Acteur.systeme()
        if Role(role) is Role.VISITEUR:
            return Acteur.visiteur()
        return creer(role, **champs)

    return faire


@pytest.fixture
def client_de(db: None) -> Callable[..., ClientDe]:
    """`client_de("prefecture")`: signed in with this role; `client_de(rattachement=r)`: with that membership."""
    from portal.comptes.acces import CLE_SESSION, acteur_de
    from tests.comptes.factories import RattachementFactory

    def faire(role: str | Role = Role.STRUCTURE, *, rattachement: Any = None, **champs: Any) -> ClientDe:
        client = ClientDe()
        if rattachement is None and Role(role) is Role.VISITEUR:
            client.acteur = Acteur.visiteur()
            return client
        if rattachement is None:
            trait = {} if Role(role) is Role.STRUCTURE else {str(role): True}
            rattachement = RattachementFactory(**trait, **champs)
        client.force_login(rattachement.utilisateur, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session[CLE_SESSION] = str(rattachement.uuid)
        session.save()
        client.rattachement, client.utilisateur = rattachement, rattachement.utilisateur
        client.acteur = acteur_de(rattachement.utilisateur, rattachement)
        return client

    return faire
