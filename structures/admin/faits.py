"""R24: the official lists of priority facts, as ANCT imports them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.views.decorators.http import require_safe

from portal.commun.exports import Colonne, exporter
from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from structures import acces, droits
from structures.actions import importer_faits
from structures.actions.imports import structures_concernees
from structures.admin.base import ObjetAdmin
from structures.admin.imports import PageImport
from structures.bilan import Bilan
from structures.faits import a_mettre_a_jour
from structures.forms.concertation import AJOUTER, REMPLACER, FormulaireImportFaits
from structures.lecture_faits import EXEMPLE, comparer, lire_faits
from structures.models import FaitPrioritaire


def verifier_faits(contenu: bytes, source: str = "", mode: str = AJOUTER) -> Bilan:
    """What a file would do, without writing."""
    bilan, lus = lire_faits(contenu, source)
    if not bilan.erreurs:
        ecart = comparer(bilan, lus, remplacer=mode == REMPLACER)
        changees = a_mettre_a_jour(structures_concernees(ecart.poses), ecart.nouveaux, ecart.retires)
        bilan.autres["structures"] = len(changees)
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
        return [
            self.route("importer/", self.vue_importer, "importer"),
            self.route("importer/modele/", require_safe(self.vue_modele), "modele"),
        ]

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
                "Vous verrez ce qui change avant d’enregistrer. Rien n’est enregistré si une ligne est fausse."
            ),
            verifier=verifier_faits,
            appliquer=lambda contenu, nom, source="", mode=AJOUTER: importer_faits(
                acteur=request.acteur, contenu=contenu, nom=nom, source=source, remplacer=mode == REMPLACER
            ),
            retour=reverse(self.nom_url("changelist")),
            objets=("fait", "faits"),
            fil=self.fil(),
            formulaire=FormulaireImportFaits,
            modele=reverse(self.nom_url("modele")),
        )
        return page.traiter(request)

    def vue_modele(self, request: HttpRequest) -> HttpResponse:
        """The titles as they are read, and one line that can be imported as it is."""
        droits.IMPORTER_FAITS.exiger(request.acteur)
        colonnes = [Colonne(titre, titre) for titre in EXEMPLE]
        return exporter("modele-faits-prioritaires", colonnes, [EXEMPLE], format="csv")
