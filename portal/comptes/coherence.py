"""What must always be true of accounts and memberships, and that SQL constraints cannot say."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.commun.coherence import invariant
from portal.commun.roles import ROLES_ADMIN
from portal.comptes import regles
from portal.comptes.models import Organisation, Rattachement, Utilisateur


@invariant("comptes.administrateur", "une organisation qui a des membres a un administrateur")
def organisations_sans_administrateur() -> QuerySet[Organisation]:
    membres = Rattachement.objects.filter(organisation=OuterRef("pk"), fin_le__isnull=True)
    return Organisation.objects.filter(Exists(membres), ~Exists(membres.filter(administrateur=True)))


@invariant("comptes.acces_admin", "l’accès à l’administration suit les rôles en vigueur")
def acces_admin_sans_role() -> QuerySet[Utilisateur]:
    roles = Exists(Rattachement.objects.filter(utilisateur=OuterRef("pk"), role__in=ROLES_ADMIN, fin_le__isnull=True))
    return Utilisateur.objects.filter(Q(roles, is_staff=False) | Q(~roles, is_staff=True, is_superuser=False))


@invariant("comptes.role_organisation", "un rôle se tient dans une organisation de son type (§2)")
def roles_dans_la_mauvaise_organisation() -> QuerySet[Rattachement]:
    bons = Q(organisation__isnull=True, role__in=regles.ROLES_SANS_ORGANISATION)
    for type_organisation, role in regles.ROLE_DU_TYPE.items():
        bons |= Q(organisation__type=type_organisation, role=role)
    return Rattachement.objects.exclude(bons)
