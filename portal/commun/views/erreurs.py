"""Error pages in plain French."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def requete_invalide(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 when what was sent is too large."""
    if isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)):
        return render(request, "413.html", status=413)
    # It may come before the session, the person and the nonce are known.
    return HttpResponse(render_to_string("400.html"), status=400)


def acces_refuse(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the reason when there is one."""
    return render(request, "403.html", {"raison": str(exception or "")}, status=403)


def page_introuvable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, which never tells what exists."""
    return render(request, "404.html", status=404)


def erreur_interne(request: HttpRequest) -> HttpResponse:
    """500: nothing of the request is trusted, the page stands by itself."""
    return HttpResponse(render_to_string("500.html"), status=500)


def jeton_de_formulaire(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the form protection: the usual cause is a page left open for long."""
    return render(request, "403_csrf.html", status=403)
