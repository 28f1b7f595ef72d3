"""Public pages: texts in templates, facts in `contenus.py`."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.vitrine.contenus import CHIFFRES, ETAPES, SOURCE_CHIFFRES


@require_safe
def accueil(request: HttpRequest) -> HttpResponse:
    contexte = {"chiffres": CHIFFRES, "source_chiffres": SOURCE_CHIFFRES, "etapes": ETAPES}
    return render(request, "vitrine/accueil.html", contexte)


@require_safe
def accueillir(request: HttpRequest) -> HttpResponse:
    return render(request, "vitrine/accueillir.html", {"etapes": ETAPES})


@require_safe
def devenir_conseiller(request: HttpRequest) -> HttpResponse:
    return render(request, "vitrine/devenir_conseiller.html")


@require_safe
def missions(request: HttpRequest) -> HttpResponse:
    return render(request, "vitrine/missions.html")


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "vitrine/contact.html")


@require_safe
def accessibilite(request: HttpRequest) -> HttpResponse:
    return render(request, "vitrine/accessibilite.html", {"site_url": settings.SITE_URL})


@require_safe
def mentions_legales(request: HttpRequest) -> HttpResponse:
    return render(request, "vitrine/mentions_legales.html", {"hebergeur": settings.HEBERGEUR})


@require_safe
def donnees_personnelles(request: HttpRequest) -> HttpResponse:
    return render(request, "vitrine/donnees_personnelles.html")
