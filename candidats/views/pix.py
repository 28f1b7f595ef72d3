"""Pix in the candidate's space (R45): what it is, the agreement, the personal link, the result, the withdrawal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from candidats import acces, actions
from candidats.enums import EtatCandidat
from candidats.forms.pix import ConsentementForm
from candidats.liens import lien_campagne
from candidats.views.communs import CADRE_CANDIDAT, appliquer, confirmation
from portal.commun.formulaires import Formulaire
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.CANDIDAT)
def pix(request: HttpRequest) -> HttpResponse:
    candidat = acces.candidat_de(request.acteur)
    form = ConsentementForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(form, lambda: actions.consentir_pix(acteur=request.acteur, candidat=candidat)):
        messages.success(request, "Votre accord est enregistré. Vous pouvez le retirer à tout moment sur cette page.")
        return redirect("candidats:pix")
    contexte = {
        "candidat": candidat,
        "form": form,
        "campagne": lien_campagne(candidat),
        "resultats": candidat.resultats_pix_en_vigueur,
        "peut_consentir": candidat.confirme_le is not None and candidat.etat != EtatCandidat.RETIRE,
    }
    return render(request, "candidats/espace/pix.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.CANDIDAT)
def retirer(request: HttpRequest) -> HttpResponse:
    candidat = acces.candidat_de(request.acteur)
    if candidat.pix_consenti_le is None:
        messages.info(request, "Vous ne communiquez pas de résultats Pix : il n’y a rien à retirer.")
        return redirect("candidats:pix")
    form = Formulaire(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(form, lambda: actions.retirer_pix(acteur=request.acteur, candidat=candidat)):
        messages.success(request, "Votre accord est retiré : le portail ne garde plus vos résultats Pix.")
        return redirect("candidats:pix")
    return confirmation(
        request,
        CADRE_CANDIDAT,
        titre="Ne plus communiquer vos résultats Pix ?",
        texte="Les résultats reçus seront effacés du portail et les structures ne les verront plus. Votre compte Pix "
        "n’est pas touché. Vous pourrez redonner votre accord ; il faudra alors que vos résultats soient de nouveau "
        "transmis.",
        bouton="Retirer mon accord",
        annuler=reverse("candidats:pix"),
        form=form,
    )
