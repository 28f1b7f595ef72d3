"""Verbs on the account of one person."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.comptes.models import Utilisateur


@verbe
def creer_compte(
    *, acteur: Acteur, courriel: str, mot_de_passe: str | None = None, prenom: str = "", nom: str = ""
) -> Utilisateur:
    """An account whose address is already known to be the person's: demo data, commands."""
    if not acteur.est(Role.SYSTEME):
        raise AccesRefuse("Seul le portail crée un compte pour quelqu’un d’autre : invitez plutôt la personne.")
    if Utilisateur.objects.filter(email__iexact=courriel).exists():
        raise RegleNonRespectee("R43", "Un compte existe déjà avec cette adresse.", "courriel")
    utilisateur = Utilisateur.objects.create_user(courriel, mot_de_passe, prenom=prenom, nom=nom)
    confirmer_adresse(utilisateur)
    return utilisateur


@verbe
def changer_identite(*, acteur: Acteur, utilisateur: Utilisateur, prenom: str, nom: str) -> Utilisateur:
    """R111: one corrects one's own names; nobody else's but through support."""
    if acteur.utilisateur_id != utilisateur.pk and not acteur.est(Role.ANCT, Role.SUPPORT, Role.SYSTEME):
        raise AccesRefuse("Chacun modifie son propre nom.")
    utilisateur = verrouiller(utilisateur)
    utilisateur.prenom, utilisateur.nom = prenom.strip(), nom.strip()
    utilisateur.save(update_fields=["prenom", "nom", "modifie_le"])
    return utilisateur


@verbe
def desactiver_compte(*, acteur: Acteur, utilisateur: Utilisateur, motif: str) -> Utilisateur:
    """The person loses every access at the next request; memberships stay, for the history and a return."""
    _exiger_gestion(acteur, utilisateur)
    _exiger_motif(motif)
    utilisateur = verrouiller(utilisateur)
    if not utilisateur.is_active:
        raise TransitionInterdite("Ce compte est déjà désactivé.")
    utilisateur.is_active = False
    utilisateur.save(update_fields=["is_active", "modifie_le"])
    return utilisateur


@verbe
def reactiver_compte(*, acteur: Acteur, utilisateur: Utilisateur, motif: str) -> Utilisateur:
    """The way back of `desactiver_compte`."""
    _exiger_gestion(acteur, utilisateur)
    _exiger_motif(motif)
    utilisateur = verrouiller(utilisateur)
    if utilisateur.is_active:
        raise TransitionInterdite("Ce compte est déjà actif.")
    utilisateur.is_active = True
    utilisateur.save(update_fields=["is_active", "modifie_le"])
    return utilisateur


def _exiger_gestion(acteur: Acteur, utilisateur: Utilisateur) -> None:
    if not acteur.est(Role.ANCT, Role.SUPPORT, Role.SYSTEME):
        raise AccesRefuse("Seuls l’ANCT et le support désactivent ou réactivent un compte.")
    if acteur.utilisateur_id == utilisateur.pk:
        raise AccesRefuse("Vous ne pouvez pas désactiver ni réactiver votre propre compte.")
    if utilisateur.is_superuser and not acteur.est(Role.SYSTEME):
        raise AccesRefuse("Le compte du support technique ne se gère pas depuis l’administration.")


def _exiger_motif(motif: str) -> None:
    if not motif.strip():
        raise RegleNonRespectee("R110", "Indiquez le motif.", "motif")


# --- shared by the other verbs of this package ----------------------------------------------------------------------


def verrouiller(utilisateur: Utilisateur) -> Utilisateur:
    return Utilisateur.objects.select_for_update(of=("self",), no_key=True).get(pk=utilisateur.pk)


def confirmer_adresse(utilisateur: Utilisateur) -> None:
    """R42: the address is proven (a link sent to it was used), as allauth records it."""
    EmailAddress.objects.update_or_create(
        user=utilisateur, email=utilisateur.email, defaults={"verified": True, "primary": True}
    )


def poser_mot_de_passe(utilisateur: Utilisateur, mot_de_passe: str) -> None:
    """Set a password that follows the house's rules; the caller saves."""
    try:
        validate_password(mot_de_passe, utilisateur)
    except ValidationError as erreur:
        raise RegleNonRespectee("R43", " ".join(erreur.messages), "mot_de_passe") from erreur
    utilisateur.set_password(mot_de_passe)
