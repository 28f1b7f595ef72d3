"""R24: the official lists of priority facts, as ANCT imports them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse

from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from structures import acces, droits
from structures.actions import importer_faits
from structures.actions.imports import structures_concernees
from structures.admin.base import ObjetAdmin
from structures.admin.imports import PageImport
from structures.bilan import Bilan
from structures.faits import a_mettre_a_jour
from structures.forms.concertation import FormulaireImportFaits
from structures.lecture_faits import comparer, lire_faits
from structures.models import FaitPrioritaire


def verifier_faits(contenu: bytes, source: str = "") -> Bilan:
    """What a file would do, without writing."""
    bilan, lus = lire_faits(contenu, source)
    if not bilan.erreurs:
        nouveaux, _ = comparer(bilan, lus)
        bilan.autres["structures"] = len(a_mettre_a_jour(structures_concernees(nouveaux), nouveaux))
    return bilan


@admin.register(FaitPrioritaire)
class FaitPrioritaireAdmin(ObjetAdmin):
    roles_lecture = frozenset({Role.ANCT, Role.SUPPORT})
    visibles_par = staticmethod(acces.faits_visibles_par)
    gabarit_detail = "admin/structures/fait.html"
    list_display = ("fait", "lieu", "source", "modifie_le")
    list_filter = ("fait",)
    list_select_related = ("commune",)
    search_fields = ("siret",)
    aide_recherche = "Commune, code INSEE, SIRET ou source"
    ordering = ("fait", "commune__nom_normalise", "siret")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[FaitPrioritaire], search_term: str
    ) -> tuple[QuerySet[FaitPrioritaire], bool]:
        for mot in search_term.split():
            queryset = queryset.filter(
                Q(commune__nom_normalise__contains=normaliser(mot))
                | Q(commune=mot.upper())
                | Q(siret__startswith=mot)
                | Q(source__icontains=mot)
            )
        return queryset, False

    @admin.display(description="commune ou établissement", ordering="commune__nom_normalise")
    def lieu(self, fait: FaitPrioritaire) -> str:
        return fait.siret or str(fait.commune)

    def contexte_detail(self, request: HttpRequest, objet: FaitPrioritaire) -> dict[str, Any]:
        concernees = acces.structures_visibles_par(request.acteur) & structures_concernees([objet])
        return {"structures": list(concernees.select_related("commune").order_by("nom_normalise")[:200])}

    def pages(self) -> list[URLPattern]:
        return [self.route("importer/", self.vue_importer, "importer")]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        liens = (
            [("Importer une liste", reverse(self.nom_url("importer")))]
            if droits.IMPORTER_FAITS.permis(request.acteur)
            else []
        )
        return super().changelist_view(request, {"liens": liens, **(extra_context or {})})

    def vue_importer(self, request: HttpRequest) -> HttpResponse:
        droits.IMPORTER_FAITS.exiger(request.acteur)
        page = PageImport(
            cle="faits",
            titre="Importer des faits prioritaires",
            intro=(
                "Trois colonnes : « Code INSEE ou SIRET », « Fait » (ACV, PVD, QPV, ZRR, FRR ou FS) et « Source ». "
                "La liste s’applique aux structures déjà connues et à celles qui candidateront ensuite. "
                "Rien n’est enregistré si une ligne est fausse."
            ),
            verifier=verifier_faits,
            appliquer=lambda contenu, nom, source="": importer_faits(
                acteur=request.acteur, contenu=contenu, nom=nom, source=source
            ),
            retour=reverse(self.nom_url("changelist")),
            objets=("fait", "faits"),
            fil=self.fil(),
            formulaire=FormulaireImportFaits,
        )
        return page.traiter(request)
