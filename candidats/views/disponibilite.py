"""« Êtes-vous toujours disponible ? » (R51): by the link of the mail without signing in, or in one's space."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from candidats import acces, actions
from candidats.actions.disponibilite import PLUS_DISPONIBLE
from candidats.enums import EtatCandidat
from candidats.forms.espace import DisponibiliteForm
from portal.commun.erreurs import ErreurMetier
from portal.commun.formulaires import ajouter_erreur_metier
from portal.commun.jetons import JetonInvalide
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def par_lien(request: HttpRequest, secret: str) -> HttpResponse:
    """The GET only asks: a mail scanner that opens the link changes nothing."""
    try:
        candidat = acces.candidat_du_lien_disponibilite(secret)
    except JetonInvalide as erreur:
        return _impossible(request, erreur.message)
    if candidat.etat != EtatCandidat.DISPONIBLE:
        return _impossible(request, PLUS_DISPONIBLE)
    form = DisponibiliteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        disponible = form.cleaned_data["reponse"] == DisponibiliteForm.OUI
        try:
            candidat = actions.repondre_disponibilite(acteur=request.acteur, secret=secret, disponible=disponible)
        except JetonInvalide as erreur:
            # Answered at the same second from another window.
            return _impossible(request, erreur.message)
        except ErreurMetier as erreur:
            ajouter_erreur_metier(form, erreur)
        else:
            return render(request, "candidats/lien/disponibilite_notee.html", {"disponible": disponible})
    return render(request, "candidats/lien/disponibilite.html", {"candidat": candidat, "form": form})


def _impossible(request: HttpRequest, raison: str) -> HttpResponse:
    return render(request, "candidats/lien/disponibilite_impossible.html", {"raison": raison}, status=410)


@require_POST
@never_cache
@exiger_role(Role.CANDIDAT)
def confirmer(request: HttpRequest) -> HttpResponse:
    actions.confirmer_disponibilite(acteur=request.acteur, candidat=acces.candidat_de(request.acteur))
    messages.success(request, "C’est noté : vous êtes toujours disponible.")
    return redirect("candidats:espace")
