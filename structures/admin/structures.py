"""Structures, as institutions read them: identity, facts of R24, posts, applications, who has an account (R27)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.exports import Colonne, exporter
from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from portal.comptes.admin_outils import Bouton
from portal.comptes.models import EtatInvitation, Invitation, Rattachement
from structures import acces, droits
from structures.actions import inviter_contact
from structures.actions.concertation import renseigner_faits
from structures.admin.base import ObjetAdmin
from structures.admin.filtres import FiltreDepartement, FiltreFaitStructure, FiltreFusion
from structures.enums import ETATS_POSTE_COMPTE
from structures.faits import FAITS, faits_de
from structures.forms.institution import FormulaireFaits
from structures.forms.institution_postes import FormulaireNouveauContact
from structures.models import Structure


def _renseigner_faits(*, acteur: Acteur, objet: Structure, faits: list[str]) -> str:
    renseigner_faits(acteur=acteur, structure=objet, faits=faits)
    return "Les faits prioritaires sont enregistrés."


def _inviter(*, acteur: Acteur, objet: Structure, **champs: Any) -> str:
    structure = inviter_contact(acteur=acteur, structure=objet, **champs)
    return f"{structure.contact_prenom} {structure.contact_nom} est le nouveau contact et reçoit une invitation."


class FiltreCompte(admin.SimpleListFilter):
    """R27, hard case 19: the activated structures in whose space nobody can enter."""

    title = "accès à l’espace"
    parameter_name = "compte"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("sans", "Activées sans compte"), ("avec", "Avec un compte")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Structure]) -> QuerySet[Structure]:
        membre = Exists(
            Rattachement.objects.en_vigueur().filter(
                organisation=OuterRef("organisation"), role=Role.STRUCTURE, utilisateur__is_active=True
            )
        )
        if self.value() == "sans":
            return queryset.filter(~membre, activee_le__isnull=False)
        return queryset.filter(membre) if self.value() == "avec" else queryset


def exporter_structures(structures: QuerySet[Structure], *, format: str) -> Any:
    colonnes = [
        Colonne("SIRET ou RIDET", "identifiant"),
        Colonne("Nom", "nom"),
        Colonne("Type", "get_type_display"),
        Colonne("Statut juridique", "get_statut_juridique_display"),
        Colonne("Commune", "commune.nom"),
        Colonne("Code département", "commune.departement_id"),
        Colonne("Activée le", "activee_le"),
        Colonne("Fin de participation le", "participation_fin_le"),
        Colonne("Postes", "nb_postes"),
        *[
            Colonne(libelles[1], lambda structure, champ=champ: getattr(structure, champ))
            for champ, libelles in FAITS.items()
        ],
        Colonne("Contact", lambda s: f"{s.contact_prenom} {s.contact_nom}"),
        Colonne("Courriel du contact", "contact_courriel"),
    ]
    return exporter("structures", colonnes, structures, format=format)


@admin.register(Structure)
class StructureAdmin(ObjetAdmin):
    visibles_par = staticmethod(acces.structures_et_fusionnees_visibles_par)
    gabarit_detail = "admin/structures/structure.html"
    exporter_liste = staticmethod(exporter_structures)
    list_display = ("nom", "identifiant_affiche", "lieu", "type", "activee", "postes", "faits")
    list_filter = (
        FiltreDepartement,
        FiltreCompte,
        ("activee_le", admin.EmptyFieldListFilter),
        ("participation_fin_le", admin.EmptyFieldListFilter),
        "type",
        FiltreFaitStructure,
        FiltreFusion,
    )
    search_fields = ("nom",)
    aide_recherche = "Nom, SIRET ou commune"
    ordering = ("nom_normalise", "pk")
    verbes = (
        Bouton(
            "faits",
            "Renseigner les faits prioritaires",
            _renseigner_faits,
            roles=droits.RENSEIGNER_FAITS.roles,
            formulaire=FormulaireFaits,
            avec_objet=True,
            explication="Ces faits éclairent la concertation et le comité.",
        ),
        Bouton(
            "inviter",
            "Inviter un autre contact",
            _inviter,
            roles=droits.INVITER_CONTACT.roles,
            formulaire=FormulaireNouveauContact,
            explication=(
                "Le contact est parti, ou n’a jamais ouvert l’espace ? Cette personne le remplace et reçoit une "
                "invitation ; les invitations sans réponse sont annulées, les comptes existants restent."
            ),
            possible=lambda acteur, objet: objet.activee_le is not None,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Structure]:
        return (
            super()
            .get_queryset(request)
            .select_related("commune__departement", "commune__epci", "organisation")
            .annotate(nb_postes=Count("postes", filter=Q(postes__etat__in=ETATS_POSTE_COMPTE)))
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Structure], search_term: str
    ) -> tuple[QuerySet[Structure], bool]:
        for mot in search_term.split():
            if mot.isascii() and mot.isdigit():
                queryset = queryset.filter(Q(siret__startswith=mot) | Q(code_postal=mot))
                continue
            propre = normaliser(mot)
            queryset = queryset.filter(Q(nom_normalise__contains=propre) | Q(commune__nom_normalise__contains=propre))
        return queryset, False

    @admin.display(description="SIRET ou RIDET", ordering="siret")
    def identifiant_affiche(self, structure: Structure) -> str:
        return structure.identifiant

    @admin.display(description="commune", ordering="commune__nom_normalise")
    def lieu(self, structure: Structure) -> str:
        return str(structure.commune)

    @admin.display(description="activée le", ordering="activee_le", empty_value="—")
    def activee(self, structure: Structure) -> str | None:
        return f"{timezone.localtime(structure.activee_le):%d/%m/%Y}" if structure.activee_le else None

    @admin.display(description="postes", ordering="nb_postes")
    def postes(self, structure: Structure) -> int:
        return structure.nb_postes

    @admin.display(description="faits prioritaires")
    def faits(self, structure: Structure) -> str:
        return ", ".join(faits_de(structure))

    def contexte_detail(self, request: HttpRequest, objet: Structure) -> dict[str, Any]:
        organisation = objet.organisation_id
        membres = Rattachement.objects.en_vigueur().filter(organisation=organisation).select_related("utilisateur")
        invitations = Invitation.objects.filter(organisation=organisation, etat=EtatInvitation.ENVOYEE)
        candidatures = acces.candidatures_visibles_par(request.acteur).filter(structure=objet)
        return {
            "faits": faits_de(objet, court=False),
            "postes": list(objet.postes.select_related("campagne").order_by("numero")),
            "lieux": list(objet.lieux.select_related("commune").order_by("nom")),
            "candidatures": list(candidatures.select_related("campagne").order_by("-confirmee_le")),
            "membres": list(membres.order_by("pk")),
            "invitations": list(invitations.order_by("pk")),
        }
