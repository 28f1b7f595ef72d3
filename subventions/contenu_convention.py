"""What the subsidy agreement says (R63): parties, object, amount with its calculation, schedule, commitments.

Everything comes from the regime, the scale and the schedule; the template only lays it out. Identity pieces and birth
dates never enter the document (R112).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from structures.questionnaire import engagements
from structures.regimes import Horloge
from subventions.apercu import depart_connu
from subventions.bareme import Calcul
from subventions.echeancier import calculer_echeancier
from subventions.enums import EtatContrat
from subventions.faits import regime_du_dossier
from subventions.models import Contrat, Dossier
from subventions.regles_contrat import CONVENTION_MAX_MOIS


def contenu(
    dossier: Dossier, contrat: Contrat, calcul: Calcul, numero: str, horloge: Horloge, etablie_le: dt.date
) -> dict[str, Any]:
    """The context of `pdf/subventions/convention.html`."""
    regime = regime_du_dossier(dossier)
    depart = depart_connu(dossier, contrat, horloge)
    return {
        "numero": numero,
        "etablie_le": etablie_le,
        "dossier": dossier,
        "poste": dossier.poste,
        "structure": dossier.structure,
        "candidat": dossier.mise_en_relation.candidat.utilisateur.nom_complet,
        "contrat": contrat,
        "contrat_signe": contrat.etat == EtatContrat.SIGNE,
        "regime": regime,
        "calcul": calcul,
        "horloge": horloge,
        "evenement_le": depart,
        "tranches": calculer_echeancier(calcul.montant, regime.tranches, depart),
        "engagements": engagements(regime),
        "duree_max": CONVENTION_MAX_MOIS,
    }
