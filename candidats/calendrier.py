"""The calendar file of an interview (R52): the same event for both sides, followed under the same identifier.

A file taken from a page is published (`PUBLISH`); one that comes with a mail is a request (`REQUEST`), whose version
grows with each change, and a cancellation (`CANCEL`) takes the event away. The organiser is the portal, where answers
are given; the guest is whoever reads the mail, and nobody else: a calendar is often shared.
"""

from __future__ import annotations

from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from candidats.enums import EtatEntretien
from candidats.models import Entretien

NOM_FICHIER = "entretien.ics"
TYPE_MIME = "text/calendar"
STATUTS = {EtatEntretien.PROPOSE: "TENTATIVE", EtatEntretien.ANNULE: "CANCELLED"}


def fichier(entretien: Entretien, *, invite: str = "") -> bytes:
    """One event. `invite`: the address of who receives it by mail; none for a file taken from a page."""
    poste = entretien.mise_en_relation.poste
    annule = entretien.etat == EtatEntretien.ANNULE
    evenement = Event()
    evenement.add("uid", f"entretien-{entretien.uuid}@conseiller-numerique")
    evenement.add("dtstamp", entretien.modifie_le)
    evenement.add("dtstart", entretien.debut)
    evenement.add("dtend", entretien.debut + timedelta(minutes=entretien.duree_min))
    evenement.add("summary", f"Entretien conseiller numérique – {poste.structure.nom}")
    evenement.add("location", entretien.lieu)
    evenement.add("status", STATUTS.get(EtatEntretien(entretien.etat), "CONFIRMED"))
    evenement.add("sequence", entretien.sequence)
    evenement["organizer"] = _adresse(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], CN="Conseiller numérique")
    if invite:
        reponse = "ACCEPTED" if entretien.etat == EtatEntretien.ACCEPTE else "NEEDS-ACTION"
        # Answers are given on the portal: the organiser reads no mail.
        evenement["attendee"] = _adresse(invite, PARTSTAT=reponse, RSVP="FALSE")
    agenda = Calendar()
    agenda.add("prodid", "-//Conseiller numérique//Portail//FR")
    agenda.add("version", "2.0")
    agenda.add("method", "CANCEL" if annule else "REQUEST" if invite else "PUBLISH")
    agenda.add_component(evenement)
    return agenda.to_ical()


def _adresse(courriel: str, **parametres: str) -> vCalAddress:
    adresse = vCalAddress(f"mailto:{courriel}")
    for nom, valeur in parametres.items():
        adresse.params[nom] = vText(valeur)
    return adresse
