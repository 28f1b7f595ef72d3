"""Reading people and bodies inside the perimeter of the acting role (DOMAIN §2), and the doors of the views."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url

from portal.commun.acteurs import Acteur
from portal.commun.jetons import retrouver_jeton, uuid_de
from portal.commun.roles import Role
from portal.comptes.models import EtatInvitation, Invitation, Organisation, Rattachement, TypeOrganisation, Utilisateur

CLE_SESSION = "rattachement"
# Purpose of the tokens of invitations.
USAGE_INVITATION = "comptes.invitation"
# National perimeter on people and bodies.
ROLES_NATIONAUX = frozenset({Role.ANCT, Role.SUPPORT, Role.SYSTEME})
# Bodies whose perimeter is a territory.
TYPES_A_TERRITOIRE = frozenset({TypeOrganisation.PREFECTURE, TypeOrganisation.SGAR, TypeOrganisation.HUB})


# --- the acting role ------------------------------------------------------------------------------------------------


def rattachements_de(utilisateur: Utilisateur) -> list[Rattachement]:
    """The memberships in force, oldest first, with what `acteur_de` reads."""
    rattachements = list(
        Rattachement.objects.en_vigueur().filter(utilisateur=utilisateur).select_related("organisation").order_by("pk")
    )
    # Most people belong to a body without a territory: they cost one query.
    bornees = [r.organisation for r in rattachements if _a_un_territoire(r)]
    prefetch_related_objects(bornees, "departements", "regions__departements")
    return rattachements


def _a_un_territoire(rattachement: Rattachement) -> bool:
    return rattachement.organisation is not None and rattachement.organisation.type in TYPES_A_TERRITOIRE


def acteur_de(utilisateur: Utilisateur, rattachement: Rattachement | None = None) -> Acteur:
    """The person acting through `rattachement`; by default the last one obtained.

    Somebody without a role is a signed-in visitor; a superuser without a role is technical support. The départements
    of a région are part of its perimeter, so that a list filters on `departements` alone.
    """
    if rattachement is None:
        rattachement = next(iter(reversed(rattachements_de(utilisateur))), None)
    if rattachement is None:
        role = Role.SUPPORT if utilisateur.is_superuser else Role.VISITEUR
        return Acteur(role, utilisateur.pk, str(utilisateur), utilisateur.email)
    if rattachement.utilisateur_id != utilisateur.pk:
        raise ValueError("this membership belongs to somebody else")
    organisation = rattachement.organisation
    regions = list(organisation.regions.all()) if _a_un_territoire(rattachement) else []
    departements = {d.code for d in organisation.departements.all()} if _a_un_territoire(rattachement) else set()
    departements |= {d.code for region in regions for d in region.departements.all()}
    return Acteur(
        role=Role(rattachement.role),
        utilisateur_id=utilisateur.pk,
        nom=str(utilisateur),
        courriel=utilisateur.email,
        organisation_id=rattachement.organisation_id,
        organisation_nom=organisation.nom if organisation else "",
        departements=frozenset(departements),
        regions=frozenset(region.code for region in regions),
    )


def preparer_requete(request: HttpRequest) -> None:
    """Attach the memberships and the acting role to a request, from the session's choice when it still holds."""
    request.rattachements = rattachements_de(request.user)
    choisi = request.session.get(CLE_SESSION)
    request.rattachement = next(
        (r for r in request.rattachements if str(r.uuid) == choisi),
        request.rattachements[-1] if request.rattachements else None,
    )
    if request.rattachement is not None:
        request.rattachement.utilisateur = request.user
        request.acteur = acteur_de(request.user, request.rattachement)
    else:
        role = Role.SUPPORT if request.user.is_superuser else Role.VISITEUR
        request.acteur = Acteur(role, request.user.pk, str(request.user), request.user.email)


def choisir_rattachement(request: HttpRequest, uuid: UUID | str) -> Rattachement:
    """Act through another of one's own memberships, for this session; 404 for anything else."""
    for rattachement in request.rattachements:
        if str(rattachement.uuid) == str(uuid):
            request.session[CLE_SESSION] = str(rattachement.uuid)
            return rattachement
    raise Http404("Ce rôle n’est pas l’un des vôtres.")


# --- doors of the views ---------------------------------------------------------------------------------------------


