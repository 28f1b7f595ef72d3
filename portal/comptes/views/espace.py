"""Where each role goes, and how one changes the acting role."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.commun.roles import Role
from portal.comptes import acces

# The home of each role, by name: upper floors are never imported. Roles of the administration share its index.
ESPACES: dict[str, str] = {
    Role.STRUCTURE: "structures:espace",
    Role.CANDIDAT: "candidats:espace",
    Role.BDT: "subventions:bdt",
    Role.ORGANISME: "formation:espace",
    Role.PREFECTURE: "admin:index",
    Role.SGAR: "admin:index",
    Role.ANCT: "admin:index",
    Role.SUPPORT: "admin:index",
    Role.CONSEILLER: "activite:conseiller",
    Role.COORDINATEUR: "activite:coordinateur",
    Role.HUB: "activite:hub",
}


def adresse_espace(role: str) -> str | None:
    """Address of the home of a role, None while that space does not exist."""
    try:
        return reverse(ESPACES[role])
    except (KeyError, NoReverseMatch):
        return None


@require_safe
@never_cache
@acces.exiger_connexion
def espace(request: HttpRequest) -> HttpResponse:
    """`/espace/`: to the space of the acting role, or the choice of what to do for somebody without a role."""
    adresse = adresse_espace(request.acteur.role)
    if adresse is not None:
        return redirect(adresse)
    if not request.rattachements:
        return render(request, "comptes/choisir.html")
    return render(request, "comptes/role.html")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@acces.exiger_connexion
def role(request: HttpRequest) -> HttpResponse:
    """Choose the acting role among one's own; a role that is not ours answers 404."""
    if request.method != "POST":
        return render(request, "comptes/role.html")
    rattachement = acces.choisir_rattachement(request, request.POST.get("rattachement", ""))
    messages.success(request, f"Vous agissez maintenant en tant que : {rattachement}.")
    suite = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(suite, {request.get_host()}, require_https=request.is_secure()):
        suite = reverse("espace")
    return HttpResponseRedirect(suite)
