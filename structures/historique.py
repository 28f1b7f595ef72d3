"""History rows of many objects written at once, signed as those of a verb (R110)."""

from __future__ import annotations

from collections.abc import Sequence

from portal.commun.journal import contexte_courant
from portal.commun.models import ModeleDeBase

LOT = 500


def historiser(objets: Sequence[ModeleDeBase], *, creation: bool) -> None:
    """One history row per object, after a bulk writing inside a verb."""
    contexte = contexte_courant()
    if contexte is None:
        raise RuntimeError("historiser() is called inside a verb")
    if objets:
        type(objets[0]).history.bulk_history_create(
            objets,
            batch_size=LOT,
            update=not creation,
            default_change_reason=contexte.motif,
            custom_historical_attrs={"history_role": contexte.acteur.role},
        )
