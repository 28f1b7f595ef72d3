"""All that R62 refuses or warns about, at once, for a draft contract and its signature: pages and verbs ask here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from portal.commun.erreurs import Manquement
from subventions.faits import faits_du_contrat
from subventions.models import Contrat, Dossier
from subventions.regles_contrat import verifier_contrat


@dataclass(frozen=True)
class Projet:
    """A contract as the structure means to write it."""

    nature: str
    debut: dt.date
    fin: dt.date | None
    salaire_brut: Decimal
    temps_plein: bool


def manquements_du_projet(dossier: Dossier, projet: Projet) -> list[Manquement]:
    """R62 without the signature: the advert (R3) and the training body may still come before it."""
    return [m for m in _verifier(dossier, projet, None) if m.regle != "R3"]


def manquements_signature(
    dossier: Dossier, contrat: Contrat, signe_le: dt.date, aujourdhui: dt.date
) -> list[Manquement]:
    """R62 and R3 in full, for a contract signed on `signe_le`."""
    projet = Projet(contrat.nature, contrat.debut, contrat.fin, contrat.salaire_brut, contrat.temps_plein)
    futur = []
    if signe_le > aujourdhui:
        futur = [Manquement("R62", "La date de signature ne peut pas être dans le futur.", "signe_le")]
    return futur + _verifier(dossier, projet, signe_le)


def _verifier(dossier: Dossier, projet: Projet, signe_le: dt.date | None) -> list[Manquement]:
    return verifier_contrat(
        faits_du_contrat(
            dossier,
            nature=projet.nature,
            debut=projet.debut,
            fin=projet.fin,
            salaire_brut=projet.salaire_brut,
            temps_plein=projet.temps_plein,
            signe_le=signe_le,
        )
    )
