"""Verbs on invitations (R27): sent by an administrator of the body, renewed by the invited person itself if need be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from portal.commun import courriels
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.jetons import (
    JetonInvalide,
    consommer_jeton,
    emettre_jeton,
    retrouver_jeton,
    revoquer_jetons,
    uuid_de,
)
from portal.commun.verbes import verbe
from portal.commun.verrous import sous_verrou
from portal.comptes import regles
from portal.comptes.acces import USAGE_INVITATION, compte_confirme
from portal.comptes.actions.comptes import confirmer_adresse, poser_mot_de_passe
from portal.comptes.actions.membres import (
    exiger_administration,
    exiger_role_possible,
    poser_rattachement,
    verrouiller_organisation,
)
from portal.comptes.models import EtatInvitation, Invitation, Organisation, Rattachement, Utilisateur

MODELE_INVITATION = "comptes/invitation"


@verbe
def inviter(
    *,
    acteur: Acteur,
    organisation: Organisation,
    role: str,
    courriel: str,
    prenom: str = "",
    nom: str = "",
    administrateur: bool = False,
    signataire: bool = False,
    modele: str = MODELE_INVITATION,
    complements: Mapping[str, Any] | None = None,
) -> Invitation:
    """Invite somebody into a body; the mail with the link leaves with the transaction (R27, R113).

    A floor above that has more to say in the same mail names its own template, with what it adds to the context.
    """
    verrouiller_organisation(organisation)
    exiger_administration(acteur, organisation.pk)
    exiger_role_possible(role, organisation)
    courriel = courriel.strip().lower()
    if signataire and role not in regles.ROLES_SIGNATAIRES:
        raise RegleNonRespectee("R63", "Ce rôle ne signe pas de convention.", "signataire")
    membres = Rattachement.objects.en_vigueur().filter(organisation=organisation, role=role)
    if membres.filter(utilisateur__email__iexact=courriel).exists():
        raise RegleNonRespectee("R27", "Cette personne fait déjà partie de l’organisation.", "courriel")
    en_attente = Invitation.objects.filter(organisation=organisation, role=role, etat=EtatInvitation.ENVOYEE)
    if en_attente.filter(courriel__iexact=courriel).exists():
        raise RegleNonRespectee(
            "R27", "Une invitation est déjà en attente pour cette adresse : vous pouvez la renvoyer.", "courriel"
        )
    invitation = Invitation.objects.create(
        organisation=organisation,
        role=role,
        courriel=courriel,
        prenom=prenom.strip(),
        nom=nom.strip(),
        administrateur=administrateur,
        signataire=signataire,
        invite_par_id=acteur.utilisateur_id,
    )
    _envoyer_lien(invitation, modele, complements)
    return invitation


@verbe
def renouveler_invitation(
    *,
    acteur: Acteur,
    invitation: Invitation,
    modele: str = MODELE_INVITATION,
    complements: Mapping[str, Any] | None = None,
) -> Invitation:
    """A new link for the same invitation; the earlier one stops working: not twice in a row (a second click).

    The mail of a floor above, which says something new, does not wait.
    """
    invitation = _verrouiller(invitation)
    exiger_administration(acteur, invitation.organisation_id)
    _exiger_en_attente(invitation)
    if modele == MODELE_INVITATION:
        _exiger_un_delai(
            invitation,
            f"Un lien vient d’être envoyé à {invitation.courriel}. Attendez quelques minutes avant de le renvoyer ; "
            "d’ici là, le message est peut-être dans les courriers indésirables.",
        )
    invitation.save(update_fields=["modifie_le"])
    _envoyer_lien(invitation, modele, complements)
    return invitation


@verbe
def renouveler_depuis_lien(*, acteur: Acteur, secret: str) -> Invitation:
    """R27: the invited person asks again from an old link. The new one only goes to the invited address."""
    jeton = retrouver_jeton(secret, usage=USAGE_INVITATION)
    if jeton is None:
        raise JetonInvalide("Ce lien n’est pas valable. Vérifiez que vous avez ouvert le dernier message reçu.")
    invitation = _verrouiller(Invitation.objects.get(uuid=uuid_de(jeton, Invitation)))
    _exiger_en_attente(invitation)
    _exiger_un_delai(
        invitation,
        "Un lien vient de vous être envoyé. Attendez quelques minutes et regardez vos courriers indésirables.",
    )
    invitation.save(update_fields=["modifie_le"])
    _envoyer_lien(invitation)
    return invitation


@verbe
def annuler_invitation(*, acteur: Acteur, invitation: Invitation, motif: str = "") -> Invitation:
    """The link stops working; the person can be invited again."""
    invitation = _verrouiller(invitation)
    exiger_administration(acteur, invitation.organisation_id)
    _exiger_en_attente(invitation)
    invitation.etat = EtatInvitation.ANNULEE
    invitation.save(update_fields=["etat", "modifie_le"])
    revoquer_jetons(usage=USAGE_INVITATION, objet=invitation)
    return invitation


@verbe
def accepter_invitation(
    *, acteur: Acteur, secret: str, mot_de_passe: str = "", prenom: str = "", nom: str = ""
) -> Rattachement:
    """Use the link, once. Somebody new chooses names and a password; somebody known accepts once signed in (R43)."""
    jeton = consommer_jeton(secret, usage=USAGE_INVITATION)
    invitation = _verrouiller(Invitation.objects.get(uuid=uuid_de(jeton, Invitation)))
    _exiger_en_attente(invitation)
    if acteur.authentifie:
        utilisateur = _personne_connectee(acteur, invitation)
    else:
        utilisateur = _nouvelle_personne(invitation, mot_de_passe, prenom, nom)
    invitation.etat = EtatInvitation.ACCEPTEE
    invitation.acceptee_le = timezone.now()
    invitation.save(update_fields=["etat", "acceptee_le", "modifie_le"])
    return poser_rattachement(
        utilisateur=utilisateur,
        role=invitation.role,
        organisation=invitation.organisation,
        administrateur=invitation.administrateur,
        signataire=invitation.signataire,
    )


def _personne_connectee(acteur: Acteur, invitation: Invitation) -> Utilisateur:
    utilisateur = Utilisateur.objects.get(pk=acteur.utilisateur_id)
    if not regles.meme_adresse(utilisateur.email, invitation.courriel):
        raise AccesRefuse(
            f"Cette invitation est adressée à {invitation.courriel}, or vous êtes connecté avec {utilisateur.email}. "
            "Déconnectez-vous pour l’accepter avec le bon compte."
        )
    return utilisateur


def _nouvelle_personne(invitation: Invitation, mot_de_passe: str, prenom: str, nom: str) -> Utilisateur:
    """An account whose address was never confirmed proves nothing: whoever holds the link takes it over entirely,
    password included, so that nobody can wait for us behind an address that is not theirs."""
    utilisateur = Utilisateur.objects.filter(email__iexact=invitation.courriel).first()
    if utilisateur is not None and (utilisateur.is_superuser or compte_confirme(utilisateur.email)):
        raise RegleNonRespectee("R43", "Vous avez déjà un compte avec cette adresse : connectez-vous pour accepter.")
    utilisateur = utilisateur or Utilisateur(email=invitation.courriel.lower())
    utilisateur.prenom, utilisateur.nom = prenom.strip(), nom.strip()
    poser_mot_de_passe(utilisateur, mot_de_passe)
    utilisateur.save()
    confirmer_adresse(utilisateur)
    return utilisateur


def _verrouiller(invitation: Invitation) -> Invitation:
    """A merge of structures may have given it to another body while it was waited for (R22)."""
    return sous_verrou(Invitation, invitation.pk, "organisation")


def _exiger_en_attente(invitation: Invitation) -> None:
    if invitation.etat == EtatInvitation.ACCEPTEE:
        raise TransitionInterdite("Cette invitation a déjà été acceptée.")
    if invitation.etat == EtatInvitation.ANNULEE:
        raise TransitionInterdite("Cette invitation a été annulée. Demandez-en une autre à l’organisation.")


def _exiger_un_delai(invitation: Invitation, message: str) -> None:
    # `modifie_le` is the last sending: no verb saves an invitation that stays pending without sending its link.
    if timezone.now() - invitation.modifie_le < regles.DELAI_ENTRE_RENOUVELLEMENTS:
        raise RegleNonRespectee("R27", message)


def _envoyer_lien(
    invitation: Invitation, modele: str = MODELE_INVITATION, complements: Mapping[str, Any] | None = None
) -> None:
    secret = emettre_jeton(usage=USAGE_INVITATION, objet=invitation, duree=regles.DUREE_INVITATION)
    courriels.envoyer(
        modele,
        destinataires=[invitation.courriel],
        contexte={
            **(complements or {}),
            "invitation": invitation,
            "organisation": invitation.organisation,
            "prenom": invitation.prenom,
            "invite_par": invitation.invite_par,
            "lien": courriels.lien("comptes:invitation", secret),
            "jours": regles.DUREE_INVITATION.days,
        },
        objet=invitation,
    )
