"""R23: the address is confirmed by a single-use link; a GET changes nothing, whoever opens it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.commun.erreurs import ErreurMetier
from portal.commun.jetons import JetonInvalide, lire_jeton, retrouver_jeton, uuid_de
from structures.actions import confirmer_depot, renvoyer_confirmation, renvoyer_confirmation_depuis_lien
from structures.enums import EtatCandidature
from structures.models import Candidature
from structures.suivi_candidature import USAGE_CONFIRMATION
from structures.views.candidature import CLE_SESSION
from structures.views.portes import visiteur


@never_cache
@require_GET
def verifier(request: HttpRequest) -> HttpResponse:
    """« Vérifiez votre messagerie », for the application just sent from this browser."""
    candidature = _en_attente(request)
    if candidature is None:
        return redirect("structures:candidater")
    return render(request, "structures/public/verifier.html", {"candidature": candidature})


@require_POST
def renvoyer(request: HttpRequest) -> HttpResponse:
    candidature = _en_attente(request)
    if candidature is None:
        return redirect("structures:candidater")
    try:
        renvoyer_confirmation(acteur=visiteur(request), candidature=candidature)
        messages.success(request, f"Un nouveau message vient de partir vers {candidature.contact_courriel}.")
    except ErreurMetier as erreur:
        messages.warning(request, erreur.message)
    return redirect("structures:verifier")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirmer(request: HttpRequest, secret: str) -> HttpResponse:
    try:
        jeton = lire_jeton(secret, usage=USAGE_CONFIRMATION)
    except JetonInvalide as erreur:
        return _lien_perime(request, secret, erreur)
    candidature = Candidature.objects.select_related("campagne", "commune").get(uuid=uuid_de(jeton, Candidature))
    contexte = {"candidature": candidature}
    if request.method == "POST":
        try:
            contexte["candidature"] = confirmer_depot(acteur=visiteur(request), secret=secret)
        except JetonInvalide as erreur:
            return _lien_perime(request, secret, erreur)
        except ErreurMetier as erreur:
            return render(
                request, "structures/public/confirmer.html", {**contexte, "refus": erreur.message}, status=409
            )
        request.session.pop(CLE_SESSION, None)
        return render(request, "structures/public/confirmee.html", contexte)
    return render(request, "structures/public/confirmer.html", {**contexte, "refus": ""})


@require_POST
def nouveau_lien(request: HttpRequest, secret: str) -> HttpResponse:
    """From an expired link: the new one goes to the address of the application, never to the screen."""
    try:
        renvoyer_confirmation_depuis_lien(acteur=visiteur(request), secret=secret)
        messages.success(request, "Un nouveau lien vient de partir vers l’adresse indiquée dans la candidature.")
    except ErreurMetier as erreur:
        messages.warning(request, erreur.message)
    return redirect(reverse("structures:confirmer", args=[secret]))


def _en_attente(request: HttpRequest) -> Candidature | None:
    uuid = request.session.get(CLE_SESSION)
    return Candidature.objects.filter(uuid=uuid, etat=EtatCandidature.A_CONFIRMER).first() if uuid else None


def _lien_perime(request: HttpRequest, secret: str, erreur: JetonInvalide) -> HttpResponse:
    """Says what to do: a new link while the application waits, the follow-up mail when it is filed."""
    jeton = retrouver_jeton(secret, usage=USAGE_CONFIRMATION)
    candidature = Candidature.objects.filter(uuid=uuid_de(jeton, Candidature)).first() if jeton else None
    etat = candidature.etat if candidature else ""
    contexte = {
        "raison": erreur.message,
        "renouvelable": etat == EtatCandidature.A_CONFIRMER,
        "deposee": bool(candidature and candidature.confirmee_le),
        "secret": secret,
    }
    return render(request, "structures/public/lien_perime.html", contexte, status=410)
