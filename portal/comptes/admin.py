"""People, bodies, memberships and invitations, for ANCT and support. Every change goes through a verb."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from portal.comptes import acces, actions, admin_socle, regles  # noqa: F401 - admin_socle registers its own pages
from portal.comptes.admin_outils import AdminPerimetre, Bouton
from portal.comptes.forms.admin import (
    FormulaireDroitsAdmin,
    FormulaireInvitationAdmin,
    FormulaireMotif,
    FormulaireOrganisation,
)
from portal.comptes.models import EtatInvitation, Invitation, Organisation, Rattachement, Utilisateur

GESTION = frozenset({Role.ANCT, Role.SUPPORT})


def _desactiver(*, acteur: Acteur, objet: Utilisateur, motif: str) -> None:
    actions.desactiver_compte(acteur=acteur, utilisateur=objet, motif=motif)


def _reactiver(*, acteur: Acteur, objet: Utilisateur, motif: str) -> None:
    actions.reactiver_compte(acteur=acteur, utilisateur=objet, motif=motif)


def _inviter(*, acteur: Acteur, objet: Organisation, courriel: str, **champs: Any) -> str:
    role = regles.ROLE_DU_TYPE[objet.type]
    actions.inviter(acteur=acteur, organisation=objet, role=role, courriel=courriel, **champs)
    return f"L’invitation est envoyée à {courriel}."


def _modifier_organisation(*, acteur: Acteur, objet: Organisation, **champs: Any) -> None:
    actions.modifier_organisation(acteur=acteur, organisation=objet, **champs)


def _definir_droits(*, acteur: Acteur, objet: Rattachement, **champs: Any) -> None:
    actions.definir_droits(acteur=acteur, rattachement=objet, **champs)


def _retirer(*, acteur: Acteur, objet: Rattachement, motif: str) -> str:
    actions.retirer_membre(acteur=acteur, rattachement=objet, motif=motif)
    return "Ce rôle est retiré."


def _renouveler(*, acteur: Acteur, objet: Invitation) -> str:
    actions.renouveler_invitation(acteur=acteur, invitation=objet)
    return f"Un nouveau lien est envoyé à {objet.courriel}."


def _annuler(*, acteur: Acteur, objet: Invitation, motif: str) -> str:
    actions.annuler_invitation(acteur=acteur, invitation=objet, motif=motif)
    return "L’invitation est annulée."


def _en_attente(acteur: Acteur, invitation: Invitation) -> bool:
    return invitation.etat == EtatInvitation.ENVOYEE


@admin.register(Utilisateur)
class UtilisateurAdmin(AdminPerimetre):
    roles_lecture = GESTION
    visibles_par = staticmethod(acces.utilisateurs_visibles_par)
    list_display = ("email", "prenom", "nom", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff", "rattachements__role")
    search_fields = ("email", "prenom", "nom")
    ordering = ("email",)
    fields = ("email", "prenom", "nom", "is_active", "is_staff", "date_joined", "last_login", "roles")
    readonly_fields = ("roles",)
    verbes = (
        Bouton(
            "desactiver",
            "Désactiver le compte",
            _desactiver,
            roles=GESTION,
            formulaire=FormulaireMotif,
            explication="La personne ne pourra plus se connecter et perdra tout de suite ses accès.",
            possible=lambda acteur, objet: objet.is_active and objet.pk != acteur.utilisateur_id,
            fait="Le compte est désactivé.",
        ),
        Bouton(
            "reactiver",
            "Réactiver le compte",
            _reactiver,
            roles=GESTION,
            formulaire=FormulaireMotif,
            explication="La personne retrouvera les rôles qui ne lui ont pas été retirés.",
            possible=lambda acteur, objet: not objet.is_active,
            fait="Le compte est réactivé.",
        ),
    )

    @admin.display(description="rôles")
    def roles(self, utilisateur: Utilisateur) -> str:
        return ", ".join(str(r) for r in acces.rattachements_de(utilisateur)) or "aucun"


@admin.register(Organisation)
class OrganisationAdmin(AdminPerimetre):
    roles_lecture = GESTION
    visibles_par = staticmethod(acces.organisations_visibles_par)
    list_display = ("nom", "type", "courriel")
    list_filter = ("type",)
    search_fields = ("nom", "courriel")
    ordering = ("nom", "pk")
    fields = ("nom", "type", "courriel", "departements", "regions", "membres")
    readonly_fields = ("membres",)
    verbes = (
        Bouton(
            "inviter",
            "Inviter une personne",
            _inviter,
            roles=GESTION,
            formulaire=FormulaireInvitationAdmin,
            avec_objet=True,
            explication="Elle recevra un lien pour rejoindre cette organisation.",
        ),
        Bouton(
            "modifier",
            "Modifier",
            _modifier_organisation,
            roles=GESTION,
            formulaire=FormulaireOrganisation,
            avec_objet=True,
            explication="Un changement de territoire change aussitôt ce que voient ses membres.",
        ),
    )

    @admin.display(description="membres")
    def membres(self, organisation: Organisation) -> str:
        return ", ".join(str(m.utilisateur) for m in acces.membres_de(organisation)) or "aucun"


@admin.register(Rattachement)
class RattachementAdmin(AdminPerimetre):
    roles_lecture = GESTION
    visibles_par = staticmethod(acces.rattachements_visibles_par)
    list_display = ("utilisateur", "role", "organisation", "administrateur", "signataire", "fin_le")
    list_filter = ("role", "administrateur", "signataire", ("fin_le", admin.EmptyFieldListFilter))
    list_select_related = ("utilisateur", "organisation")
    search_fields = ("utilisateur__email", "utilisateur__nom", "organisation__nom")
    ordering = ("-pk",)
    fields = ("utilisateur", "role", "organisation", "administrateur", "signataire", "cree_le", "fin_le")
    verbes = (
        Bouton(
            "droits",
            "Modifier les droits",
            _definir_droits,
            roles=GESTION,
            formulaire=FormulaireDroitsAdmin,
            avec_objet=True,
            possible=lambda acteur, objet: objet.fin_le is None and objet.organisation_id is not None,
            fait="Les droits sont enregistrés.",
        ),
        Bouton(
            "retirer",
            "Retirer ce rôle",
            _retirer,
            roles=GESTION,
            formulaire=FormulaireMotif,
            explication="La personne perdra tout de suite les accès que donne ce rôle. Ce qu’elle a fait est conservé.",
            possible=lambda acteur, objet: objet.fin_le is None,
        ),
    )


@admin.register(Invitation)
class InvitationAdmin(AdminPerimetre):
    roles_lecture = GESTION
    visibles_par = staticmethod(acces.invitations_visibles_par)
    list_display = ("courriel", "organisation", "role", "etat", "cree_le", "acceptee_le")
    list_filter = ("etat", "role")
    list_select_related = ("organisation",)
    search_fields = ("courriel", "nom", "organisation__nom")
    ordering = ("-pk",)
    fields = (
        "courriel",
        "prenom",
        "nom",
        "organisation",
        "role",
        "administrateur",
        "signataire",
        "etat",
        "invite_par",
        "cree_le",
        "modifie_le",
        "acceptee_le",
    )
    verbes = (
        Bouton(
            "renouveler",
            "Envoyer un nouveau lien",
            _renouveler,
            roles=GESTION,
            explication="Le lien précédent ne fonctionnera plus.",
            possible=_en_attente,
        ),
        Bouton(
            "annuler",
            "Annuler l’invitation",
            _annuler,
            roles=GESTION,
            formulaire=FormulaireMotif,
            explication="Le lien déjà envoyé ne fonctionnera plus.",
            possible=_en_attente,
        ),
    )
