"""The structure's side of the agreement: read, sign, follow the schedule (R63, R64)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.commun.erreurs import TransitionInterdite
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role
from subventions import acces
from subventions.pages_conventions import contexte_de_la_convention, contrat_du, convention_vivante
from subventions.views.communs import GET_ET_POST
from subventions.views.signatures import page_de_signature


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def convention(request: HttpRequest, uuid: UUID) -> HttpResponse:
    dossier = acces.obtenir_dossier(request.acteur, uuid)
    objet = convention_vivante(dossier)
    if objet is None:
        contexte = {"dossier": dossier, "contrat": contrat_du(dossier), "structure": dossier.structure}
        return render(request, "subventions/structure/convention_absente.html", contexte)
    contexte = contexte_de_la_convention(objet, dossier, request.acteur)
    return render(request, "subventions/structure/convention.html", contexte)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.STRUCTURE)
def signer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    dossier = acces.obtenir_dossier(request.acteur, uuid)
    objet = convention_vivante(dossier)
    if objet is None:
        raise TransitionInterdite("La convention n’est pas encore établie : il n’y a rien à signer.")
    objet.dossier = dossier
    contexte = {"convention": objet, "dossier": dossier, "gabarit": "structures/cadre.html"}
    retour = reverse("subventions:convention", args=[dossier.uuid])
    return page_de_signature(request, objet, "signer_structure", contexte, retour)
