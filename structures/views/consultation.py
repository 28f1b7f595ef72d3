"""S2, I.b: the page where a consulted structure answers, by its signed link; a GET changes nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.commun.erreurs import ErreurMetier
from portal.commun.formulaires import ajouter_erreur_metier
from portal.commun.jetons import JetonInvalide
from structures.actions import repondre_consultation
from structures.actions.consultations import ETATS_OUVERTS
from structures.consultations import consultation_du_lien
from structures.enums import OrigineReponse
from structures.forms.espace import FormulaireConsultation
from structures.views.portes import visiteur


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def repondre(request: HttpRequest, secret: str) -> HttpResponse:
    try:
        consultation = consultation_du_lien(secret)
    except JetonInvalide as erreur:
        return render(request, "structures/public/consultation_close.html", {"raison": erreur.message}, status=410)
    candidature = consultation.candidature
    ouverte = candidature.etat in ETATS_OUVERTS
    repondue = consultation.favorable is not None and consultation.origine_reponse == OrigineReponse.LIEN
    form = None
    if ouverte:
        initial = {"commentaire": consultation.commentaire if repondue else ""}
        if repondue:
            initial["favorable"] = "oui" if consultation.favorable else "non"
        form = FormulaireConsultation(request.POST or None, initial=initial)
        form.fields["favorable"].label = "Quelle est votre réponse ?"
        form.fields["favorable"].error_messages["required"] = "Choisissez une réponse : favorable ou défavorable."
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            repondre_consultation(acteur=visiteur(request), secret=secret, **form.cleaned_data)
        except ErreurMetier as erreur:
            ajouter_erreur_metier(form, erreur)
        else:
            return redirect("structures:consultation", secret)
    contexte = {
        "consultation": consultation,
        "candidature": candidature,
        "form": form,
        "repondue": repondue,
        "ouverte": ouverte,
    }
    # Once decided, a late POST gets the sentence and nothing else.
    return render(
        request,
        "structures/public/consultation.html",
        contexte,
        status=409 if request.method == "POST" and not ouverte else 200,
    )
