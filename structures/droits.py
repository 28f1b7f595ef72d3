"""Who may do what on this floor, besides the transitions of its machines (DOMAIN §2, R25, R29, R30, R110)."""

from __future__ import annotations

from portal.commun.droits import declarer
from portal.commun.roles import Role

# --- concertation ---

RENDRE_AVIS = declarer(
    "rendre_avis",
    "Rendre un avis sur une candidature",
    "R25",
    Role.PREFECTURE,
    "L’avis est rendu par la préfecture du département.",
)
CLASSER = declarer(
    "classer",
    "Classer les candidatures du département",
    "R25",
    Role.PREFECTURE,
    "Les candidatures sont classées par la préfecture du département.",
)
IMPORTER_AVIS = declarer(
    "importer_avis",
    "Importer des avis",
    "R25",
    {Role.PREFECTURE, Role.ANCT},
    "Les avis sont importés par la préfecture, ou par l’ANCT qui les a reçus.",
)
RENSEIGNER_FAITS = declarer(
    "renseigner_faits",
    "Renseigner les faits prioritaires",
    "R24",
    {Role.PREFECTURE, Role.ANCT},
    "Ces faits sont renseignés par la préfecture ou par l’ANCT.",
)
IMPORTER_FAITS = declarer(
    "importer_faits",
    "Importer les listes officielles de faits",
    "R24",
    Role.ANCT,
    "Les listes officielles sont importées par l’ANCT.",
)
TRANCHER_STATUT = declarer(
    "trancher_statut",
    "Trancher le statut juridique",
    "R21",
    Role.ANCT,
    "Seule l’ANCT tranche le statut juridique d’une structure.",
)

# --- campaigns and committees ---

_CAMPAGNES = "Seule l’ANCT prépare et modifie les campagnes."
CREER_CAMPAGNE = declarer("creer_campagne", "Créer une campagne", "R15", Role.ANCT, _CAMPAGNES)
MODIFIER_CAMPAGNE = declarer(
    "modifier_campagne", "Modifier les dates ou l’enveloppe d’une campagne", "R15", Role.ANCT, _CAMPAGNES
)
_COMITES = "Les comités de sélection sont tenus par l’ANCT."
CREER_COMITE = declarer("creer_comite", "Créer un comité", "R26", Role.ANCT, _COMITES)
MODIFIER_COMITE = declarer("modifier_comite", "Modifier la séance d’un comité", "R26", Role.ANCT, _COMITES)
INSCRIRE = declarer("inscrire", "Inscrire une candidature à l’ordre du jour", "R26", Role.ANCT, _COMITES)
INSCRIRE_LOT = declarer("inscrire_lot", "Inscrire plusieurs candidatures", "R26", Role.ANCT, _COMITES)
INSCRIRE_DEMANDE = declarer("inscrire_demande", "Inscrire une demande de postes", "R29", Role.ANCT, _COMITES)
INSCRIRE_CORRECTION = declarer(
    "inscrire_correction", "Inscrire la correction d’une décision", "R26", Role.ANCT, _COMITES
)
DESINSCRIRE = declarer("desinscrire", "Retirer de l’ordre du jour", "R26", Role.ANCT, _COMITES)
DECIDER = declarer("decider", "Préparer une décision du comité", "R26", Role.ANCT, _COMITES)

# --- structures and posts ---

_DOUBLONS = "Seule l’ANCT décide que deux structures n’en font qu’une."
FUSIONNER = declarer("fusionner", "Fusionner deux structures", "R22", Role.ANCT, _DOUBLONS)
ECARTER_DOUBLON = declarer("ecarter_doublon", "Écarter un doublon probable", "R22", Role.ANCT, _DOUBLONS)
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
