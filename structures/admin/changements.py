"""Changes of establishment, old and new side by side, accepted or refused by ANCT (R21, R22)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from portal.commun.acteurs import Acteur
from portal.commun.exports import Colonne, exporter
from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from portal.comptes.admin_outils import Bouton
from structures import acces
from structures.actions import accepter_changement, refuser_changement
from structures.actions.changements import obstacles_au_changement
from structures.admin.base import ObjetAdmin
from structures.admin.filtres import FiltreChangementsAFaire
from structures.enums import EtatChangement
from structures.etats import MACHINE_CHANGEMENT
from structures.forms.institution_postes import FormulaireRefusChangement
from structures.models import ChangementEtablissement


def _accepter(*, acteur: Acteur, objet: ChangementEtablissement) -> str:
    changement = accepter_changement(acteur=acteur, changement=objet)
    return f"La structure est maintenant l’établissement {changement.identifiant}. Elle est prévenue."


def _refuser(*, acteur: Acteur, objet: ChangementEtablissement, motif: str) -> str:
    refuser_changement(acteur=acteur, changement=objet, motif=motif)
    return "Le changement est refusé. La structure reçoit le motif."


def _possible(nom: str) -> Any:
    return lambda acteur, objet: MACHINE_CHANGEMENT.autorise(objet.etat, nom, acteur)


def _roles(nom: str) -> frozenset[str]:
    return MACHINE_CHANGEMENT[nom].roles - {Role.SYSTEME}


def exporter_changements(changements: QuerySet[ChangementEtablissement], *, format: str) -> Any:
    colonnes = [
        Colonne("Structure", "structure.nom"),
        Colonne("SIRET d’avant", lambda c: c.siret_avant or c.ridet_avant),
        Colonne("Nouveau SIRET ou RIDET", "identifiant"),
        Colonne("Nouveau nom", "nom"),
        Colonne("Commune", "commune.nom"),
        Colonne("Motif", "motif"),
        Colonne("État", "get_etat_display"),
        Colonne("Motif de la décision", "motif_decision"),
        Colonne("Demandé le", "cree_le"),
    ]
    return exporter("changements-d-etablissement", colonnes, changements, format=format)


@admin.register(ChangementEtablissement)
class ChangementEtablissementAdmin(ObjetAdmin):
    """For ANCT and the support: the proof is a private file."""

    visibles_par = staticmethod(acces.changements_visibles_par)
    roles_lecture = frozenset({Role.ANCT, Role.SUPPORT})
    gabarit_detail = "admin/structures/changement.html"
    exporter_liste = staticmethod(exporter_changements)
    list_display = ("structure_affichee", "avant", "apres", "etat", "demande")
    list_filter = (FiltreChangementsAFaire, "etat")
    search_fields = ("nom",)
    aide_recherche = "Nom, ancien ou nouvel identifiant"
    ordering = ("-cree_le", "pk")
    verbes = (
        Bouton(
            "accepter",
            "Accepter le changement",
            _accepter,
            roles=_roles("accepter"),
            explication=lambda objet: (
                f"{objet.structure.nom} devient l’établissement {objet.identifiant} ({objet.nom}). Ses postes, ses "
                "candidatures en cours et ses dossiers suivent."
            ),
            possible=_possible("accepter"),
        ),
        Bouton(
            "refuser",
            "Refuser le changement",
            _refuser,
            roles=_roles("refuser"),
            formulaire=FormulaireRefusChangement,
            explication="Rien ne change pour la structure, qui reçoit le motif.",
            possible=_possible("refuser"),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChangementEtablissement]:
        lues = ("structure__commune__departement", "structure__organisation", "commune__departement", "justificatif")
        return super().get_queryset(request).select_related(*lues)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ChangementEtablissement], search_term: str
    ) -> tuple[QuerySet[ChangementEtablissement], bool]:
        for mot in search_term.split():
            propre = normaliser(mot)
            queryset = queryset.filter(
                Q(siret__startswith=mot)
                | Q(siret_avant__startswith=mot)
                | Q(structure__nom_normalise__contains=propre)
                | Q(nom__icontains=mot)
            )
        return queryset, False

    @admin.display(description="structure", ordering="structure__nom_normalise")
    def structure_affichee(self, changement: ChangementEtablissement) -> str:
        return changement.structure.nom

    @admin.display(description="établissement d’avant")
    def avant(self, changement: ChangementEtablissement) -> str:
        return changement.siret_avant or changement.ridet_avant

    @admin.display(description="nouvel établissement")
    def apres(self, changement: ChangementEtablissement) -> str:
        return changement.identifiant

    @admin.display(description="demandé le", ordering="cree_le")
    def demande(self, changement: ChangementEtablissement) -> str:
        return f"{changement.cree_le:%d/%m/%Y}"

    def contexte_detail(self, request: HttpRequest, objet: ChangementEtablissement) -> dict[str, Any]:
        structure = objet.structure
        a_verifier = objet.etat == EtatChangement.DEMANDE
        return {
            "lignes": _cote_a_cote(objet),
            "obstacles": obstacles_au_changement(objet, structure) if a_verifier else [],
        }


def _cote_a_cote(objet: ChangementEtablissement) -> list[tuple[str, str, str]]:
    """What the structure had before, and what is asked: as it stood, once it is decided."""
    avant = objet.structure
    if objet.etat == EtatChangement.ACCEPTE:
        avant = avant.history.filter(history_date__lt=objet.etat_le).order_by("-history_date").first() or avant
    identifiant = objet.siret_avant or objet.ridet_avant
    return [
        ("SIRET ou RIDET", identifiant, objet.identifiant),
        ("Nom", avant.nom, objet.nom),
        ("Adresse", avant.adresse, objet.adresse),
        ("Code postal", avant.code_postal, objet.code_postal),
        ("Commune", str(avant.commune), str(objet.commune)),
        ("Catégorie juridique", avant.categorie_juridique, objet.categorie_juridique),
    ]
