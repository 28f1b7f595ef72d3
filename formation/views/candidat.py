"""The candidate's tab « Ma formation » (R81 to R84)."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from formation import acces, pages
from formation.views.communs import repondre_agenda
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role


@require_safe
@never_cache
@exiger_role(Role.CANDIDAT)
def formation(request: HttpRequest) -> HttpResponse:
    """The last file of the person: they hold one post at a time (R53)."""
    objet = acces.dossiers_formation_visibles_par(request.acteur).order_by("-numero").first()
    if objet is None:
        return render(request, "formation/candidat/aucune.html")
    contexte = pages.contexte_suivi(objet, request.acteur)
    contexte["organismes"] = [fiche for fiche in pages.fiches_organismes(contexte["suivi"]) if fiche.contact]
    return render(request, "formation/candidat/formation.html", contexte)


@require_safe
@never_cache
@exiger_role(Role.CANDIDAT)
def agenda(request: HttpRequest, uuid: UUID) -> HttpResponse:
    positionnement = acces.obtenir_positionnement(request.acteur, uuid)
    if positionnement.creneau is None:
        raise Http404
    return repondre_agenda(positionnement)
