"""Numbers that people read (applications, committees, posts): increasing, never given twice, never changed."""

from __future__ import annotations

from django.db import connection, models
from django.db.models import Max

from portal.commun.taches import cle_de_verrou


def prochain_numero(modele: type[models.Model], nombre: int = 1) -> int:
    """The first of `nombre` free numbers; the caller creates the rows in the same transaction, which holds the lock."""
    verrouiller_nom(f"numero:{modele._meta.label_lower}")
    return (modele._default_manager.aggregate(dernier=Max("numero"))["dernier"] or 0) + 1


def verrouiller_nom(nom: str) -> None:
    """Serialise on a name until the end of the transaction: for what has no row to lock yet."""
    if not connection.in_atomic_block:
        raise RuntimeError("verrouiller_nom() is called inside the transaction of a verb")
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(%s)", [cle_de_verrou(f"structures:{nom}")])
