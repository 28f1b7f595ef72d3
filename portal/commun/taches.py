"""Jobs: one lock per name, one line per run, so that `/sante/` tells the age of each (ARCHITECTURE §2).

A second run of the same job at the same time does nothing: `tache_suivie` gives `None` and the caller returns.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from portal.commun.models import ExecutionTache

logger = logging.getLogger(__name__)


def cle_de_verrou(nom: str) -> int:
    """The advisory lock's number for a name: the same in every process, whatever Python's hash seed."""
    return int.from_bytes(hashlib.sha256(f"portail:{nom}".encode()).digest()[:8], "big", signed=True)


class Execution:
    """The run being tracked; what the job counts goes into `resultat`."""

    def __init__(self, nom: str) -> None:
        self.nom = nom
        self.resultat: dict[str, Any] = {}


@contextmanager
def tache_suivie(nom: str, *, historique: bool = True) -> Iterator[Execution | None]:
    """Run a job alone and keep its trace.

    `historique=False` is for a job that runs every few seconds: one line, always the same, says when it last ran.
    An error is recorded by its type only (a message can hold personal data, R112), logged, and raised again.
    """
    cle = cle_de_verrou(nom)
    if not _verrouiller(cle):
        logger.info("Tâche %s déjà en cours : rien à faire", nom)
        yield None
        return
    execution = Execution(nom)
    try:
        ligne = _ouvrir(nom, historique)
        try:
            yield execution
        except Exception as erreur:
            logger.exception("Tâche %s en échec", nom)
            _fermer(ligne, False, {**execution.resultat, "erreur": type(erreur).__name__})
            raise
        _fermer(ligne, True, execution.resultat)
    finally:
        _deverrouiller(cle)


def _verrouiller(cle: int) -> bool:
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_try_advisory_lock(%s)", [cle])
        return bool(curseur.fetchone()[0])


def _deverrouiller(cle: int) -> None:
    try:
        with connection.cursor() as curseur:
            curseur.execute("SELECT pg_advisory_unlock(%s)", [cle])
    except DatabaseError:
        # The connection is lost or its transaction is broken: closing it releases the lock.
        logger.warning("Verrou %s rendu en fermant la connexion", cle)
        if not connection.in_atomic_block:
            connection.close()


def _ouvrir(nom: str, historique: bool) -> ExecutionTache:
    if not historique:
        ligne = ExecutionTache.objects.filter(nom=nom).order_by("-debut").first()
        if ligne is not None:
            ligne.debut, ligne.fin, ligne.reussie, ligne.resultat = timezone.now(), None, None, {}
            ligne.save()
            return ligne
    return ExecutionTache.objects.create(nom=nom)


def _fermer(ligne: ExecutionTache, reussie: bool, resultat: dict[str, Any]) -> None:
    try:
        ExecutionTache.objects.filter(pk=ligne.pk).update(fin=timezone.now(), reussie=reussie, resultat=resultat)
    except DatabaseError:
        logger.exception("La fin de la tâche %s n’a pas pu être écrite", ligne.nom)


def dernieres_executions() -> list[ExecutionTache]:
    """The last run of each job."""
    return list(ExecutionTache.objects.order_by("nom", "-debut").distinct("nom"))
