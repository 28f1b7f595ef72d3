"""Safety nets: what the database cannot read is refused at the door, and a business refusal that a view did not catch
becomes a page with its reason, never an error 500."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from portal.commun.erreurs import AccesRefuse, ErreurMetier

NUL = "\x00"


class DemandeLisibleMiddleware:
    """400 for a NUL character in an address or a cookie: nobody types one, and PostgreSQL refuses it. The fields of the
    forms say it themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        parametres = request.META.get("QUERY_STRING", "")
        if NUL in request.path_info or "%00" in parametres or any(NUL in v for v in request.COOKIES.values()):
            raise BadRequest("NUL character")
        return self.get_response(request)


class ErreurMetierMiddleware:
    """Also stops a request whose announced body is too large, before a byte of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _trop_grosse(request):
            return render(request, "413.html", status=413)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        # The transaction of the verb was already undone when its exception left it.
        if isinstance(exception, AccesRefuse):
            return render(request, "403.html", {"raison": exception.message}, status=403)
        if not isinstance(exception, ErreurMetier):
            return None
        retour = _page_precedente(request)
        if request.method == "POST" and retour and not getattr(request, "htmx", False):
            messages.error(request, exception.message)
            return HttpResponseRedirect(retour)
        return render(request, "409.html", {"raison": exception.message, "retour": retour}, status=409)


def _trop_grosse(request: HttpRequest) -> bool:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0) > settings.REQUETE_TAILLE_MAX
    except ValueError:
        return False


def _page_precedente(request: HttpRequest) -> str:
    """The page of ours that the person comes from, or nothing."""
    adresse = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(adresse, {request.get_host()}, require_https=request.is_secure()):
        return ""
    morceaux = urlsplit(adresse)
    return morceaux.path + (f"?{morceaux.query}" if morceaux.query else "")
