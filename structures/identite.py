"""What the portal holds of a structure next to what the directory says, and where its legal kind comes from (R21)."""

from __future__ import annotations

from dataclasses import dataclass

from portal.commun.affichage import date_longue
from portal.commun.normalisation import normaliser
from structures.annuaire import Fiche, Verdict, commune_de
from structures.identifiants import classer
from structures.models import Structure


@dataclass(frozen=True)
class Ligne:
    libelle: str
    ici: str
    annuaire: str
    differe: bool


def comparer(structure: Structure, fiche: Fiche | None) -> list[Ligne]:
    """One line per datum; no difference is told when the directory hides the datum or did not answer."""
    connue = fiche is not None and fiche.verdict in (Verdict.TROUVE, Verdict.FERME)
    commune = commune_de(fiche) if connue else None
    couples = [
        ("Nom", structure.nom, fiche.nom if connue else ""),
        ("Adresse", structure.adresse, fiche.adresse if connue else ""),
        ("Code postal", structure.code_postal, fiche.code_postal if connue else ""),
        ("Commune", structure.commune.nom, commune.nom if commune else ""),
        ("Catégorie juridique", structure.categorie_juridique, fiche.categorie_juridique if connue else ""),
    ]
    return [
        Ligne(libelle, ici, ailleurs, bool(ailleurs) and normaliser(ici) != normaliser(ailleurs))
        for libelle, ici, ailleurs in couples
    ]


def source_du_statut(structure: Structure) -> str:
    """R21: ANCT's decision when there was one, else the legal category, else what the structure said."""
    tranchee = structure.candidatures.filter(statut_tranche_le__isnull=False).order_by("-statut_tranche_le").first()
    if tranchee is not None:
        return f"Décision de l’ANCT du {date_longue(tranchee.statut_tranche_le)}."
    classement = classer(structure.categorie_juridique, siren=(structure.siret or "")[:9])
    if classement.statut is not None and not classement.a_confirmer:
        return f"Annuaire des entreprises. {classement.explication}"
    return "Déclaration de la structure dans sa candidature."
