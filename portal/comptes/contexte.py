"""What every template knows of the person: the acting role and the others that can be chosen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from portal.commun.acteurs import Acteur


def acteur(request: HttpRequest) -> dict[str, Any]:
    """`acteur`, `rattachement` (the acting one, or None) and `rattachements` (all those in force)."""
    return {
        "acteur": getattr(request, "acteur", None) or Acteur.visiteur(),
        "rattachement": getattr(request, "rattachement", None),
        "rattachements": getattr(request, "rattachements", []),
    }
