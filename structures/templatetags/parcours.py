"""The « fil des postes »: on every page of the structure's space, where each post stands."""

from __future__ import annotations

from typing import Any

from django import template

from structures.fil import fil_de
from structures.parcours import ETAPES, Situation

register = template.Library()
# Up to this number the line is open; beyond, it is folded behind its summary.
OUVERT_JUSQU_A = 3


@register.inclusion_tag("structures/composants/fil.html", takes_context=True)
def fil_des_postes(context: template.Context) -> dict[str, Any]:
    lignes = fil_de(context["request"])
    return {
        "lignes": lignes,
        "ouvert": len(lignes) <= OUVERT_JUSQU_A,
        "en_retard": sum(ligne.situation.en_retard for ligne in lignes),
    }


@register.inclusion_tag("structures/composants/etapes.html")
def etapes_du_poste(situation: Situation) -> dict[str, Any]:
    """The nine steps as a line of segments, and in words for who does not see them."""
    return {"situation": situation, "total": len(ETAPES), "rangs": list(ETAPES)}
