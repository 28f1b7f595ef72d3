"""The lists of the administration: what they are filtered by, in words."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.simple_tag
def filtres_actifs(cl: Any) -> list[tuple[str, str]]:
    """The filters in use and what each one keeps: told above the list, whose choices stay folded.

    The first choice of a filter keeps everything: it is not one.
    """
    actifs = []
    for filtre in cl.filter_specs:
        _, *choix = filtre.choices(cl)
        actifs += [(filtre.title.capitalize(), str(c["display"])) for c in choix if c["selected"]]
    return actifs
