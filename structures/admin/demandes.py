"""Requests for more posts, for the prefecture's opinion and ANCT's agenda (R25, R29)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from portal.commun.acteurs import Acteur
from portal.commun.exports import Colonne, exporter
from portal.commun.normalisation import normaliser
from portal.commun.roles import ROLES_ADMIN, Role
from portal.comptes.admin_outils import Bouton
from structures import acces, droits
from structures.actions import rendre_avis_demande, retirer_demande
from structures.admin.base import ObjetAdmin
from structures.admin.filtres import (
    FiltreCommunePoste,
    FiltreDemandesAFaire,
    FiltreDepartementPoste,
    FiltreEpciPoste,
    FiltreRegionPoste,
)
from structures.enums import EtatDemande
from structures.etats import MACHINE_DEMANDE
from structures.forms.institution_postes import FormulaireAvisDemande
from structures.models import DemandePostes


def _avis(*, acteur: Acteur, objet: DemandePostes, **champs: Any) -> str:
    rendre_avis_demande(acteur=acteur, demande=objet, **champs)
    return "Votre avis est enregistré. Vous pouvez le changer jusqu’à la décision du comité."


def _retirer(*, acteur: Acteur, objet: DemandePostes) -> str:
    retirer_demande(acteur=acteur, demande=objet)
    return "La demande est retirée. La structure et la préfecture sont prévenues."


def exporter_demandes(demandes: QuerySet[DemandePostes], *, format: str) -> Any:
    colonnes = [
        Colonne("Structure", "structure.nom"),
        Colonne("SIRET ou RIDET", "structure.identifiant"),
        Colonne("Commune", "structure.commune.nom"),
        Colonne("Code département", "structure.commune.departement_id"),
        Colonne("Campagne", "campagne.nom"),
        Colonne("Postes demandés", "nb_postes"),
        Colonne("À partir du", "demarrage_le"),
        Colonne("Motif", "motif"),
        Colonne("État", "get_etat_display"),
        Colonne("Avis", "get_avis_sens_display"),
        Colonne("Commentaire", "avis_commentaire"),
        Colonne("Postes accordés", "nb_accordes"),
        Colonne("Envoyée le", "cree_le"),
    ]
    return exporter("demandes-de-postes", colonnes, demandes, format=format)


@admin.register(DemandePostes)
class DemandePostesAdmin(ObjetAdmin):
    visibles_par = staticmethod(acces.demandes_visibles_par)
    roles_lecture = ROLES_ADMIN
    gabarit_detail = "admin/structures/demande.html"
    exporter_liste = staticmethod(exporter_demandes)
    list_display = ("structure_affichee", "nb_postes", "etat", "avis", "envoyee", "demarrage_le", "nb_accordes")
    list_filter = (
        FiltreDemandesAFaire,
        "etat",
        "avis_sens",
        FiltreRegionPoste,
        FiltreDepartementPoste,
        FiltreEpciPoste,
        FiltreCommunePoste,
        ("campagne", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("structure__nom",)
    aide_recherche = "Nom, SIRET ou commune de la structure"
    ordering = ("-cree_le", "pk")
    verbes = (
        Bouton(
            "avis",
            lambda demande: "Modifier l’avis" if demande.avis_sens else "Donner un avis",
            _avis,
            roles=droits.AVIS_DEMANDE.roles,
            formulaire=FormulaireAvisDemande,
            avec_objet=True,
            explication=lambda objet: (
                f"{objet.structure.nom} demande {objet.nb_postes} poste{'s' if objet.nb_postes > 1 else ''} de plus."
            ),
            possible=lambda acteur, objet: objet.etat == EtatDemande.EN_COURS,
        ),
        Bouton(
            "retirer",
            "Retirer la demande",
            _retirer,
            roles=MACHINE_DEMANDE["retirer"].roles & {Role.ANCT},
            explication="À la demande de la structure. Le comité ne l’examinera pas.",
            possible=lambda acteur, objet: MACHINE_DEMANDE.autorise(objet.etat, "retirer", acteur),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[DemandePostes]:
        lues = ("structure__commune__departement", "structure__organisation", "campagne", "candidature")
        return super().get_queryset(request).select_related(*lues)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[DemandePostes], search_term: str
    ) -> tuple[QuerySet[DemandePostes], bool]:
        for mot in search_term.split():
            propre = normaliser(mot)
            queryset = queryset.filter(
                Q(structure__siret__startswith=mot)
                | Q(structure__nom_normalise__contains=propre)
                | Q(structure__commune__nom_normalise__contains=propre)
            )
        return queryset, False

    @admin.display(description="structure", ordering="structure__nom_normalise")
    def structure_affichee(self, demande: DemandePostes) -> str:
        return f"{demande.structure.nom}, {demande.structure.commune}"

    @admin.display(description="avis", ordering="avis_sens")
    def avis(self, demande: DemandePostes) -> str:
        return demande.get_avis_sens_display() or "—"

    @admin.display(description="envoyée le", ordering="cree_le")
    def envoyee(self, demande: DemandePostes) -> str:
        return f"{demande.cree_le:%d/%m/%Y}"

    def contexte_detail(self, request: HttpRequest, objet: DemandePostes) -> dict[str, Any]:
        postes = objet.structure.postes.comptes()
        return {
            "postes": list(postes.order_by("numero")),
            "lignes": list(objet.lignes_comite.select_related("comite").order_by("pk")),
        }
