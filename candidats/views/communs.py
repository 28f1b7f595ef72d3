"""What the views of this floor share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.commun.erreurs import AccesRefuse, ErreurMetier
from portal.commun.formulaires import ajouter_erreur_metier

CADRE_CANDIDAT = "candidats/cadre.html"
CADRE_STRUCTURE = "structures/cadre.html"


def appliquer(form: BaseForm, verbe: Callable[[], Any], sauf: type[ErreurMetier] = AccesRefuse) -> Any:
    """The verb's result, or None with its refusal shown in the form; a refusal of the kind `sauf` goes through."""
    try:
        return verbe()
    except (AccesRefuse, sauf):
        raise
    except ErreurMetier as erreur:
        champs = getattr(form, "champs_des_regles", {})
        champ = getattr(erreur, "champ", None)
        if champ in champs:
            erreur.champ = champs[champ]
        ajouter_erreur_metier(form, erreur)
        return None


def confirmation(request: HttpRequest, gabarit: str, **contexte: Any) -> HttpResponse:
    """The page that asks before a decision (`commun/confirmation.html`)."""
    return render(request, "commun/confirmation.html", {"gabarit": gabarit, **contexte})
