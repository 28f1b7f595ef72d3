"""Interviews (R52): the structure proposes a slot, the candidate answers, both take it into their calendar."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidats import acces, actions, calendrier, lectures
from candidats.enums import EtatEntretien
from candidats.etats import MACHINE_MISE_EN_RELATION
from candidats.forms.decisions import EntretienForm
from candidats.views.communs import CADRE_STRUCTURE, appliquer
from portal.commun.affichage import moment
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.STRUCTURE)
def proposer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    paire = acces.obtenir_mise_en_relation(request.acteur, uuid)
    MACHINE_MISE_EN_RELATION.verifier(paire, "inviter", request.acteur)
    form = EntretienForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(
        form, lambda: actions.inviter_entretien(acteur=request.acteur, mise_en_relation=paire, **form.cleaned_data)
    ):
        messages.success(request, f"L’entretien est proposé à {paire.candidat}.")
        return redirect("candidats:mise_en_relation", paire.uuid)
    contexte = {
        "gabarit": CADRE_STRUCTURE,
        "paire": paire,
        "form": form,
        "titre": f"Proposer un entretien à {paire.candidat}",
        "bouton": "Proposer cet entretien",
        "annuler": reverse("candidats:mise_en_relation", args=[paire.uuid]),
        "remplace": lectures.entretien_ouvert(paire),
    }
    return render(request, "candidats/structure/entretien.html", contexte)


@require_POST
@never_cache
@exiger_role(Role.STRUCTURE)
def annuler(request: HttpRequest, uuid: UUID) -> HttpResponse:
    entretien = acces.obtenir_entretien(request.acteur, uuid)
    actions.annuler_entretien(acteur=request.acteur, entretien=entretien)
    messages.success(request, f"L’entretien du {moment(entretien.debut)} est annulé ; la personne en est informée.")
    return redirect("candidats:mise_en_relation", entretien.mise_en_relation.uuid)


@require_POST
@never_cache
@exiger_role(Role.STRUCTURE)
def passe(request: HttpRequest, uuid: UUID) -> HttpResponse:
    entretien = acces.obtenir_entretien(request.acteur, uuid)
    actions.passer_entretien(acteur=request.acteur, entretien=entretien)
    messages.success(request, "L’entretien est noté comme passé.")
    return redirect("candidats:mise_en_relation", entretien.mise_en_relation.uuid)


@require_POST
@never_cache
@exiger_role(Role.CANDIDAT)
def accepter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    entretien = acces.obtenir_entretien(request.acteur, uuid)
    actions.repondre_entretien(acteur=request.acteur, entretien=entretien, accepte=True)
    messages.success(request, f"Vous avez accepté l’entretien du {moment(entretien.debut)}.")
    return redirect("candidats:espace")


@require_POST
@never_cache
@exiger_role(Role.CANDIDAT)
def impossible(request: HttpRequest, uuid: UUID) -> HttpResponse:
    entretien = acces.obtenir_entretien(request.acteur, uuid)
    actions.repondre_entretien(acteur=request.acteur, entretien=entretien, accepte=False)
    messages.success(
        request, "La structure sait que cette date ne vous convient pas ; elle peut en proposer une autre."
    )
    return redirect("candidats:espace")


@require_safe
@never_cache
@exiger_role(Role.CANDIDAT)
def agenda_candidat(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _agenda(request, uuid)


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def agenda_structure(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _agenda(request, uuid)


def _agenda(request: HttpRequest, uuid: UUID) -> HttpResponse:
    entretien = acces.obtenir_entretien(request.acteur, uuid)
    contenu = calendrier.fichier(entretien, annule=entretien.etat == EtatEntretien.ANNULE)
    reponse = HttpResponse(contenu, content_type=f"{calendrier.TYPE_MIME}; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="{calendrier.NOM_FICHIER}"'
    return reponse
