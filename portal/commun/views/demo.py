"""The mailbox of the demo: no mail leaves the machine, so people read theirs here and follow its links."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from post_office.models import Email

from portal.commun.courriels import en_html

PAR_PAGE = 25


def _demo_seulement() -> None:
    if not settings.DEMO:
        raise Http404("demo")


@require_safe
def courriels(request: HttpRequest) -> HttpResponse:
    """The mails, newest first; `?a=` keeps those of a recipient."""
    _demo_seulement()
    recherche = request.GET.get("a", "").strip()[:254]
    messages = Email.objects.order_by("-created", "-pk").defer("message", "html_message")
    if recherche:
        messages = messages.filter(to__icontains=recherche)
    page = Paginator(messages, PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "commun/demo/courriels.html", {"page": page, "recherche": recherche})


@require_safe
def courriel(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail, with its links."""
    _demo_seulement()
    message = get_object_or_404(Email, pk=pk)
    contexte: dict[str, Any] = {"courriel": message, "corps": en_html(message.message)}
    return render(request, "commun/demo/courriel.html", contexte)