def exiger_connexion(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Somebody signed in, whatever the role."""

    @functools.wraps(vue)
    def enveloppe(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.acteur.authentifie:
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        return vue(request, *args, **kwargs)

    enveloppe.roles = None
    return enveloppe


def exiger_role(*roles: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Only these acting roles enter. Anonymous: sign-in; another role: 403 with the reason, and the switch when the
    person also holds one of these roles."""

    def decorateur(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(vue)
        def enveloppe(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.acteur.authentifie:
                return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
            if not request.acteur.est(*roles):
                return refuser_role(request, *roles)
            return vue(request, *args, **kwargs)

        enveloppe.roles = frozenset(roles)
        return enveloppe

    return decorateur


def refuser_role(request: HttpRequest, *roles: str, suite: str | None = None) -> HttpResponse:
    """The 403 page of a role: what is needed, what one acts as, which switch would open the page."""
    if suite is None:
        suite = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    contexte = {
        "roles_requis": [Role(role).label for role in roles],
        "role_actuel": Role(request.acteur.role).label if request.rattachement else "",
        "bascules": [r for r in request.rattachements if r.role in roles],
        "suite": suite,
    }
    return render(request, "comptes/role_requis.html", contexte, status=403)


# --- perimeter ------------------------------------------------------------------------------------------------------


def organisations_visibles_par(acteur: Acteur) -> QuerySet[Organisation]:
    """All for national roles; one's own body for the others."""
    if acteur.est(*ROLES_NATIONAUX):
        return Organisation.objects.all()
    return (
        Organisation.objects.filter(pk=acteur.organisation_id)
        if acteur.organisation_id
        else Organisation.objects.none()
    )


def rattachements_visibles_par(acteur: Acteur) -> QuerySet[Rattachement]:
    """National roles: all; the others: the colleagues in force of one's own body, and one's own memberships."""
    if acteur.est(*ROLES_NATIONAUX):
        return Rattachement.objects.all()
    if not acteur.authentifie:
        return Rattachement.objects.none()
    siens = Q(utilisateur=acteur.utilisateur_id)
    collegues = Q(organisation=acteur.organisation_id, organisation__isnull=False)
    return Rattachement.objects.en_vigueur().filter(siens | collegues)


def invitations_visibles_par(acteur: Acteur) -> QuerySet[Invitation]:
    return Invitation.objects.filter(organisation__in=organisations_visibles_par(acteur))


def utilisateurs_visibles_par(acteur: Acteur) -> QuerySet[Utilisateur]:
    """National roles: everybody; the others: oneself and one's colleagues."""
    if acteur.est(*ROLES_NATIONAUX):
        return Utilisateur.objects.all()
    return Utilisateur.objects.filter(rattachements__in=rattachements_visibles_par(acteur)).distinct()


def obtenir_organisation(acteur: Acteur) -> Organisation:
    """The body one acts for."""
    organisation = Organisation.objects.filter(pk=acteur.organisation_id).first() if acteur.organisation_id else None
    if organisation is None:
        raise Http404
    return organisation


def membres_de(organisation: Organisation) -> QuerySet[Rattachement]:
    """The members in force of a body, by name."""
    membres = Rattachement.objects.en_vigueur().filter(organisation=organisation).select_related("utilisateur")
    return membres.order_by("utilisateur__nom", "utilisateur__prenom", "pk")


def invitations_en_attente(organisation: Organisation) -> QuerySet[Invitation]:
    return Invitation.objects.filter(organisation=organisation, etat=EtatInvitation.ENVOYEE).order_by("-cree_le", "-pk")


def obtenir_membre(organisation: Organisation, uuid: UUID | str) -> Rattachement:
    return _un(membres_de(organisation).select_related("organisation"), uuid)


def obtenir_invitation_de(organisation: Organisation, uuid: UUID | str) -> Invitation:
    return _un(Invitation.objects.filter(organisation=organisation).select_related("organisation"), uuid)


def invitation_du_lien(secret: str) -> Invitation | None:
    """What a link was about, whatever its state: it only chooses what the page says."""
    jeton = retrouver_jeton(secret, usage=USAGE_INVITATION)
    if jeton is None:
        return None
    return Invitation.objects.select_related("organisation").filter(uuid=uuid_de(jeton, Invitation)).first()


def compte_confirme(courriel: str) -> bool:
    """True when somebody already signs in with this address (R43)."""
    confirmees = EmailAddress.objects.filter(email__iexact=courriel, verified=True)
    return confirmees.filter(user__email__iexact=courriel).exists()


def _un(objets: QuerySet[Any], uuid: UUID | str) -> Any:
    objet = objets.filter(uuid=uuid).first()
    if objet is None:
        raise Http404
    return objet


def administre(acteur: Acteur, organisation_id: int | None) -> bool:
    """True when the person may invite and remove people of this body: its administrators in force, ANCT, support."""
    if acteur.est(*ROLES_NATIONAUX):
        return True
    if not acteur.authentifie or organisation_id is None or acteur.organisation_id != organisation_id:
        return False
    return (
        Rattachement.objects.en_vigueur()
        .filter(utilisateur=acteur.utilisateur_id, organisation=organisation_id, role=acteur.role, administrateur=True)
        .exists()
    )
