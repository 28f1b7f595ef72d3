from portal.commun.models.base import (
    HistoriqueSigne,
    HistoriqueUtile,
    ModeleDeBase,
    ModeleIdentifie,
    auteur_du_journal,
)
from portal.commun.models.document import Document
from portal.commun.models.jeton import Jeton
from portal.commun.models.lecture import LectureDocument
from portal.commun.models.tache import ExecutionTache, RappelEnvoye

__all__ = [
    "Document",
    "ExecutionTache",
    "HistoriqueSigne",
    "HistoriqueUtile",
    "Jeton",
    "LectureDocument",
    "ModeleDeBase",
    "ModeleIdentifie",
    "RappelEnvoye",
    "auteur_du_journal",
]
