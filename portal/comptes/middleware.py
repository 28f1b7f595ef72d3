"""Who acts, computed once per request (reference: deny by default, context computed once)."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import Resolver404, resolve
from django.utils.cache import patch_cache_control

from portal.commun.acteurs import Acteur
from portal.comptes import acces, second_facteur

# What an agent without a second factor may reach: the activation itself, what it asks for, and the way out.
PAGES_SANS_SECOND_FACTEUR = frozenset(
    {
        "mfa_activate_totp",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "account_reauthenticate",
        "account_login",
        "account_logout",
        "account_reset_password",
    }
)


class ActeurMiddleware:
    """Set `request.acteur` and `request.rattachements`; lead an agent without a second factor to its activation.

    Both are read again from the database at each request: an ended membership or a deactivated person loses the access
    at once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.rattachements = []
        request.rattachement = None
        request.acteur = Acteur.visiteur()
        if request.user.is_authenticated:
            acces.preparer_requete(request)
            detour = self._second_facteur(request)
            if detour is not None:
                return detour
        reponse = self.get_response(request)
        if request.user.is_authenticated and not reponse.has_header("Cache-Control"):
            # What was read is not found again by « back » on a shared computer once signed out.
            patch_cache_control(reponse, private=True, no_store=True)
        return reponse

    def _second_facteur(self, request: HttpRequest) -> HttpResponse | None:
        if not second_facteur.est_exige(request.user, request.rattachements) or self._est_libre(request):
            return None
        if not second_facteur.possede_second_facteur(request.user):
            return redirect("mfa_activate_totp")
        if not second_facteur.session_suffisante(request):
            logout(request)
            messages.info(request, "Un second facteur protège maintenant votre compte : connectez-vous de nouveau.")
            return redirect_to_login(request.get_full_path(), resolve_url("account_login"))
        return None

    @staticmethod
    def _est_libre(request: HttpRequest) -> bool:
        try:
            return resolve(request.path_info).url_name in PAGES_SANS_SECOND_FACTEUR
        except Resolver404:
            return False
