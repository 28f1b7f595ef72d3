from structures.models.avis import Avis
from structures.models.campagne import Campagne
from structures.models.candidature import Candidature, ConsultationCoordinateur, EngagementAccepte, LieuSouhaite
from structures.models.comite import Comite, LigneComite
from structures.models.poste import DerogationPoste, Poste
from structures.models.structure import LieuExercice, Structure

__all__ = [
    "Avis",
    "Campagne",
    "Candidature",
    "Comite",
    "ConsultationCoordinateur",
    "DerogationPoste",
    "EngagementAccepte",
    "LieuExercice",
    "LieuSouhaite",
    "LigneComite",
    "Poste",
    "Structure",
]
