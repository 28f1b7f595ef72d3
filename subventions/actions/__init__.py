"""Every business verb of this floor (ARCHITECTURE §3)."""

from subventions.actions.contrats import preparer_contrat, signer_contrat
from subventions.actions.conventions import annuler_convention, generer_convention, signer_convention
from subventions.actions.dossiers import (
    clore_dossier,
    completer_dossier,
    deposer_dossier,
    deposer_piece,
    ouvrir_dossier,
    repondre_complement,
)
from subventions.actions.formation import (
    enregistrer_depart_formation,
    enregistrer_exemption,
    noter_contact_formation,
)
from subventions.actions.instruction import (
    accepter_piece,
    declarer_conforme,
    demander_complement,
    dispenser_annonce,
    prendre_en_charge,
    refuser_piece,
    rejeter,
)
from subventions.actions.messagerie import envoyer_message, marquer_lus
from subventions.actions.versements import lever, ouvrir_tranches, suspendre

__all__ = [
    "accepter_piece",
    "annuler_convention",
    "annuler_convention",
    "clore_dossier",
    "completer_dossier",
    "declarer_conforme",
    "demander_complement",
    "deposer_dossier",
    "deposer_piece",
    "dispenser_annonce",
    "enregistrer_depart_formation",
    "enregistrer_exemption",
    "envoyer_message",
    "generer_convention",
    "lever",
    "marquer_lus",
    "noter_contact_formation",
    "ouvrir_dossier",
    "ouvrir_tranches",
    "prendre_en_charge",
    "preparer_contrat",
    "refuser_piece",
    "rejeter",
    "repondre_complement",
    "signer_contrat",
    "signer_convention",
    "suspendre",
]
