"""What the views of all sides share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from formation import calendrier
from formation.models import Positionnement
from portal.commun.erreurs import AccesRefuse, ErreurMetier
from portal.commun.formulaires import ajouter_erreur_metier
from subventions.models import Dossier

GET_ET_POST = ["GET", "HEAD", "POST"]
FORMATS = ("csv", "xlsx")
CADRE_STRUCTURE = "structures/cadre.html"
CADRE_ORGANISME = "formation/cadre.html"


def appliquer(form: BaseForm, verbe: Callable[[], Any]) -> bool:
    """Run a verb; a business refusal goes next to its field, a refused access to the 403 page."""
    try:
        verbe()
    except AccesRefuse:
        raise
    except ErreurMetier as erreur:
        ajouter_erreur_metier(form, erreur)
        return False
    return True


def confirmer(
    request: HttpRequest,
    *,
    gabarit: str,
    titre: str,
    texte: str,
    bouton: str,
    annuler: str,
    form: BaseForm,
    page: str = "commun/confirmation.html",
    **contexte: Any,
) -> HttpResponse:
    """Asks before what cannot be undone."""
    contexte |= {
        "gabarit": gabarit,
        "titre": titre,
        "texte": texte,
        "bouton": bouton,
        "annuler": annuler,
        "form": form,
    }
    return render(request, page, contexte)


def adresse_dossier(dossier: Dossier) -> str:
    return reverse("formation:dossier", args=[dossier.uuid])


def adresse_personne(dossier: Dossier) -> str:
    return reverse("formation:personne", args=[dossier.uuid])


def repondre_agenda(positionnement: Positionnement) -> HttpResponse:
    """R81: the calendar file of a test; somebody exempted without a test has none."""
    reponse = HttpResponse(calendrier.fichier(positionnement), content_type=f"{calendrier.TYPE_MIME}; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="{calendrier.NOM_FICHIER}"'
    return reponse
