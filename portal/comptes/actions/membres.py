"""Verbs on bodies and on who belongs to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from portal.commun import courriels
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import ROLES_ADMIN, Role
from portal.commun.verbes import verbe
from portal.commun.verrous import sous_verrou
from portal.comptes import acces, regles
from portal.comptes.models import Organisation, Rattachement, TypeOrganisation, Utilisateur


@verbe
def creer_organisation(
    *,
    acteur: Acteur,
    type: str,
    nom: str,
    departements: Iterable[Any] = (),
    regions: Iterable[Any] = (),
    courriel: str = "",
) -> Organisation:
    """A body in whose name people will act. Structures and training bodies are created by the verbs of their floor."""
    _exiger_national(acteur, "Seule l’ANCT crée une organisation.")
    _exiger_territoire(type, departements, regions)
    organisation = Organisation.objects.create(type=type, nom=nom, courriel=courriel)
    organisation.departements.set(departements)
    organisation.regions.set(regions)
    return organisation


@verbe
def modifier_organisation(
    *,
    acteur: Acteur,
    organisation: Organisation,
    nom: str,
    courriel: str = "",
    departements: Iterable[Any] | None = None,
    regions: Iterable[Any] | None = None,
    motif: str = "",
) -> Organisation:
    """Name, address and, for a prefecture, a SGAR or a hub, the territory: a change of perimeter acts at once."""
    _exiger_national(acteur, "Seule l’ANCT modifie une organisation.")
    organisation = verrouiller_organisation(organisation)
    if departements is None:
        departements = list(organisation.departements.all())
    if regions is None:
        regions = list(organisation.regions.all())
    _exiger_territoire(organisation.type, departements, regions)
    organisation.nom, organisation.courriel = nom, courriel
    organisation.save()
    organisation.departements.set(departements)
    organisation.regions.set(regions)
    return organisation


@verbe
def rattacher(
    *,
    acteur: Acteur,
    utilisateur: Utilisateur,
    role: str,
    organisation: Organisation | None = None,
    administrateur: bool = False,
    signataire: bool = False,
) -> Rattachement:
    """Give a role to a person. Doing it again changes nothing but adds rights that were missing."""
    de_soi_meme = role == Role.CANDIDAT and acteur.utilisateur_id == utilisateur.pk
    if not de_soi_meme:
        _exiger_national(acteur, "Seule l’ANCT donne un rôle directement : envoyez plutôt une invitation.")
    return poser_rattachement(
        utilisateur=utilisateur,
        role=role,
        organisation=organisation,
        administrateur=administrateur,
        signataire=signataire,
    )


@verbe
def retirer_membre(*, acteur: Acteur, rattachement: Rattachement, motif: str = "") -> Rattachement:
    """End a membership: access is lost at the next request. A body never loses its last administrator."""
    # The body first, always: two removals of the two last administrators then wait for each other.
    if rattachement.organisation_id is not None:
        verrouiller_organisation(rattachement.organisation)
    rattachement = _verrouiller(rattachement)
    if rattachement.utilisateur_id != acteur.utilisateur_id:
        exiger_administration(acteur, rattachement.organisation_id)
    if rattachement.fin_le is not None:
        raise TransitionInterdite("Cette personne a déjà été retirée.")
    if rattachement.administrateur:
        _garder_un_administrateur(rattachement)
    rattachement.fin_le = timezone.now()
    rattachement.save(update_fields=["fin_le", "modifie_le"])
    recalculer_acces_admin(rattachement.utilisateur)
    if rattachement.organisation_id is not None:
        courriels.envoyer(
            "comptes/retrait",
            destinataires=[rattachement.utilisateur.email],
            contexte={"rattachement": rattachement, "prenom": rattachement.utilisateur.prenom},
            objet=rattachement,
        )
    return rattachement


@verbe
def definir_droits(
    *, acteur: Acteur, rattachement: Rattachement, administrateur: bool, signataire: bool, motif: str = ""
) -> Rattachement:
    """Say whether a colleague may invite and remove people, and sign for the body."""
    if rattachement.organisation_id is None:
        raise RegleNonRespectee("§2", "Ce rôle ne s’exerce pas dans une organisation.")
    verrouiller_organisation(rattachement.organisation)
    rattachement = _verrouiller(rattachement)
    exiger_administration(acteur, rattachement.organisation_id)
    if rattachement.fin_le is not None:
        raise TransitionInterdite("Cette personne a été retirée de l’organisation.")
    if signataire and rattachement.role not in regles.ROLES_SIGNATAIRES:
        raise RegleNonRespectee("R63", "Ce rôle ne signe pas de convention.", "signataire")
    if rattachement.administrateur and not administrateur:
        _garder_un_administrateur(rattachement)
    rattachement.administrateur, rattachement.signataire = administrateur, signataire
    rattachement.save(update_fields=["administrateur", "signataire", "modifie_le"])
    return rattachement


@verbe
def nommer_administrateur(*, acteur: Acteur, rattachement: Rattachement) -> Rattachement:
    """Let a colleague invite and remove people."""
    return definir_droits(
        acteur=acteur, rattachement=rattachement, administrateur=True, signataire=rattachement.signataire
    )


# --- shared by the other verbs of this package ----------------------------------------------------------------------


def verrouiller_organisation(organisation: Organisation) -> Organisation:
    """The row that serialises every change of the members of a body."""
    return Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)


def exiger_administration(acteur: Acteur, organisation_id: int | None) -> None:
    if not acces.administre(acteur, organisation_id):
        raise AccesRefuse("Seuls les administrateurs de l’organisation gèrent ses membres.")


def poser_rattachement(
    *,
    utilisateur: Utilisateur,
    role: str,
    organisation: Organisation | None,
    administrateur: bool = False,
    signataire: bool = False,
) -> Rattachement:
    """Create or complete the membership; the caller has checked that the actor may.

    The first member of a body becomes its administrator: without one nobody could invite the others.
    """
    exiger_role_possible(role, organisation)
    # The person's row serialises two attachments of the same person at the same moment.
    utilisateur = Utilisateur.objects.select_for_update(of=("self",), no_key=True).get(pk=utilisateur.pk)
    if not utilisateur.is_active:
        raise TransitionInterdite("Ce compte est désactivé : il ne peut pas recevoir de rôle.")
    rattachement = Rattachement.objects.filter(
        utilisateur=utilisateur, role=role, organisation=organisation, fin_le__isnull=True
    ).first() or Rattachement(utilisateur=utilisateur, role=role, organisation=organisation)
    rattachement.administrateur |= administrateur or (
        organisation is not None and not _administrateurs(organisation.pk).exists()
    )
    rattachement.signataire |= signataire and role in regles.ROLES_SIGNATAIRES
    rattachement.save()
    recalculer_acces_admin(utilisateur)
    return rattachement


def exiger_role_possible(role: str, organisation: Organisation | None) -> None:
    if not regles.role_possible(role, organisation.type if organisation else None):
        cadre = TypeOrganisation(organisation.type).label if organisation else "personne sans organisation"
        raise RegleNonRespectee("§2", f"Le rôle « {Role(role).label} » n’existe pas pour : {cadre}.", "role")


def recalculer_acces_admin(utilisateur: Utilisateur) -> None:
    """Access to the administration follows the roles held; a superuser (technical support) keeps it."""
    attendu = (
        utilisateur.is_superuser
        or Rattachement.objects.filter(utilisateur=utilisateur, role__in=ROLES_ADMIN, fin_le__isnull=True).exists()
    )
    if utilisateur.is_staff != attendu:
        utilisateur.is_staff = attendu
        utilisateur.save(update_fields=["is_staff", "modifie_le"])


def _verrouiller(rattachement: Rattachement) -> Rattachement:
    """A merge of structures may have given it to another body while it was waited for (R22)."""
    return sous_verrou(Rattachement, rattachement.pk, "utilisateur", "organisation")


def _administrateurs(organisation_id: int) -> QuerySet[Rattachement]:
    return Rattachement.objects.en_vigueur().filter(organisation=organisation_id, administrateur=True)


def _garder_un_administrateur(rattachement: Rattachement) -> None:
    if not _administrateurs(rattachement.organisation_id).exclude(pk=rattachement.pk).exists():
        raise RegleNonRespectee(
            "§2",
            "C’est le dernier administrateur de l’organisation : nommez-en d’abord un autre parmi vos collègues.",
            "administrateur",
        )


def _exiger_national(acteur: Acteur, message: str) -> None:
    if not acteur.est(*acces.ROLES_NATIONAUX):
        raise AccesRefuse(message)


def _exiger_territoire(type: str, departements: Iterable[Any], regions: Iterable[Any]) -> None:
    if type == TypeOrganisation.PREFECTURE and not list(departements):
        raise RegleNonRespectee("§2", "Indiquez le ou les départements de la préfecture.", "departements")
    if type in (TypeOrganisation.SGAR, TypeOrganisation.HUB) and not list(regions):
        raise RegleNonRespectee("§2", "Indiquez la ou les régions.", "regions")
    if type not in acces.TYPES_A_TERRITOIRE and (list(departements) or list(regions)):
        raise RegleNonRespectee("§2", "Cette organisation n’a pas de territoire propre.", "departements")
