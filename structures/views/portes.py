"""The two doors to an application: its follow-up link, and the structure's space. The pages are the same."""

from __future__ import annotations

import dataclasses
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from structures import acces
from structures.models import Candidature
from structures.suivi_candidature import candidature_du_suivi


def visiteur(request: HttpRequest) -> Acteur:
    """Who holds a link acts by it, whatever role they are signed in with; the history still names the person."""
    return dataclasses.replace(request.acteur, role=Role.VISITEUR, organisation_id=None, organisation_nom="")


@dataclasses.dataclass(frozen=True)
class Porte:
    """An application, by which right it is opened, and where its pages are."""

    candidature: Candidature
    acteur: Acteur
    cle: str
    par_lien: bool

    @property
    def droit(self) -> dict[str, Any]:
        """What the verbs of `suites` are given besides `acteur`."""
        return {"secret": self.cle} if self.par_lien else {"candidature": self.candidature}

    @property
    def gabarit(self) -> str:
        return "base.html" if self.par_lien else "structures/cadre.html"

    def url(self, page: str = "", *args: Any) -> str:
        """`url()` the application, `url("corriger")` one of its pages."""
        nom = ("suivi" if self.par_lien else "candidature") + (f"_{page}" if page else "")
        return reverse(f"structures:{nom}", args=[self.cle, *args])


def ouvrir(request: HttpRequest, secret: str = "", uuid: UUID | None = None) -> Porte:
    """404 outside the perimeter of who is signed in; `JetonInvalide` for a link that opens nothing."""
    if uuid is not None:
        return Porte(acces.obtenir_candidature(request.acteur, uuid), request.acteur, str(uuid), par_lien=False)
    return Porte(candidature_du_suivi(secret), visiteur(request), secret, par_lien=True)
