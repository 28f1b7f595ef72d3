from candidats.models.candidat import Candidat, DoublonCandidatEcarte
from candidats.models.consultation import ConsultationCandidat
from candidats.models.entretien import Entretien
from candidats.models.evaluation import Evaluation
from candidats.models.invitation import InvitationCandidat
from candidats.models.mise_en_relation import MiseEnRelation
from candidats.models.pix import ImportPix, LignePix, ResultatPix
from candidats.models.reserve import ReserveAppariement

__all__ = [
    "Candidat",
    "ConsultationCandidat",
    "DoublonCandidatEcarte",
    "Entretien",
    "Evaluation",
    "ImportPix",
    "InvitationCandidat",
    "LignePix",
    "MiseEnRelation",
    "ReserveAppariement",
    "ResultatPix",
]
