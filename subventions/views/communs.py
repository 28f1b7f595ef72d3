"""What the views of both sides share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import BaseForm
from django.urls import reverse

from portal.commun.erreurs import AccesRefuse, ErreurMetier
from portal.commun.formulaires import ajouter_erreur_metier
from subventions.models import Dossier

GET_ET_POST = ["GET", "HEAD", "POST"]


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


def adresse_structure(dossier: Dossier, ancre: str = "") -> str:
    return reverse("subventions:dossier_structure", args=[dossier.uuid]) + ancre


def adresse_bdt(dossier: Dossier, ancre: str = "") -> str:
    return reverse("subventions:dossier_bdt", args=[dossier.uuid]) + ancre
