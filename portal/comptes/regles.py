"""The rules of memberships and invitations (DOMAIN §2, R27, R43), pure."""

from __future__ import annotations

from datetime import timedelta

from portal.commun.roles import Role

# R27: long enough for a body that meets once a month; an expired link is renewed by the person itself.
DUREE_INVITATION = timedelta(days=28)
# Between two links for the same invitation, whoever asks: the second one makes the first one dead.
DELAI_ENTRE_RENOUVELLEMENTS = timedelta(minutes=10)

# Which role people hold in which kind of body; the other roles are held without a body.
ROLE_DU_TYPE: dict[str, Role] = {
    "structure": Role.STRUCTURE,
    "prefecture": Role.PREFECTURE,
    "sgar": Role.SGAR,
    "anct": Role.ANCT,
    "bdt": Role.BDT,
    "organisme": Role.ORGANISME,
    "hub": Role.HUB,
}
ROLES_SANS_ORGANISATION = frozenset({Role.CANDIDAT, Role.CONSEILLER, Role.COORDINATEUR, Role.SUPPORT})
# DOMAIN §2: those who may sign in the name of their body (R63).
ROLES_SIGNATAIRES = frozenset({Role.STRUCTURE, Role.BDT})


def role_possible(role: str, type_organisation: str | None) -> bool:
    """DOMAIN §2: a role of agent or representative is held in a body of its kind, the others in none."""
    if type_organisation is None:
        return role in ROLES_SANS_ORGANISATION
    return ROLE_DU_TYPE.get(type_organisation) == role


def meme_adresse(une: str, autre: str) -> bool:
    """R43: addresses are compared without case."""
    return une.strip().casefold() == autre.strip().casefold()
