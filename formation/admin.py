"""Training in the administration: bodies and lots kept by ANCT, sessions to read (R80, R82). ANCT and support only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from formation import acces, lectures
from formation.actions import creer_lot, creer_organisme, modifier_lot, modifier_organisme
from formation.enums import EtatInscription
from formation.forms.anct import FormulaireLot, FormulaireOrganisme
from formation.models import Lot, Organisme, SessionFormation
from formation.pages import etat_des_inscriptions
from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from portal.comptes.admin_outils import Bouton
from structures.admin.base import ObjetAdmin

ANCT = frozenset({Role.ANCT})
LECTURE = frozenset({Role.ANCT, Role.SUPPORT})


def _modifier_organisme(*, acteur: Acteur, objet: Organisme, **champs: Any) -> None:
    modifier_organisme(acteur=acteur, organisme=objet, **champs)


def _ajouter_lot(*, acteur: Acteur, objet: Organisme, **champs: Any) -> str:
    lot = creer_lot(acteur=acteur, organisme=objet, **champs)
    return f"Le lot « {lot.nom} » est ajouté : les structures de son territoire voient cet organisme."


def _modifier_lot(*, acteur: Acteur, objet: Lot, **champs: Any) -> None:
    modifier_lot(acteur=acteur, lot=objet, **champs)


@admin.register(Organisme)
class OrganismeAdmin(ObjetAdmin):
    roles_lecture = LECTURE
    visibles_par = staticmethod(acces.organismes_visibles_par)
    gabarit_detail = "admin/formation/organisme.html"
    roles_creation = ANCT
    formulaire_creation = FormulaireOrganisme
    titre_creation = "Ajouter un organisme de formation"
    list_display = ("nom", "courriel", "telephone", "lots_en_mots")
    search_fields = ("nom", "courriel")
    ordering = ("nom",)
    verbes = (
        Bouton(
            "modifier",
            "Modifier les coordonnées",
            _modifier_organisme,
            roles=ANCT,
            formulaire=FormulaireOrganisme,
            avec_objet=True,
        ),
        Bouton("lot", "Ajouter un lot", _ajouter_lot, roles=ANCT, formulaire=FormulaireLot, avec_objet=True),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organisme]:
        return super().get_queryset(request).select_related("organisation").prefetch_related("lots__regions")

    @admin.display(description="lots")
    def lots_en_mots(self, organisme: Organisme) -> str:
        return ", ".join(lot.nom for lot in organisme.lots.all()) or "Aucun"

    def creer(self, acteur: Acteur, **champs: Any) -> Organisme:
        return creer_organisme(acteur=acteur, **champs)

    def contexte_detail(self, request: HttpRequest, objet: Organisme) -> dict[str, Any]:
        return {
            "lots": list(objet.lots.prefetch_related("regions").order_by("nom")),
            "nb_sessions": objet.sessions.count(),
            "nb_contacts": objet.prises_de_contact.count(),
        }


@admin.register(Lot)
class LotAdmin(ObjetAdmin):
    roles_lecture = LECTURE
    visibles_par = staticmethod(acces.lots_visibles_par)
    gabarit_detail = "admin/formation/lot.html"
    list_display = ("nom", "organisme", "modalite", "territoire")
    list_filter = ("modalite",)
    search_fields = ("nom", "organisme__nom")
    ordering = ("organisme__nom", "nom")
    verbes = (
        Bouton(
            "modifier",
            "Modifier le lot",
            _modifier_lot,
            roles=ANCT,
            formulaire=FormulaireLot,
            avec_objet=True,
            explication="Le nouveau territoire vaut pour les prises de contact à venir ; ce qui est organisé reste.",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lot]:
        return super().get_queryset(request).select_related("organisme").prefetch_related("regions")

    @admin.display(description="territoire")
    def territoire(self, lot: Lot) -> str:
        return "Tout le territoire" if lot.national else ", ".join(region.nom for region in lot.regions.all())

    def contexte_detail(self, request: HttpRequest, objet: Lot) -> dict[str, Any]:
        return {"territoire": self.territoire(objet)}


@admin.register(SessionFormation)
class SessionAdmin(ObjetAdmin):
    """Read only: the body holds its sessions."""

    roles_lecture = LECTURE
    visibles_par = staticmethod(acces.sessions_visibles_par)
    gabarit_detail = "admin/formation/session.html"
    list_display = ("debut", "organisme", "modalite", "commune", "heures", "inscrits", "capacite", "etat")
    list_filter = ("etat", "modalite", "heures")
    search_fields = ("organisme__nom", "commune__nom")
    ordering = ("-debut", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SessionFormation]:
        return lectures.avec_places(super().get_queryset(request))

    @admin.display(description="inscriptions")
    def inscrits(self, session: SessionFormation) -> int:
        return session.nb_inscrits

    def contexte_detail(self, request: HttpRequest, objet: SessionFormation) -> dict[str, Any]:
        # How many in each state: the names stay between the body and the structures.
        etats = objet.inscriptions.order_by().values("etat").annotate(n=Count("pk"))
        nombres = dict(etats.values_list("etat", "n"))
        return {
            "etat_session": etat_des_inscriptions(objet),
            "nombres": [(etat.label, nombres[etat]) for etat in EtatInscription if etat in nombres],
        }
