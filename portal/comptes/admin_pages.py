"""Pages of the administration that belong to no model: a dashboard, a work list. A floor above declares its own.

    declarer(PageAdmin("structures/doublons/", "structures_doublons", vue, ANCT, "Doublons probables"))

The address is under `/admin/`, its name under `admin:`; a page with words is linked from the home page of the
administration, for the roles that read it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse

# Of a breadcrumb, from the top: the address and the words of each page above.
Fil = list[tuple[str, str]]


def accueil() -> tuple[str, str]:
    """Where every breadcrumb of the administration starts."""
    return reverse("admin:index"), "Accueil"


def cadre(fil: Fil, ici: str) -> dict[str, Any]:
    """The context of `admin/espace.html`: forms and confirmations, under the breadcrumb of the administration."""
    return {"gabarit": "admin/espace.html", "fil": fil, "ici": ici}


@dataclass(frozen=True, slots=True)
class PageAdmin:
    """One address: where, its name, what answers, who reads it, its words on the home page (none: not linked)."""

    chemin: str
    nom: str
    vue: Callable[..., HttpResponse]
    roles: frozenset[str]
    libelle: str = ""

    def proteger(self) -> Callable[..., HttpResponse]:
        """The view, refused to the roles that have no business there."""

        @never_cache
        @functools.wraps(self.vue)
        def protegee(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
            if not request.acteur.est(*self.roles):
                raise AccesRefuse("Votre rôle ne donne pas accès à cette page.")
            return self.vue(request, *args, **kwargs)

        return protegee


@dataclass(frozen=True, slots=True)
class LienAdmin:
    """A page of a model's administration, linked from the home page as well: its name, its words, who reads it."""

    nom: str
    libelle: str
    roles: frozenset[str]


_pages: dict[str, PageAdmin] = {}
_liens: dict[str, LienAdmin] = {}


def declarer(page: PageAdmin) -> None:
    """Declare a page, once: when the pages of its floor are registered."""
    if _pages.setdefault(page.nom, page).chemin != page.chemin:
        raise ValueError(f"two pages of the administration are called {page.nom}")


def lier(lien: LienAdmin) -> None:
    """The page is served by its model; only the link is declared."""
    _liens[lien.nom] = lien


def pages() -> list[PageAdmin]:
    return list(_pages.values())


def pages_de(acteur: Acteur) -> list[PageAdmin | LienAdmin]:
    """Those linked from the home page of the acting role."""
    return [page for page in (*_liens.values(), *_pages.values()) if page.libelle and acteur.est(*page.roles)]
