"""Candidates and pairs in the administration: read only, for ANCT and support; prefectures read no one by name."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from candidats import acces
from candidats.admin_doublons import LECTURE as NATIONAUX
from candidats.admin_doublons import taches_de as doublons_a_examiner
from candidats.admin_pix import ImportPixAdmin, LignePixAdmin, lignes_a_revoir
from candidats.doublons import rapprochements
from candidats.enums import NatureConsultation
from candidats.models import Candidat, Entretien, Evaluation, InvitationCandidat, MiseEnRelation
from candidats.traces import noter_consultation
from portal.commun.acteurs import Acteur
from portal.comptes.admin_a_faire import AFaire, fournir
from portal.comptes.admin_outils import AdminPerimetre

__all__ = ["CandidatAdmin", "EntretienAdmin", "ImportPixAdmin", "InvitationCandidatAdmin", "LignePixAdmin"]


def taches_de(acteur: Acteur) -> list[AFaire]:
    """What waits for ANCT on this floor (R43, R45)."""
    return [*doublons_a_examiner(acteur), *lignes_a_revoir(acteur)]


fournir("candidats", taches_de)


class DoublonsProbables(admin.SimpleListFilter):
    """R43: the same person, probably, under several addresses (`candidats.doublons`)."""

    title = "doublons probables"
    parameter_name = "doublons"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("oui", "Mêmes nom, prénom et date de naissance")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Candidat]) -> QuerySet[Candidat]:
        if self.value() != "oui":
            return queryset
        cles = {cle for r in rapprochements() for cle in (r.une, r.autre)}
        return queryset.filter(pk__in=cles)


@admin.register(Candidat)
class CandidatAdmin(AdminPerimetre):
    roles_lecture = NATIONAUX
    visibles_par = staticmethod(acces.candidats_visibles_par)
    list_display = ("utilisateur", "etat", "commune", "mobilite_km", "disponible_le", "confirme_le")
    list_filter = ("etat", DoublonsProbables, "interet_coordination", "experience")
    list_select_related = ("utilisateur", "commune")
    search_fields = ("utilisateur__nom", "utilisateur__prenom", "utilisateur__email")
    ordering = ("-cree_le",)
    readonly_fields = ("reunie_avec", "inscriptions_reunies")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """R111: the person sees that it was read."""
        if request.method == "GET":
            noter_consultation(request.acteur, [self.obtenir(request, object_id)], NatureConsultation.PROFIL)
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description="réunie avec")
    def reunie_avec(self, candidat: Candidat) -> SafeString | str:
        """R43: the registration that was kept."""
        return _lien(candidat.fusionne_dans) if candidat.fusionne_dans else "Non"

    @admin.display(description="inscriptions réunies avec celle-ci")
    def inscriptions_reunies(self, candidat: Candidat) -> SafeString | str:
        """R43: those of the same person, whose history stays readable."""
        anciennes = candidat.fusionnes.select_related("utilisateur").order_by("pk")
        return format_html_join(", ", "{}", ((_lien(ancienne),) for ancienne in anciennes)) or "Aucune"


def _lien(candidat: Candidat) -> SafeString:
    adresse = reverse("admin:candidats_candidat_change", args=[candidat.pk])
    return format_html('<a href="{}">{}</a>', adresse, candidat.utilisateur.email)


@admin.register(MiseEnRelation)
class MiseEnRelationAdmin(AdminPerimetre):
    roles_lecture = NATIONAUX
    visibles_par = staticmethod(acces.mises_en_relation_visibles_par)
    list_display = ("poste", "structure", "candidat", "etat", "origine", "score", "etat_le")
    list_filter = ("etat", "origine")
    list_select_related = ("poste__structure", "candidat__utilisateur")
    search_fields = ("poste__structure__nom", "candidat__utilisateur__nom", "candidat__utilisateur__email")
    ordering = ("-etat_le",)

    @admin.display(description="structure", ordering="poste__structure__nom")
    def structure(self, paire: MiseEnRelation) -> str:
        return paire.poste.structure.nom


@admin.register(Entretien)
class EntretienAdmin(AdminPerimetre):
    roles_lecture = NATIONAUX
    visibles_par = staticmethod(acces.entretiens_visibles_par)
    list_display = ("debut", "mise_en_relation", "etat", "lieu")
    list_filter = ("etat",)
    list_select_related = ("mise_en_relation__poste", "mise_en_relation__candidat__utilisateur")
    ordering = ("-debut",)


@admin.register(Evaluation)
class EvaluationAdmin(AdminPerimetre):
    """R111: read to answer a person who asks what is written about them."""

    roles_lecture = NATIONAUX
    visibles_par = staticmethod(acces.evaluations_visibles_par)
    list_display = ("mise_en_relation", "auteur", "avis", "modifie_le")
    list_filter = ("avis",)
    list_select_related = ("mise_en_relation__poste", "mise_en_relation__candidat__utilisateur", "auteur")
    search_fields = ("mise_en_relation__candidat__utilisateur__nom", "mise_en_relation__candidat__utilisateur__email")
    ordering = ("-modifie_le",)


@admin.register(InvitationCandidat)
class InvitationCandidatAdmin(AdminPerimetre):
    roles_lecture = NATIONAUX
    visibles_par = staticmethod(acces.invitations_visibles_par)
    list_display = ("courriel", "poste", "etat", "etat_le")
    list_filter = ("etat",)
    list_select_related = ("poste",)
    search_fields = ("courriel",)
    ordering = ("-cree_le",)
