"""Two bodies that were one: the people of the one that disappears join the other."""

from __future__ import annotations

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse
from portal.commun.jetons import revoquer_jetons
from portal.commun.verbes import verbe
from portal.comptes import acces
from portal.comptes.acces import USAGE_INVITATION
from portal.comptes.actions.membres import verrouiller_organisation
from portal.comptes.models import EtatInvitation, Invitation, Organisation, Rattachement


@verbe
def reunir_organisations(
    *, acteur: Acteur, gardee: Organisation, absorbee: Organisation, motif: str
) -> tuple[int, int]:
    """Move the memberships in force and the pending invitations; returns how many of each.

    Who already belongs to the body that stays keeps one membership, with the rights of both. Links of invitations
    already sent go on working.
    """
    if not acteur.est(*acces.ROLES_NATIONAUX):
        raise AccesRefuse("Seule l’ANCT réunit deux organisations.")
    for organisation in sorted((gardee, absorbee), key=lambda organisation: organisation.pk):
        verrouiller_organisation(organisation)
    return _membres(gardee, absorbee), _invitations(gardee, absorbee)


def _membres(gardee: Organisation, absorbee: Organisation) -> int:
    en_cours = Rattachement.objects.select_for_update(of=("self",), no_key=True).filter(fin_le__isnull=True)
    deja = {(membre.utilisateur_id, membre.role): membre for membre in en_cours.filter(organisation=gardee)}
    deplaces = list(en_cours.filter(organisation=absorbee).order_by("pk"))
    for membre in deplaces:
        present = deja.get((membre.utilisateur_id, membre.role))
        if present is None:
            membre.organisation = gardee
            membre.save()
            continue
        present.administrateur = present.administrateur or membre.administrateur
        present.signataire = present.signataire or membre.signataire
        present.save()
        membre.fin_le = present.modifie_le
        membre.save()
    return len(deplaces)


def _invitations(gardee: Organisation, absorbee: Organisation) -> int:
    en_attente = Invitation.objects.select_for_update(of=("self",), no_key=True).filter(etat=EtatInvitation.ENVOYEE)
    membres = Rattachement.objects.en_vigueur().filter(organisation=gardee)
    connus = {(adresse.lower(), role) for adresse, role in membres.values_list("utilisateur__email", "role")}
    connus |= {(i.courriel.lower(), i.role) for i in en_attente.filter(organisation=gardee)}
    deplacees = list(en_attente.filter(organisation=absorbee).order_by("pk"))
    for invitation in deplacees:
        if (invitation.courriel.lower(), invitation.role) in connus:
            invitation.etat = EtatInvitation.ANNULEE
            revoquer_jetons(usage=USAGE_INVITATION, objet=invitation)
        else:
            invitation.organisation = gardee
        invitation.save()
    return len(deplacees)
