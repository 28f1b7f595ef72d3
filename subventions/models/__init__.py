from subventions.models.contrat import Contrat
from subventions.models.convention import Convention, SignatureConvention, Suspension, Tranche
from subventions.models.dossier import DemandeComplement, Dossier, MessageDossier, Piece

__all__ = [
    "Contrat",
    "Convention",
    "DemandeComplement",
    "Dossier",
    "MessageDossier",
    "Piece",
    "SignatureConvention",
    "Suspension",
    "Tranche",
]
