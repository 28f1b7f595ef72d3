"""The pattern of a business verb (ARCHITECTURE §3): keyword-only, `acteur` first, atomic, journalled.

The verb itself locks what it changes, checks the transition and the rules, changes, and queues the mails. It returns
the object or raises; it never returns False.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import transaction

from portal.commun.journal import journal

P = ParamSpec("P")
T = TypeVar("T")


def verbe(fonction: Callable[P, T]) -> Callable[P, T]:
    """Run `fonction` in one transaction, its history rows signed by `acteur` (and by `motif` when it has one)."""
    parametres = inspect.signature(fonction).parameters
    if (
        any(p.kind is not inspect.Parameter.KEYWORD_ONLY for p in parametres.values())
        or next(iter(parametres)) != "acteur"
    ):
        raise TypeError(f"{fonction.__qualname__}: a verb takes keyword-only arguments, `acteur` first")

    @functools.wraps(fonction)
    def enveloppe(*args: P.args, **kwargs: P.kwargs) -> T:
        if args:
            raise TypeError(f"{fonction.__qualname__} takes keyword arguments only")
        with transaction.atomic(), journal(kwargs["acteur"], str(kwargs.get("motif") or "")):
            return fonction(**kwargs)

    enveloppe.est_un_verbe = True  # lets the tests find every verb
    return enveloppe
