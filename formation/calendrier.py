"""The calendar file of a placement test: the same event for person and structure (R81)."""

from __future__ import annotations

from datetime import timedelta

from icalendar import Calendar, Event

from formation.enums import EtatPositionnement
from formation.models import Positionnement

NOM_FICHIER = "test-de-positionnement.ics"
TYPE_MIME = "text/calendar"
# The body gives the start only; a calendar needs an end.
DUREE = timedelta(hours=1)


def fichier(positionnement: Positionnement) -> bytes:
    """One event, cancelled under the same identifier. It names the body only: a calendar is often shared."""
    annule = positionnement.etat == EtatPositionnement.ANNULE
    evenement = Event()
    evenement.add("uid", f"test-{positionnement.uuid}@conseiller-numerique")
    evenement.add("dtstamp", positionnement.modifie_le)
    evenement.add("dtstart", positionnement.creneau)
    evenement.add("dtend", positionnement.creneau + DUREE)
    evenement.add("summary", f"Test de positionnement conseiller numérique – {positionnement.organisme.nom}")
    evenement.add("location", positionnement.lieu)
    evenement.add("status", "CANCELLED" if annule else "CONFIRMED")
    evenement.add("sequence", 1 if annule else 0)
    agenda = Calendar()
    agenda.add("prodid", "-//Conseiller numérique//Portail//FR")
    agenda.add("version", "2.0")
    agenda.add("method", "CANCEL" if annule else "PUBLISH")
    agenda.add_component(evenement)
    return agenda.to_ical()
