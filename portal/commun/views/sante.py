"""`/sante/`: JSON health for a monitor."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.commun.sante import etat_du_portail


@require_safe
@never_cache
def sante(request: HttpRequest) -> JsonResponse:
    """200 as long as the database answers (pages work), 503 otherwise; `etat` tells the rest."""
    etat = etat_du_portail()
    return JsonResponse(etat, status=200 if etat["base"] == "ok" else 503)
