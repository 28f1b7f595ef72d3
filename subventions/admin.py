"""Subsidy files for ANCT and support: where each one stands, and the waiver of the job advert (R3).

Neither identities, birth dates, bank details, pieces nor messages are shown here, nor in the history (R112).
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst

from portal.commun.acteurs import Acteur
from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from portal.comptes.admin_outils import Bouton, lignes_d_historique
from structures.admin.base import ObjetAdmin
from structures.admin.filtres import FiltreDepartementPoste, FiltreRegime
from subventions import acces
from subventions.actions import dispenser_annonce
from subventions.enums import LIBELLES_BDT, EtatContrat, EtatDossier
from subventions.forms.bdt import FormulaireDispense
from subventions.models import Dossier
from subventions.pages_conventions import contrat_du, convention_vivante
from subventions.suivi import annonce_attendue, instruction_de, regime_de

# R112: their values stay between the structure and BdT; that they changed is told.
CHAMPS_CACHES = ("president_nom", "president_naissance", "dgs_nom", "dgs_naissance", "iban")
LIBELLES_CACHES = frozenset(capfirst(Dossier._meta.get_field(nom).verbose_name) for nom in CHAMPS_CACHES)
CACHE = "•••"


def _dispenser(*, acteur: Acteur, objet: Dossier, motif: str) -> str:
    dispenser_annonce(acteur=acteur, dossier=objet, motif=motif)
    return f"La structure du dossier n° {objet.numero} est dispensée de l’annonce ; elle en est prévenue."


def _dispensable(acteur: Acteur, dossier: Dossier) -> bool:
    contrat = getattr(dossier, "contrat", None)
    signe = contrat is not None and contrat.etat == EtatContrat.SIGNE
    return dossier.etat != EtatDossier.CLOS and annonce_attendue(dossier) and not signe


class FiltreEtatDossier(admin.SimpleListFilter):
    """In the words of the institutions."""

    title = "état"
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(etat.value, LIBELLES_BDT[etat]) for etat in EtatDossier]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(etat=self.value()) if self.value() else queryset


class FiltreRegimeDossier(FiltreRegime):
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(poste__regime=self.value()) if self.value() else queryset


@admin.register(Dossier)
class DossierAdmin(ObjetAdmin):
    roles_lecture = frozenset({Role.ANCT, Role.SUPPORT})
    visibles_par = staticmethod(acces.dossiers_visibles_par)
    gabarit_detail = "admin/subventions/dossier.html"
    list_display = ("numero", "structure", "departement", "etat_institution", "depose_le", "conforme_le")
    list_display_links = ("numero", "structure")
    list_filter = (FiltreEtatDossier, FiltreRegimeDossier, FiltreDepartementPoste)
    search_fields = ("numero",)
    search_help_text = "Numéro du dossier, nom ou SIRET de la structure"
    ordering = ("-numero",)
    verbes = (
        Bouton(
            "dispenser",
            "Dispenser de l’annonce",
            _dispenser,
            roles=frozenset({Role.ANCT}),
            formulaire=FormulaireDispense,
            explication=(
                "La structure pourra signer le contrat sans annonce publiée sur emploi-territorial.fr un mois avant. "
                "Le motif lui est communiqué."
            ),
            possible=_dispensable,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dossier]:
        lies = ("structure__commune__departement", "poste__campagne", "contrat", "gestionnaire")
        return super().get_queryset(request).select_related(*lies)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Dossier], search_term: str
    ) -> tuple[QuerySet[Dossier], bool]:
        for mot in search_term.split():
            trouve = Q(structure__nom_normalise__contains=normaliser(mot)) | Q(structure__siret__startswith=mot)
            if mot.isascii() and mot.isdigit() and len(mot) < 10:
                trouve |= Q(numero=int(mot))
            queryset = queryset.filter(trouve)
        return queryset, False

    @admin.display(description="département", ordering="structure__commune__departement")
    def departement(self, dossier: Dossier) -> str:
        return str(dossier.structure.commune.departement.nom)

    @admin.display(description="état", ordering="etat")
    def etat_institution(self, dossier: Dossier) -> str:
        return dossier.etat_bdt

    def libelle_etat(self, etat: str) -> str:
        return LIBELLES_BDT[EtatDossier(etat)]

    def contexte_detail(self, request: HttpRequest, objet: Dossier) -> dict[str, Any]:
        return {
            "regime": regime_de(objet),
            "instruction": instruction_de(objet, objet.demandes_complement.all()),
            "pieces": [(piece, piece.get_etat_display()) for piece in objet.pieces.order_by("pk")],
            "contrat": contrat_du(objet),
            "convention": convention_vivante(objet),
        }

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """R110 and R112: every change, without the values that only the structure and BdT read."""
        objet = self.obtenir(request, object_id)
        if not isinstance(objet, Dossier):
            raise Http404
        lignes = lignes_d_historique(objet)
        for ligne in lignes:
            for changement in ligne["changements"]:
                if changement["champ"] in LIBELLES_CACHES:
                    changement["avant"] = changement["apres"] = CACHE
        contexte = {
            **self.admin_site.each_context(request),
            "title": f"Historique – {objet}",
            "opts": self.opts,
            "objet": objet,
            "lignes": lignes,
            "module_name": str(capfirst(self.opts.verbose_name_plural)),
        }
        return render(request, "admin/perimetre/historique.html", contexte)
