"""A sign that somebody still looks for a post (R51), for the verbs that hold the person's row under lock."""

from __future__ import annotations

from django.utils import timezone

from candidats.models import Candidat


def noter_signe(candidat: Candidat) -> bool:
    """Set today as the day of the last sign; the caller saves. False when nothing changes."""
    aujourdhui = timezone.localdate()
    if candidat.disponibilite_confirmee_le == aujourdhui:
        return False
    candidat.disponibilite_confirmee_le = aujourdhui
    return True
