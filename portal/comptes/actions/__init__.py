"""The verbs on people: accounts, memberships, invitations (DOMAIN §2, R27, R43)."""

from portal.comptes.actions.comptes import changer_identite, creer_compte, desactiver_compte, reactiver_compte
from portal.comptes.actions.invitations import (
    accepter_invitation,
    annuler_invitation,
    inviter,
    renouveler_depuis_lien,
    renouveler_invitation,
)
from portal.comptes.actions.membres import (
    creer_organisation,
    definir_droits,
    modifier_organisation,
    nommer_administrateur,
    rattacher,
    retirer_membre,
)
from portal.comptes.actions.reunion import reunir_organisations

__all__ = [
    "accepter_invitation",
    "annuler_invitation",
    "changer_identite",
    "creer_compte",
    "creer_organisation",
    "definir_droits",
    "desactiver_compte",
    "inviter",
    "modifier_organisation",
    "nommer_administrateur",
    "rattacher",
    "reactiver_compte",
    "renouveler_depuis_lien",
    "renouveler_invitation",
    "retirer_membre",
    "reunir_organisations",
]
