"""« Mes données et qui les a consultées » (R44, R51, R111), on a page and as a file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from candidats import acces, telechargement
from candidats import donnees as lecture
from candidats.cv import cv_de
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role

# The page shows the latest; the download holds all.
LIGNES = 100


@require_safe
@never_cache
@exiger_role(Role.CANDIDAT)
def donnees(request: HttpRequest) -> HttpResponse:
    candidat = acces.candidat_de(request.acteur)
    contexte = {
        "candidat": candidat,
        "cv": cv_de(candidat),
        "limite": LIGNES,
        "regards": lecture.regards(candidat)[:LIGNES],
        "evenements": lecture.evenements(candidat)[:LIGNES],
        "changements": lecture.changements(candidat)[:LIGNES],
    }
    return render(request, "candidats/espace/donnees.html", contexte)


@require_safe
@never_cache
@exiger_role(Role.CANDIDAT)
def telecharger(request: HttpRequest, format: str) -> HttpResponse:
    if format not in telechargement.FORMATS:
        raise Http404
    candidat = acces.candidat_de(request.acteur)
    contenu = telechargement.FORMATS[format](telechargement.rassembler(candidat))
    reponse = HttpResponse(contenu, content_type=telechargement.TYPES[format])
    nom = f"mes-donnees-{timezone.localdate():%Y-%m-%d}.{format}"
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    reponse["Cache-Control"] = "private, no-store"
    reponse["X-Content-Type-Options"] = "nosniff"
    return reponse
