"""R24: the priority facts about a structure that prefects look at."""

from __future__ import annotations

from structures.models import Structure

# field → (short label of the lists, full label)
FAITS: dict[str, tuple[str, str]] = {
    "action_coeur_de_ville": ("ACV", "Action Cœur de Ville"),
    "petites_villes_de_demain": ("PVD", "Petites Villes de Demain"),
    "quartier_prioritaire": ("QPV", "Quartier prioritaire (QPV)"),
    "zone_rurale": ("ZRR", "Zone de revitalisation rurale (ZRR/FRR)"),
    "france_services": ("FS", "France services"),
}


def faits_de(structure: Structure | None, *, court: bool = True) -> list[str]:
    """The labels of the facts that are true."""
    if structure is None:
        return []
    return [libelles[0 if court else 1] for champ, libelles in FAITS.items() if getattr(structure, champ)]
