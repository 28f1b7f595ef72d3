"""The administration: entered through the ordinary sign-in (and its second factor), open to a few acting roles."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from portal.commun.roles import ROLES_ADMIN
from portal.comptes import acces
from portal.comptes.admin_a_faire import a_faire, rien_a_faire
from portal.comptes.admin_pages import pages, pages_de

NOS_APPLICATIONS = frozenset({"portal", "structures", "candidats", "subventions", "formation", "activite"})


class AdminPortail(AdminSite):
    site_header = "Conseiller numérique — administration"
    site_title = "Conseiller numérique"
    index_title = "Administration"
    site_url = "/"
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Deny by default: only pages written here enter. Those of the libraries (addresses, second factors, groups…)
        would show secrets or write around the verbs (R112)."""
        if admin_class is not None and admin_class.__module__.split(".")[0] in NOS_APPLICATIONS:
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """The acting role decides: holding a role of agent elsewhere does not open the administration."""
        return request.user.is_active and request.user.is_staff and request.acteur.est(*ROLES_ADMIN)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        propres = [path(page.chemin, self.admin_view(page.proteger()), name=page.nom) for page in pages()]
        return [*propres, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What waits for the acting role, then the lists."""
        contexte = {
            "a_faire": a_faire(request.acteur),
            "rien_a_faire": rien_a_faire(request.acteur),
            "pages": [(page.libelle, reverse(f"admin:{page.nom}")) for page in pages_de(request.acteur)],
        }
        return super().index(request, {**contexte, **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Anonymous: the sign-in page; another role: 403 with the switch; already inside: go on."""
        suite = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(suite, allowed_hosts={request.get_host()}):
            suite = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(suite, resolve_url("account_login"))
        if self.has_permission(request):
            return redirect(suite)
        return acces.refuser_role(request, *sorted(ROLES_ADMIN), suite=suite)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_change_password")
