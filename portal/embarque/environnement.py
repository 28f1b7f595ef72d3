"""The environment of the project's own processes: settings module, addresses of the services, data folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from portal.embarque.donnees import RACINE
from portal.embarque.processus import Superviseur
from portal.embarque.services import Postgres, Redis, dossier_de_sockets

DEMO = "portal.settings.demo"
TEST = "portal.settings.test"


def manage(*arguments: str) -> list[str]:
    """The command line of `manage.py`, by path: the caller's working folder does not matter."""
    return [sys.executable, str(RACINE / "manage.py"), *arguments]


def module(nom: str, *arguments: str) -> list[str]:
    """A tool of the environment by its module: its script would hold the absolute path of the day it was made."""
    return [sys.executable, "-m", nom, *arguments]


def environnement(settings: str, donnees: Path, services: Mapping[str, str]) -> dict[str, str]:
    """What every Django process receives."""
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "VIRTUAL_ENV": sys.prefix,
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": settings,
        "PORTAIL_DONNEES": str(donnees),
        **services,
    }


def services_fournis() -> dict[str, str]:
    """Services that the caller chose; they are used as they are instead of the embedded ones."""
    return {nom: os.environ[nom] for nom in ("DATABASE_URL", "REDIS_URL") if os.environ.get(nom)}


def demarrer_services(
    superviseur: Superviseur, postgres: Path, *, jetable: bool = False
) -> tuple[dict[str, str], bool]:
    """Start what the caller does not provide; the addresses, and whether the database is new."""
    adresses = services_fournis()
    nouvelle = False
    if len(adresses) < 2:
        sockets = dossier_de_sockets()
        superviseur.supprimer_a_la_fin(sockets)
        if "DATABASE_URL" not in adresses:
            serveur = Postgres(postgres, sockets, jetable=jetable)
            serveur.demarrer(superviseur)
            adresses["DATABASE_URL"] = serveur.url
            nouvelle = serveur.creee
        if "REDIS_URL" not in adresses:
            redis = Redis(sockets)
            redis.demarrer(superviseur)
            adresses["REDIS_URL"] = redis.url
    return adresses, nouvelle
