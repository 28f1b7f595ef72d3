"""Structure and training body meet (R80): the message is kept, its date is what the check of R62 reads (S4)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from formation.actions.communs import (
    TEXTE_MAX,
    exiger_organisme,
    exiger_structure,
    exiger_territoire,
    exiger_texte,
    verrouiller_dossier,
)
from formation.models import Organisme, PriseDeContact
from formation.notifications import notifier_contact_organisme, notifier_contact_structure
from portal.commun.acteurs import Acteur
from portal.commun.dates import date_longue
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite
from portal.commun.verbes import verbe
from subventions.actions import noter_contact_formation
from subventions.models import Dossier


@verbe
def contacter_organisme(*, acteur: Acteur, dossier: Dossier, organisme: Organisme, message: str) -> PriseDeContact:
    """The structure writes to one of its bodies, at once after validating its candidate (S1 step 5)."""
    dossier = verrouiller_dossier(dossier)
    exiger_structure(acteur, dossier)
    exiger_territoire(organisme, dossier)
    vide = "Écrivez votre message à l’organisme de formation."
    message = exiger_texte(message, regle="R80", champ="message", vide=vide, maximum=TEXTE_MAX)
    contact = _enregistrer(dossier, organisme, timezone.localdate(), message, par_organisme=False)
    noter_contact_formation(acteur=acteur, dossier=dossier, le=contact.contacte_le)
    notifier_contact_organisme(contact)
    return contact


@verbe
def noter_contact(
    *, acteur: Acteur, dossier: Dossier, organisme: Organisme, le: dt.date, message: str = ""
) -> PriseDeContact:
    """The body made contact first, as the public call provides (S0 step 6)."""
    dossier = verrouiller_dossier(dossier)
    exiger_organisme(acteur, organisme)
    exiger_territoire(organisme, dossier)
    if le > timezone.localdate():
        raise RegleNonRespectee("R80", "La date de prise de contact ne peut pas être dans le futur.", "contacte_le")
    valide_le = dossier.mise_en_relation.validee_le
    if valide_le is not None and le < timezone.localdate(valide_le):
        jour = date_longue(timezone.localdate(valide_le))
        message = f"La candidature a été validée le {jour} : la prise de contact ne peut pas être antérieure."
        raise RegleNonRespectee("R80", message, "contacte_le")
    if len(message) > TEXTE_MAX:
        raise RegleNonRespectee("R80", f"Ce texte ne peut pas dépasser {TEXTE_MAX} caractères.", "message")
    contact = _enregistrer(dossier, organisme, le, message.strip(), par_organisme=True)
    noter_contact_formation(acteur=acteur, dossier=dossier, le=le)
    notifier_contact_structure(contact)
    return contact


def noter_contact_tacite(acteur: Acteur, dossier: Dossier, organisme: Organisme) -> None:
    """A body that proposes a test or exempts somebody has, by that, made contact; the caller holds the file."""
    if PriseDeContact.objects.filter(dossier=dossier, organisme=organisme).exists():
        return
    contact = _enregistrer(dossier, organisme, timezone.localdate(), "", par_organisme=True)
    noter_contact_formation(acteur=acteur, dossier=dossier, le=contact.contacte_le)


def _enregistrer(
    dossier: Dossier, organisme: Organisme, le: dt.date, message: str, *, par_organisme: bool
) -> PriseDeContact:
    if PriseDeContact.objects.filter(dossier=dossier, organisme=organisme).exists():
        raise TransitionInterdite("Le contact avec cet organisme est déjà pris pour ce dossier.")
    return PriseDeContact.objects.create(
        dossier=dossier, organisme=organisme, contacte_le=le, message=message, par_organisme=par_organisme
    )
