"""The calendar file of an interview (R52): the same event for both sides, cancelled under the same identifier."""

from __future__ import annotations

from datetime import timedelta

from icalendar import Calendar, Event

from candidats.models import Entretien

NOM_FICHIER = "entretien.ics"
TYPE_MIME = "text/calendar"


def fichier(entretien: Entretien, *, annule: bool = False) -> bytes:
    """One event. It names the structure and the post only: a calendar is often shared."""
    poste = entretien.mise_en_relation.poste
    evenement = Event()
    evenement.add("uid", f"entretien-{entretien.uuid}@conseiller-numerique")
    evenement.add("dtstamp", entretien.modifie_le)
    evenement.add("dtstart", entretien.debut)
    evenement.add("dtend", entretien.debut + timedelta(minutes=entretien.duree_min))
    evenement.add("summary", f"Entretien conseiller numérique – {poste.structure.nom}")
    evenement.add("location", entretien.lieu)
    evenement.add("status", "CANCELLED" if annule else "CONFIRMED")
    evenement.add("sequence", 1 if annule else 0)
    agenda = Calendar()
    agenda.add("prodid", "-//Conseiller numérique//Portail//FR")
    agenda.add("version", "2.0")
    agenda.add("method", "CANCEL" if annule else "PUBLISH")
    agenda.add_component(evenement)
    return agenda.to_ical()
