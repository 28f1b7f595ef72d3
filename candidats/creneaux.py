"""The slots of an interview (R52), as pure rules: how many, when, how long, where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portal.commun.erreurs import Manquement

# R52: enough for somebody who works to find one, few enough for the structure to keep them free.
CRENEAUX_MAX = 3
DUREES_MIN = (30, 45, 60, 90)


def verifier_creneaux(
    debuts: Sequence[datetime], *, duree_min: int, lieu: str, maintenant: datetime
) -> list[Manquement]:
    """R52: one to three different moments to come, a duration of the list, a place.

    The field of a moment is `debut`, `debut_2`, `debut_3`: the one to correct is told from the others.
    """
    manquements = []
    if not 1 <= len(debuts) <= CRENEAUX_MAX:
        manquements.append(Manquement("R52", f"Proposez une à {CRENEAUX_MAX} dates.", "debut"))
    for rang, debut in enumerate(debuts, start=1):
        if debut <= maintenant:
            manquements.append(Manquement("R52", "Choisissez une date et une heure à venir.", champ_du_rang(rang)))
        elif debut in debuts[: rang - 1]:
            manquements.append(Manquement("R52", "Cette date est déjà dans votre proposition.", champ_du_rang(rang)))
    if duree_min not in DUREES_MIN:
        manquements.append(Manquement("R52", "Choisissez une durée dans la liste.", "duree_min"))
    if not lieu.strip():
        manquements.append(Manquement("R52", "Indiquez le lieu ou le lien de visioconférence.", "lieu"))
    return manquements


def champ_du_rang(rang: int) -> str:
    return "debut" if rang == 1 else f"debut_{rang}"
