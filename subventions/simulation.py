"""R69: what a post would receive, and when. The public page and the command give the same answer: this one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.commun.dates import date_longue
from structures.regimes import Horloge, obtenir_regime
from subventions.bareme import ZERO, Calcul, Explication, calculer_montant, euros
from subventions.echeancier import TrancheCalculee, calculer_echeancier


@dataclass(frozen=True)
class Simulation:
    calcul: Calcul
    tranches: tuple[TrancheCalculee, ...]
    regles: tuple[Explication, ...]

    def en_dict(self) -> dict[str, object]:
        """Amounts as strings with two decimals, dates in ISO 8601 (INTERFACES)."""
        return {
            "montant": f"{self.calcul.montant:.2f}",
            "duree_mois": self.calcul.duree_mois,
            "base": f"{self.calcul.base:.2f}",
            "majoration": f"{self.calcul.majoration:.2f}",
            "deductions": f"{self.calcul.deductions:.2f}",
            "tranches": [
                {
                    "rang": tranche.rang,
                    "pourcentage": tranche.pourcentage,
                    "montant": f"{tranche.montant:.2f}",
                    "date": tranche.date.isoformat() if tranche.date else None,
                }
                for tranche in self.tranches
            ],
            "regles": [str(explication) for explication in self.regles],
        }


def _nombre_de_tranches(nombre: int) -> str:
    return "une seule tranche" if nombre == 1 else f"{nombre} tranches"


def simuler(
    *,
    regime: str,
    statut: str,
    contrat: str,
    departement: str,
    duree_mois: int | None = None,
    evenement: date | None = None,
    aides: Decimal = ZERO,
    horloge: str | None = None,
) -> Simulation:
    """R6 to R11, R69: amount, tranches and dates, with the rule and source of each figure.

    `evenement` is the date of the call's clock (R4), or of the `horloge` that a campaign sets instead.
    """
    donnees = obtenir_regime(regime)
    calcul = calculer_montant(regime, statut, contrat, departement, duree_mois, aides)
    tranches = calculer_echeancier(calcul.montant, donnees.tranches, evenement)
    depart = Horloge(horloge) if horloge else donnees.horloge
    compte = f"Les dates se comptent à partir de l’événement suivant : {depart.libelle}."
    if evenement:
        compte += f" Date retenue : {date_longue(evenement)}."
    parts = ", ".join(f"{tranche.pourcentage} % à {tranche.mois} mois" for tranche in tranches)
    regles = [
        *calcul.regles,
        Explication("R4", compte, donnees.source_tranches),
        Explication("R5", f"Versement en {_nombre_de_tranches(len(tranches))} : {parts}.", donnees.source_tranches),
        Explication("R10", f"La dernière tranche solde le montant de {euros(calcul.montant)}."),
    ]
    if evenement:
        texte = "Chaque date garde le jour du mois de l’événement, ou le dernier jour d’un mois plus court."
        regles.append(Explication("R11", texte))
    return Simulation(calcul, tuple(tranches), tuple(regles))
