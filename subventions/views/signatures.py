"""The confirmation page of a signature, the same for both parties (R63)."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from subventions import actions
from subventions.actions.conventions import exiger_signataire
from subventions.etats import MACHINE_CONVENTION
from subventions.forms.contrats import FormulaireMotDePasse, FormulaireSignatureConvention
from subventions.models import Convention
from subventions.views.communs import appliquer


def page_de_signature(
    request: HttpRequest, convention: Convention, transition: str, contexte: dict[str, Any], retour: str
) -> HttpResponse:
    """Who may sign is checked before the form is shown; the verb checks again under lock."""
    MACHINE_CONVENTION.verifier(convention, transition, request.acteur)
    exiger_signataire(request.acteur, convention.dossier)
    donnees = request.POST if request.method == "POST" else None
    form = FormulaireSignatureConvention(donnees, au_nom_de=request.acteur.organisation_nom)
    secret = FormulaireMotDePasse(donnees, user=request.user)
    if request.method == "POST" and _trop_d_essais(request):
        messages.error(request, "Trop d’essais de mot de passe : attendez une minute, puis recommencez.")
    elif request.method == "POST":
        # Both are checked, so that everything wrong is said at once.
        valides = [form.is_valid(), secret.is_valid()]
        if all(valides) and appliquer(
            form,
            lambda: actions.signer_convention(
                acteur=request.acteur, convention=convention, fonction=form.cleaned_data["fonction"]
            ),
        ):
            messages.success(request, f"Vous avez signé la convention n° {convention.numero}.")
            return redirect(retour)
    return render(request, "subventions/signer.html", {**contexte, "form": form, "secret": secret, "annuler": retour})


def _trop_d_essais(request: HttpRequest) -> bool:
    """A stolen session must not be a way to guess the password: the limit of the account's own page, shared with it."""
    return not ratelimit.consume(request, action="reauthenticate", user=request.user)
