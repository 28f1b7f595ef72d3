"""The lines of an agenda: each is read on the page of its committee and decided in its session (R26)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from portal.commun.acteurs import Acteur
from portal.comptes.admin_outils import Bouton
from structures import droits
from structures.actions import desinscrire
from structures.admin.base import ObjetAdmin
from structures.admin.comites import NATIONAUX, comites_lisibles_par
from structures.enums import EtatComite
from structures.models import LigneComite


def lignes_lisibles_par(acteur: Acteur) -> QuerySet[LigneComite]:
    return (
        LigneComite.objects.filter(comite__in=comites_lisibles_par(acteur))
        if acteur.est(*NATIONAUX)
        else (LigneComite.objects.none())
    )


def _retirer(*, acteur: Acteur, objet: LigneComite) -> str:
    desinscrire(acteur=acteur, ligne=objet)
    return f"La candidature n° {objet.candidature.numero} est retirée de l’ordre du jour."


def _modifiable(acteur: Acteur, ligne: LigneComite) -> bool:
    return ligne.comite.etat == EtatComite.PREPARATION


@admin.register(LigneComite)
class LigneComiteAdmin(ObjetAdmin):
    """The verbs of one line; the line itself is read on the page of its committee."""

    roles_lecture = NATIONAUX
    visibles_par = staticmethod(lignes_lisibles_par)
    list_select_related = ("comite", "candidature__commune")
    verbes = (
        Bouton(
            "retirer",
            "Retirer de l’ordre du jour",
            _retirer,
            roles=droits.DESINSCRIRE.roles,
            explication="La candidature pourra être inscrite à un autre comité. La décision préparée ici est perdue.",
            possible=_modifiable,
        ),
    )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[LigneComite]:
        return super().get_queryset(request).select_related("comite__campagne", "candidature__commune")

    def adresse(self, objet: LigneComite, verbe: str | None = None) -> str:
        if verbe:
            return super().adresse(objet, verbe)
        return (
            reverse("admin:structures_comite_change", args=[objet.comite.uuid]) + f"#ligne-{objet.candidature.numero}"
        )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The lines are read committee by committee."""
        self._exiger_lecture(request)
        return HttpResponseRedirect(reverse("admin:structures_comite_changelist"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(self.adresse(self.obtenir(request, object_id)))
