"""Test databases: copies of one model that holds the tables and the territories (a copy takes a fraction of a second).

`bin/test` prepares the model and names it in `PORTAIL_BASE_MODELE`; without it, the first process of the first run
makes one, named after the digest of what it was made from, and the next runs find it again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import TransactionTestCase
from psycopg import sql

from portal.embarque.donnees import empreinte_des_migrations, empreinte_des_territoires

VERROU = 5_203_099
# What a test that commits must leave in place: reading it again takes seconds.
TABLES_GARDEES = ("django_migrations", "django_content_type", "auth_permission")
PREFIXES_GARDES = ("territoires_",)


@contextmanager
def base_de_test() -> Iterator[None]:
    """Point Django at a fresh copy of the model for the whole session."""
    origine, nom = connection.settings_dict["NAME"], f"test_portail_{os.getpid()}"
    with _maintenance() as serveur:
        modele = os.environ.get("PORTAIL_BASE_MODELE") or _modele(serveur)
        _executer(serveur, "DROP DATABASE IF EXISTS {} WITH (FORCE)", nom)
        _executer(serveur, "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", nom, modele)
    _diriger_vers(nom)
    try:
        _ranger_l_origine()
        yield
    finally:
        connections.close_all()
        _diriger_vers(origine)
        with _maintenance() as serveur:
            _executer(serveur, "DROP DATABASE IF EXISTS {} WITH (FORCE)", nom)


def _modele(serveur: psycopg.Connection) -> str:
    nom = f"modele_{empreinte_des_migrations()[:12]}_{empreinte_des_territoires()[:12]}"
    if serveur.execute("SELECT 1 FROM pg_database WHERE datname = %s", [nom]).fetchone():
        return nom
    for (ancien,) in serveur.execute("SELECT datname FROM pg_database WHERE datname LIKE 'modele\\_%'").fetchall():
        _executer(serveur, "DROP DATABASE IF EXISTS {} WITH (FORCE)", ancien)
    # Made under another name, so that a model that exists is a whole one.
    provisoire = f"provisoire_{os.getpid()}"
    _executer(serveur, "CREATE DATABASE {}", provisoire)
    origine = connection.settings_dict["NAME"]
    _diriger_vers(provisoire)
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("charger_territoires", verbosity=0)
    finally:
        connections.close_all()
        _diriger_vers(origine)
    _executer(serveur, "ALTER DATABASE {} RENAME TO {}", provisoire, nom)
    return nom


def acces_au_serveur() -> dict[str, Any]:
    """How to reach the server, whatever the form of `DATABASE_URL` (the host of a socket is an option of it)."""
    parametres = connection.get_connection_params()
    return {nom: parametres[nom] for nom in ("host", "port", "user", "password") if parametres.get(nom)}


@contextmanager
def _maintenance() -> Iterator[psycopg.Connection]:
    """A connection to the server, outside any test database; one process at a time holds it."""
    acces = acces_au_serveur()
    with psycopg.connect(**acces, dbname="postgres", autocommit=True) as serveur:
        serveur.execute("SELECT pg_advisory_lock(%s)", [VERROU])
        yield serveur


def _executer(serveur: psycopg.Connection, ordre: str, *noms: str) -> None:
    serveur.execute(sql.SQL(ordre).format(*map(sql.Identifier, noms)))


def _diriger_vers(nom: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = nom


# -- after a test that commits -----------------------------------------------------------------------------------------


def vider_sans_les_territoires(self: TransactionTestCase) -> None:
    """In place of Django's flush: what the test committed goes, what the migrations wrote comes back.

    Deleting the few rows of the few tables that hold some takes a fraction of the time of truncating a hundred tables.
    The lock waits for what a thread of the test's server is still writing.
    """
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute(_sql("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", _tables()))
        pleines = _pleines(curseur)
        _pour_chacune(curseur, "ALTER TABLE {} DISABLE TRIGGER USER", pleines)
        _pour_chacune(curseur, "DELETE FROM {}", pleines)
        _pour_chacune(curseur, "INSERT INTO {0} SELECT * FROM origine.{0}", _rangees(curseur))
        # What the foreign keys still have to check would forbid to touch the triggers.
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _pour_chacune(curseur, "ALTER TABLE {} ENABLE TRIGGER USER", pleines)


def _ranger_l_origine() -> None:
    """Set aside the rows that the migrations wrote in the tables that are emptied."""
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("CREATE SCHEMA origine")
        _pour_chacune(curseur, "CREATE TABLE origine.{0} AS TABLE {0}", _pleines(curseur))


def _rangees(curseur: Any) -> list[str]:
    curseur.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'origine' ORDER BY 1")
    return [nom for (nom,) in curseur.fetchall()]


def _tables() -> list[str]:
    """Every table but the reference ones, in one order: two processes that lock them wait for one another."""
    return [
        nom
        for nom in sorted(connection.introspection.table_names())
        if nom not in TABLES_GARDEES and not nom.startswith(PREFIXES_GARDES)
    ]


def _pleines(curseur: Any) -> list[str]:
    tables = _tables()
    morceaux = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(nom), sql.Identifier(nom))
        for nom in tables
    ]
    curseur.execute(sql.SQL(" UNION ALL ").join(morceaux))
    return [nom for (nom,) in curseur.fetchall()]


def _sql(ordre: str, tables: list[str]) -> sql.Composed:
    return sql.SQL(ordre).format(sql.SQL(", ").join(map(sql.Identifier, tables)))


def _pour_chacune(curseur: Any, ordre: str, tables: list[str]) -> None:
    """One order per table, in one round trip."""
    if tables:
        curseur.execute(sql.SQL("; ").join(sql.SQL(ordre).format(sql.Identifier(nom)) for nom in tables))
