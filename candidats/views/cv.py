"""One's CV (R44): read it, deposit or replace it, keep it six more months, delete it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from candidats import acces, actions
from candidats.actions.cv import REFUS
from candidats.cv import cv_de
from candidats.enums import EtatCandidat
from candidats.forms.espace import CvForm
from candidats.regles_espace import fin_du_cv
from candidats.views.communs import CADRE_CANDIDAT, appliquer, confirmation
from portal.commun.affichage import date_longue
from portal.commun.erreurs import TransitionInterdite
from portal.commun.formulaires import Formulaire
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.CANDIDAT)
def cv(request: HttpRequest) -> HttpResponse:
    candidat = acces.candidat_de(request.acteur)
    form = CvForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        document = appliquer(
            form, lambda: actions.deposer_cv(acteur=request.acteur, candidat=candidat, **form.cleaned_data)
        )
        if document is not None:
            messages.success(
                request, f"Votre CV est déposé. Il sera conservé jusqu’au {date_longue(document.expire_le)}."
            )
            return redirect("candidats:cv")
    contexte = {
        "form": form,
        "cv": cv_de(candidat),
        "refus": REFUS.get(EtatCandidat(candidat.etat), ""),
        "fin_si_conserve": fin_du_cv(timezone.localdate()),
    }
    return render(request, "candidats/espace/cv.html", contexte)


@require_POST
@never_cache
@exiger_role(Role.CANDIDAT)
def renouveler(request: HttpRequest) -> HttpResponse:
    document = actions.renouveler_cv(acteur=request.acteur, candidat=acces.candidat_de(request.acteur))
    messages.success(request, f"Votre CV sera conservé jusqu’au {date_longue(document.expire_le)}.")
    return redirect("candidats:cv")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.CANDIDAT)
def supprimer(request: HttpRequest) -> HttpResponse:
    candidat = acces.candidat_de(request.acteur)
    if cv_de(candidat) is None:
        raise TransitionInterdite("Aucun CV n’est déposé.")
    form = Formulaire(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(form, lambda: actions.supprimer_cv(acteur=request.acteur, candidat=candidat)):
        messages.success(request, "Votre CV est supprimé. Les structures ne peuvent plus le lire.")
        return redirect("candidats:cv")
    return confirmation(
        request,
        CADRE_CANDIDAT,
        titre="Supprimer votre CV ?",
        texte="Le fichier sera effacé pour toujours et les structures ne pourront plus le lire. Vous pourrez en "
        "déposer un autre. La liste de celles qui l’ont lu reste dans « Mes données ».",
        bouton="Supprimer mon CV",
        annuler=reverse("candidats:cv"),
        form=form,
    )
