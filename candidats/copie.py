"""Rows read and written by PostgreSQL's COPY, straight to and from columns of numbers (R55).

The ORM says what to read, with its filters and its joins; only the transport differs: no object and no tuple per row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
from django.db import connection, models

# What COPY … BINARY starts and ends with, and the form of each kind of value, big-endian as on the wire.
ENTETE, FIN = 19, 2
ENTIER, ENTIER_COURT, JOUR, REEL, OUI_NON, UUID = ">i8", ">i2", ">i4", ">f8", "?", "V16"
_ENTIER_32 = ">i4"
# PostgreSQL counts days from 2000.
ORIGINE = date(2000, 1, 1).toordinal()


def lire(requete: models.QuerySet, **types: str) -> np.ndarray:
    """The columns of `requete`, a `values_list()`, as one record array; names and types in the same order.

    Every column must be of fixed size and never null: a row is then always as long as another.
    """
    ordre = connection.ops.compose_sql(*requete.query.sql_with_params())
    champs = [("_champs", ">i2")]
    for nom, forme in types.items():
        champs += [(f"_taille_{nom}", _ENTIER_32), (nom, forme)]
    ligne = np.dtype(champs)
    with connection.cursor() as curseur, curseur.copy(f"COPY ({ordre}) TO STDOUT (FORMAT BINARY)") as copie:
        octets = b"".join(copie)
    corps = memoryview(octets)[ENTETE : len(octets) - FIN]
    if len(corps) % ligne.itemsize:
        raise ValueError("COPY: a column is null or not of the size that was said")
    return np.frombuffer(corps, dtype=ligne)


def ecrire(modele: type[models.Model], colonnes: Sequence[str], lignes: Iterable[str]) -> None:
    """Insert `lignes`, each the text form of the columns, separated by tabs (`texte` for what people wrote)."""
    citer = connection.ops.quote_name
    noms = ", ".join(citer(modele._meta.get_field(nom).column) for nom in colonnes)
    ordre = f"COPY {citer(modele._meta.db_table)} ({noms}) FROM STDIN"
    with connection.cursor() as curseur, curseur.copy(ordre) as copie:
        for ligne in lignes:
            copie.write(ligne)


def texte(valeur: str) -> str:
    """A text as COPY reads it back unchanged."""
    return valeur.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def entiers(colonne: np.ndarray) -> np.ndarray:
    return colonne.astype(np.int64)


def reels(colonne: np.ndarray) -> np.ndarray:
    return colonne.astype(np.float64)


def jours(colonne: np.ndarray) -> np.ndarray:
    """Days as proleptic ordinals (`date.toordinal`)."""
    return colonne.astype(np.int64) + ORIGINE
