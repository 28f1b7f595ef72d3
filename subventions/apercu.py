"""What a contract would bring: amount, why, schedule, before any agreement; for the pages of both sides (R6 to R11).

Where the scale cannot answer, the page says why instead of failing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from portal.commun.erreurs import RegleNonRespectee
from structures.regimes import Horloge, date_de_l_horloge
from subventions.bareme import Calcul, MontantAFixer
from subventions.echeancier import TrancheCalculee, calculer_echeancier
from subventions.faits import evenements_du_dossier, horloge_du_dossier, montant_du_contrat, regime_du_dossier
from subventions.models import Contrat, Dossier


@dataclass(frozen=True)
class Apercu:
    """`a_fixer`: BdT must set the amount (R6); `refus`: no line of the scale covers this contract (R9)."""

    horloge: Horloge
    calcul: Calcul | None = None
    evenement_le: dt.date | None = None
    tranches: list[TrancheCalculee] = field(default_factory=list)
    a_fixer: str = ""
    refus: str = ""


def apercu(
    dossier: Dossier, contrat: Contrat, *, montant_fixe: Decimal | None = None, motif_montant: str = ""
) -> Apercu:
    """The figures that an agreement made now would write."""
    horloge = horloge_du_dossier(dossier)
    try:
        calcul = montant_du_contrat(dossier, contrat, montant_fixe=montant_fixe, motif_montant=motif_montant)
    except MontantAFixer as erreur:
        return Apercu(horloge, a_fixer=erreur.message)
    except RegleNonRespectee as erreur:
        return Apercu(horloge, refus=erreur.message)
    depart = depart_connu(dossier, contrat, horloge)
    tranches = calculer_echeancier(calcul.montant, regime_du_dossier(dossier).tranches, depart)
    return Apercu(horloge, calcul, depart, tranches)


def depart_connu(dossier: Dossier, contrat: Contrat, horloge: Horloge) -> dt.date | None:
    """R4 before the agreement is signed: a clock set on this very signature has no date yet."""
    if horloge is Horloge.SIGNATURE_CONVENTION:
        return None
    return date_de_l_horloge(regime_du_dossier(dossier), evenements_du_dossier(dossier, contrat, None), horloge)
