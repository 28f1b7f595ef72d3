"""What this floor holds of a person, for their download (R111): the contracts, not the structure's own file."""

from __future__ import annotations

from typing import Any

from candidats.models import Candidat
from subventions.models import Contrat


def contrats(candidat: Candidat) -> list[dict[str, Any]]:
    lus = Contrat.objects.filter(candidat=candidat).select_related("poste__structure").order_by("debut", "pk")
    return [
        {
            "structure": contrat.poste.structure.nom,
            "poste": contrat.poste.numero,
            "nature": contrat.get_nature_display(),
            "debut": contrat.debut,
            "fin": contrat.fin,
            "salaire_brut_mensuel": contrat.salaire_brut,
            "temps_plein": contrat.temps_plein,
            "etat": contrat.get_etat_display(),
            "signe_le": contrat.signe_le,
        }
        for contrat in lus
    ]
