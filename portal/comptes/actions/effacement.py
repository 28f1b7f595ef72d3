"""An account that nobody ever used goes with what it was made for (R111)."""

from __future__ import annotations

from allauth.account.models import EmailAddress

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, TransitionInterdite
from portal.commun.purge import effacer
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.comptes.actions.comptes import verrouiller
from portal.comptes.models import Rattachement, Utilisateur


def jamais_servi(utilisateur: Utilisateur) -> bool:
    """No address proven, never signed in, no role held: nothing but what an anonymous visitor typed."""
    return (
        utilisateur.last_login is None
        and not utilisateur.is_staff
        and not EmailAddress.objects.filter(user=utilisateur, verified=True).exists()
        and not Rattachement.objects.filter(utilisateur=utilisateur).exists()
    )


@verbe
def effacer_compte(*, acteur: Acteur, utilisateur: Utilisateur, motif: str) -> None:
    """R111: the portal deletes an account that never served."""
    if not acteur.est(Role.SYSTEME):
        raise AccesRefuse("Seul le portail efface un compte.")
    utilisateur = verrouiller(utilisateur)
    if not jamais_servi(utilisateur):
        raise TransitionInterdite("Ce compte a servi : il ne peut pas être effacé.")
    effacer(utilisateur, motif=motif, vides={"email": "", "prenom": "", "nom": ""})


@verbe
def effacer_rattachements(*, acteur: Acteur, utilisateur: Utilisateur, role: str, motif: str) -> None:
    """R111: a role held by oneself that came to nothing."""
    if not acteur.est(Role.SYSTEME):
        raise AccesRefuse("Seul le portail efface un rôle.")
    for rattachement in Rattachement.objects.filter(utilisateur=utilisateur, role=role, organisation__isnull=True):
        effacer(rattachement, motif=motif, vides={})
