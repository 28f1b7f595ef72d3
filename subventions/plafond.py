"""The most that one post may cost, read in the scale: what a grant takes from a campaign's envelope (R6, R15).

The contract is not known when a post is granted. The highest line of the regime for the legal kind is the ceiling, so
that whatever contract comes, the money was counted. Pure, like the scale.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from subventions.bareme import BAREME, MAJORATIONS_PUBLIQUES, Ligne, lignes


def plafond_par_poste(regime: str, statut: str, departement: str) -> Decimal:
    """R15: never less than what the contract will give. A legal kind that the scale does not know (R9) counts as the
    dearest one of the regime: nothing can be paid for it yet, and the envelope stays safe."""
    connues = list(lignes(regime, statut)) or [ligne for ligne in BAREME if ligne.regime == regime]
    return _plus_cher(connues, departement)


def _plus_cher(connues: Iterable[Ligne], departement: str) -> Decimal:
    return max(_montant(ligne, departement) for ligne in connues)


def _montant(ligne: Ligne, departement: str) -> Decimal:
    if ligne.outre_mer_a_fixer and departement in MAJORATIONS_PUBLIQUES:
        # The increase has no figure yet: the public one of the same territory bounds it.
        return MAJORATIONS_PUBLIQUES[departement]
    return ligne.outre_mer.get(departement, ligne.montant)
