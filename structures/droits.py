"""Who may do what on this floor, besides the transitions of its machines (DOMAIN §2, R25, R29, R30, R110)."""

from __future__ import annotations

from portal.commun.droits import declarer
from portal.commun.roles import Role

TRANSFERER = declarer(
    "transferer_poste",
    "Transférer un poste",
    "R29",
    Role.ANCT,
    "Seule l’ANCT transfère un poste à une autre structure.",
)
PROLONGER = declarer(
    "proroger_poste",
    "Prolonger le délai de recrutement",
    "R30",
    Role.ANCT,
    "Seule l’ANCT prolonge le délai de recrutement d’un poste.",
)
DEMANDER_POSTES = declarer("demander_postes", "Demander des postes supplémentaires", "R29", Role.STRUCTURE)
AVIS_DEMANDE = declarer(
    "rendre_avis_demande",
    "Donner un avis sur une demande de postes",
    "R25",
    Role.PREFECTURE,
    "Seule la préfecture du département donne un avis sur une demande de postes.",
)
DEMANDER_CHANGEMENT = declarer("demander_changement", "Demander un changement d’établissement", "R21", Role.STRUCTURE)
INVITER_CONTACT = declarer("inviter_contact", "Inviter un autre contact", "R27", {Role.ANCT, Role.SUPPORT})
SA_STRUCTURE = declarer(
    "modifier_structure",
    "Tenir à jour le contact et les lieux d’exercice",
    "R20",
    {Role.STRUCTURE, Role.ANCT, Role.SUPPORT},
    "Seule la structure modifie ses propres données.",
)
