"""Activation (R27): the structure gets its space, and somebody to open it."""

from __future__ import annotations

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.evenements import emettre
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.comptes.actions import inviter, renouveler_invitation
from portal.comptes.models import EtatInvitation, Invitation, Rattachement
from structures import courriels_decision
from structures.actions.concertation import verrouiller_candidature
from structures.etats import MACHINE_CANDIDATURE
from structures.models import Candidature, Structure


@verbe
def activer(*, acteur: Acteur, candidature: Candidature) -> Candidature:
    """R27: open the structure's space and invite its contact, at once and whatever the matching finds."""
    candidature = verrouiller_candidature(candidature)
    MACHINE_CANDIDATURE.franchir(candidature, "activer", acteur=acteur)
    candidature.save()
    structure = Structure.objects.select_for_update(of=("self",), no_key=True).get(pk=candidature.structure_id)
    premiere_fois = structure.activee_le is None
    if premiere_fois:
        structure.activee_le = timezone.now()
        structure.save(update_fields=["activee_le", "modifie_le"])
    candidature.structure = structure
    if not _inviter_le_contact(acteur, candidature):
        courriels_decision.annoncer_activation(candidature)
    if premiere_fois:
        emettre("structure.activee", structure=structure)
    return candidature


def _inviter_le_contact(acteur: Acteur, candidature: Candidature) -> bool:
    """True when an invitation leaves: it is then the one mail of the activation, with what comes next. Where
    administrators are in place, they alone let somebody in: an application only proves an address, not a right over a
    space that already exists."""
    organisation = candidature.structure.organisation
    membres = Rattachement.objects.en_vigueur().filter(organisation=organisation, role=Role.STRUCTURE)
    if membres.filter(administrateur=True).exists():
        return False
    en_attente = Invitation.objects.filter(
        organisation=organisation,
        role=Role.STRUCTURE,
        etat=EtatInvitation.ENVOYEE,
        courriel__iexact=candidature.contact_courriel,
    ).first()
    courriel = {
        "modele": courriels_decision.MODELE_INVITATION,
        "complements": courriels_decision.contexte_activation(candidature),
    }
    if en_attente is not None:
        renouveler_invitation(acteur=acteur, invitation=en_attente, **courriel)
    else:
        inviter(
            acteur=acteur,
            organisation=organisation,
            role=Role.STRUCTURE,
            courriel=candidature.contact_courriel,
            prenom=candidature.contact_prenom,
            nom=candidature.contact_nom,
            administrateur=True,
            signataire=True,
            **courriel,
        )
    return True
