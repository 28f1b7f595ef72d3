"""One's own account: names, and the way to the address, the password and the second factor."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.comptes import acces, actions, second_facteur
from portal.comptes.forms.equipe import FormulaireIdentite


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@acces.exiger_connexion
def compte(request: HttpRequest) -> HttpResponse:
    initial = {"prenom": request.user.prenom, "nom": request.user.nom}
    form = FormulaireIdentite(request.POST or None, initial=initial)
    if form.is_valid():
        actions.changer_identite(acteur=request.acteur, utilisateur=request.user, **form.cleaned_data)
        messages.success(request, "Votre nom a été enregistré.")
        return redirect("comptes:compte")
    contexte = {
        "form": form,
        "second_facteur": second_facteur.possede_second_facteur(request.user),
        "second_facteur_exige": second_facteur.est_exige(request.user, request.rattachements),
    }
    return render(request, "comptes/compte.html", contexte)
