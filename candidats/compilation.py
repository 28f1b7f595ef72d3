"""Numeric loops compiled to machine code for the national run, and left as plain Python for small ones. Pure.

The same functions serve both: a refusal answered by a web process never pays for the compiler (its import alone costs
more than the answer), and the tests can follow the loops line by line.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any


@cache
def compilee(fonction: Callable[..., Any], *aides: Callable[..., Any]) -> Callable[..., Any]:
    """`fonction` as machine code; `aides` are the functions it calls, in the order in which they call each other.

    All of them stand in one file: it is by the date of that file that numba knows whether what it keeps is still good.

    The code is kept on disk beside the module, or in `NUMBA_CACHE_DIR`; where nothing can be written, it is made again
    by each process.
    """
    import numba
    from numba.extending import register_jitable

    for aide in aides:
        if aide.__code__.co_filename != fonction.__code__.co_filename:
            raise ValueError(f"{aide.__name__} and {fonction.__name__} must stand in the same file")
        register_jitable(aide)
    try:
        return numba.njit(fonction, cache=True)
    except RuntimeError:
        return numba.njit(fonction)
