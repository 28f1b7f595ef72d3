"""« Enregistrer et recevoir un lien », and going on from that link in another browser (R20)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.commun.erreurs import ErreurMetier
from portal.commun.formulaires import ajouter_erreur_metier
from portal.commun.jetons import JetonInvalide
from structures.actions import envoyer_lien_brouillon, supprimer_brouillon
from structures.brouillons import CONSERVATION, brouillon_du_lien
from structures.forms.brouillon import FormulaireLien
from structures.models import BrouillonCandidature
from structures.views.assistant import CLE_WIZARD, lien_parti
from structures.views.candidature import TITRES
from structures.views.portes import visiteur


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enregistrer(request: HttpRequest) -> HttpResponse:
    """Of the application of this browser: what is kept, until when, and where the link goes."""
    brouillon = brouillon_en_cours(request)
    if brouillon is None:
        return redirect("structures:candidater")
    form = FormulaireLien(request.POST or None, initial={"courriel": brouillon.courriel or request.acteur.courriel})
    if request.method == "POST" and form.is_valid():
        courriel = form.cleaned_data["courriel"]
        try:
            envoyer_lien_brouillon(acteur=visiteur(request), brouillon=brouillon, courriel=courriel)
        except ErreurMetier as erreur:
            ajouter_erreur_metier(form, erreur)
        else:
            messages.success(request, lien_parti(courriel))
            return redirect("structures:enregistrer")
    contexte = {"form": form, "brouillon": brouillon, "jours": CONSERVATION.days, "etape": _etape(brouillon)}
    return render(request, "structures/public/enregistrer.html", contexte)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reprendre(request: HttpRequest, secret: str) -> HttpResponse:
    """The GET says what would be resumed; the POST brings it into this browser."""
    try:
        brouillon = brouillon_du_lien(secret)
    except JetonInvalide as erreur:
        return render(request, "structures/public/reprise_impossible.html", {"raison": erreur.message}, status=410)
    en_cours = brouillon_en_cours(request)
    if request.method == "POST":
        _ouvrir_ici(request, brouillon)
        messages.success(request, "Vos réponses sont reprises. Continuez là où vous en étiez.")
        return redirect("structures:candidater", step="poursuivre")
    contexte = {
        "brouillon": brouillon,
        "etape": TITRES.get(brouillon.etape, ""),
        "remplace": en_cours is not None and en_cours.pk != brouillon.pk,
    }
    return render(request, "structures/public/reprendre.html", contexte)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recommencer(request: HttpRequest) -> HttpResponse:
    """Goes on with what this browser holds, or forgets it to begin another application; asked, never guessed."""
    brouillon = brouillon_en_cours(request)
    if not donnees_en_cours(request):
        return redirect("structures:candidater")
    if request.method == "POST":
        del request.session[CLE_WIZARD]
        if brouillon is not None and not brouillon.courriel:
            # Nobody holds a link to it.
            supprimer_brouillon(acteur=visiteur(request), brouillon=brouillon)
        campagne = request.POST.get("campagne", "")
        suite = f"?campagne={campagne}" if campagne.replace("-", "").isalnum() else ""
        return redirect(f"{redirect('structures:candidater').url}{suite}")
    contexte = {"brouillon": brouillon, "campagne": request.GET.get("campagne", "")}
    return render(request, "structures/public/recommencer.html", contexte)


def donnees_en_cours(request: HttpRequest) -> dict[str, Any]:
    """The steps that this browser holds."""
    return (request.session.get(CLE_WIZARD) or {}).get("step_data") or {}


def brouillon_en_cours(request: HttpRequest) -> BrouillonCandidature | None:
    uuid = ((request.session.get(CLE_WIZARD) or {}).get("extra_data") or {}).get("brouillon")
    return BrouillonCandidature.objects.filter(uuid=uuid).first() if uuid else None


def _ouvrir_ici(request: HttpRequest, brouillon: BrouillonCandidature) -> None:
    request.session[CLE_WIZARD] = {
        "step": None,
        "step_data": brouillon.etapes,
        "step_files": {},
        "extra_data": {**brouillon.annexes, "brouillon": str(brouillon.uuid)},
    }


def _etape(brouillon: BrouillonCandidature) -> str:
    return brouillon.etape if brouillon.etape in TITRES else "eligibilite"
