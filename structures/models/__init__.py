from structures.models.avis import Avis
from structures.models.brouillon import BrouillonCandidature
from structures.models.campagne import Campagne
from structures.models.candidature import Candidature, ConsultationCoordinateur, EngagementAccepte, LieuSouhaite
from structures.models.comite import Comite, LigneComite
from structures.models.demande import ChangementEtablissement, DemandePostes
from structures.models.poste import DerogationPoste, Poste, TransfertPoste
from structures.models.structure import DoublonEcarte, LieuExercice, Structure
from structures.models.territoire import Fait, FaitPrioritaire

__all__ = [
    "Avis",
    "BrouillonCandidature",
    "Campagne",
    "Candidature",
    "ChangementEtablissement",
    "Comite",
    "ConsultationCoordinateur",
    "DemandePostes",
    "DerogationPoste",
    "DoublonEcarte",
    "EngagementAccepte",
    "Fait",
    "FaitPrioritaire",
    "LieuExercice",
    "LieuSouhaite",
    "LigneComite",
    "Poste",
    "Structure",
    "TransfertPoste",
]
