"""Candidates and pairs in the administration: read only, for ANCT and support; prefectures read no one by name."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import Lower
from django.http import HttpRequest

from candidats import acces
from candidats.admin_pix import ImportPixAdmin, LignePixAdmin
from candidats.models import Candidat, Entretien, Evaluation, InvitationCandidat, MiseEnRelation
from portal.commun.roles import Role
from portal.comptes.admin_outils import AdminPerimetre

__all__ = ["CandidatAdmin", "EntretienAdmin", "ImportPixAdmin", "InvitationCandidatAdmin", "LignePixAdmin"]

NATIONAUX = frozenset({Role.ANCT, Role.SUPPORT})


class DoublonsProbables(admin.SimpleListFilter):
    """R43: same names and same birth date under several addresses."""

    title = "doublons probables"
    parameter_name = "doublons"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("oui", "Mêmes nom, prénom et date de naissance")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Candidat]) -> QuerySet[Candidat]:
        if self.value() != "oui":
            return queryset
        return queryset.filter(pk__in=doublons_probables())


def doublons_probables() -> QuerySet[Candidat]:
    """R43: the candidates who share names, whatever their case, and birth date with another one."""
    identite = [Lower("utilisateur__nom"), Lower("utilisateur__prenom"), F("date_naissance")]
    return (
        Candidat.objects.order_by()
        .annotate(homonymes=Window(Count("pk"), partition_by=identite))
        .filter(homonymes__gt=1)
        .values("pk")
    )


@admin.register(Candidat)
class CandidatAdmin(AdminPerimetre):
    roles_lecture = NATIONAUX
    visibles_par = staticmethod(acces.candidats_visibles_par)
    list_display = ("utilisateur", "etat", "commune", "mobilite_km", "disponible_le", "confirme_le")
    list_filter = ("etat", DoublonsProbables, "interet_coordination", "experience")
    list_select_related = ("utilisateur", "commune")
    search_fields = ("utilisateur__nom", "utilisateur__prenom", "utilisateur__email")
    ordering = ("-cree_le",)


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
