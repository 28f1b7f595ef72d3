"""History rows of many objects written in one statement, signed as those of a verb (R110)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.journal import contexte_courant

TAILLE = 5_000


def par_lots(elements: Sequence[Any], taille: int = TAILLE) -> Iterator[Sequence[Any]]:
    """Slices short enough for one statement."""
    for debut in range(0, len(elements), taille):
        yield elements[debut : debut + taille]


def historiser(
    modele: type[models.Model],
    cles: Sequence[int],
    *,
    creation: bool = False,
    acteur: Acteur | None = None,
    motif: str = "",
) -> None:
    """One history row per key, copied from the present row, after a bulk writing.

    `acteur` and `motif` are those of the verb being run when not given; outside a verb, somebody must be named.
    """
    _tracer(modele, cles, "+" if creation else "~", acteur, motif)


def supprimer_avec_trace(modele: type[models.Model], cles: Sequence[int]) -> None:
    """Delete many rows inside a verb, each with its last history row; nothing else may point at them."""
    _tracer(modele, cles, "-", None, "")
    objets = modele._default_manager.all()
    for lot in par_lots(list(cles)):
        # Without the signals, which would write the same history rows one by one.
        objets.filter(pk__in=lot)._raw_delete(objets.db)


def _tracer(modele: type[models.Model], cles: Sequence[int], evenement: str, acteur: Acteur | None, motif: str) -> None:
    contexte = contexte_courant()
    if acteur is None:
        if contexte is None:
            raise RuntimeError("historiser() is called inside a verb, or with `acteur`")
        acteur = contexte.acteur
    motif = motif or (contexte.motif if contexte else "")
    historique = modele.history.model
    colonnes = [champ.column for champ in historique.tracked_fields]
    signature = {
        "history_date": timezone.now(),
        "history_type": evenement,
        "history_change_reason": motif or None,
        "history_user_id": acteur.utilisateur_id,
        "history_role": acteur.role,
    }
    citer = connection.ops.quote_name
    liste = ", ".join(map(citer, colonnes))
    cle = citer(modele._meta.pk.column)
    ordre = (
        f"INSERT INTO {citer(historique._meta.db_table)} ({liste}, {', '.join(map(citer, signature))}) "  # noqa: S608 - names of the model
        f"SELECT {liste}, {', '.join(['%s'] * len(signature))} "
        f"FROM {citer(modele._meta.db_table)} WHERE {cle} = ANY(%s) ORDER BY {cle}"
    )
    with connection.cursor() as curseur:
        for lot in par_lots(list(cles)):
            curseur.execute(ordre, [*signature.values(), lot])
