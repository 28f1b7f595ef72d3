"""What this floor holds of a person, for their download (R111): placement tests and sessions."""

from __future__ import annotations

from typing import Any

from candidats.models import Candidat
from formation.models import Inscription, Positionnement


def formation(candidat: Candidat) -> list[dict[str, Any]]:
    du_candidat = {"dossier__mise_en_relation__candidat": candidat}
    tests = Positionnement.objects.filter(**du_candidat).select_related("organisme").order_by("pk")
    sessions = Inscription.objects.filter(**du_candidat).select_related("session__organisme").order_by("pk")
    return [
        *(_ligne("Test de positionnement", test, test.organisme, test.creneau, test.heures) for test in tests),
        *(
            _ligne("Session de formation", inscription, s.organisme, inscription.depart_le or s.debut, s.heures)
            for inscription in sessions
            for s in (inscription.session,)
        ),
    ]


def _ligne(quoi: str, objet: Any, organisme: Any, le: Any, heures: int | None) -> dict[str, Any]:
    return {"quoi": quoi, "organisme": organisme.nom, "le": le, "heures": heures, "etat": objet.get_etat_display()}
