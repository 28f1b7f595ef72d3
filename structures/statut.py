"""R21, R6: the legal kind that fixes the amount of a post."""

from __future__ import annotations

from structures.identifiants import statut_dans_regime
from structures.models import Poste


def statut_du_poste(poste: Poste) -> str:
    """What ANCT settled for the application that the post was granted to, as long as the post stays in its structure;
    otherwise what the type and the legal category of the structure say in the call of the post."""
    candidature, structure = poste.candidature, poste.structure
    tranche = candidature is not None and candidature.statut_tranche_le is not None
    if tranche and candidature.structure_id == poste.structure_id:
        return candidature.statut_juridique
    return statut_dans_regime(structure.type, poste.regime, structure.categorie_juridique)
