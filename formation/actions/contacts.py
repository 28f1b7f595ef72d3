"""Structure and training body meet (R80): the message is kept, its date is what the check of R62 reads (S4)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from formation.acces import organismes_de
from formation.models import Organisme, PriseDeContact
from formation.notifications import notifier_contact_organisme, notifier_contact_structure
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite
from portal.commun.verbes import verbe
from subventions.actions import noter_contact_formation
from subventions.enums import EtatDossier
from subventions.models import Dossier


@verbe
def contacter_organisme(*, acteur: Acteur, dossier: Dossier, organisme: Organisme, message: str) -> PriseDeContact:
    """The structure writes to one of its bodies, at once after validating its candidate (S1 step 5)."""
    dossier = _verrouiller(dossier)
    if not organismes_de(dossier.structure).filter(pk=organisme.pk).exists():
        raise RegleNonRespectee("R80", "Cet organisme n’intervient pas sur votre territoire.", "organisme")
    if not message.strip():
        raise RegleNonRespectee("R80", "Écrivez votre message à l’organisme de formation.", "message")
    contact = _enregistrer(dossier, organisme, timezone.localdate(), message, par_organisme=False)
    noter_contact_formation(acteur=acteur, dossier=dossier, le=contact.contacte_le)
    notifier_contact_organisme(contact)
    return contact


@verbe
def noter_contact(
    *, acteur: Acteur, dossier: Dossier, organisme: Organisme, le: dt.date, message: str = ""
) -> PriseDeContact:
    """The body made contact first, as the public call provides (S0 step 6)."""
    dossier = _verrouiller(dossier)
    if le > timezone.localdate():
        raise RegleNonRespectee("R80", "La date de prise de contact ne peut pas être dans le futur.", "contacte_le")
    contact = _enregistrer(dossier, organisme, le, message, par_organisme=True)
    noter_contact_formation(acteur=acteur, dossier=dossier, le=le)
    notifier_contact_structure(contact)
    return contact


def _verrouiller(dossier: Dossier) -> Dossier:
    dossier = (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("structure__commune", "poste", "mise_en_relation__candidat__utilisateur")
        .get(pk=dossier.pk)
    )
    if dossier.etat == EtatDossier.CLOS:
        raise TransitionInterdite("Ce dossier est clos : il n’y a plus de formation à organiser.")
    return dossier


def _enregistrer(
    dossier: Dossier, organisme: Organisme, le: dt.date, message: str, *, par_organisme: bool
) -> PriseDeContact:
    if PriseDeContact.objects.filter(dossier=dossier, organisme=organisme).exists():
        raise TransitionInterdite("Le contact avec cet organisme est déjà pris pour ce dossier.")
    return PriseDeContact.objects.create(
        dossier=dossier, organisme=organisme, contacte_le=le, message=message, par_organisme=par_organisme
    )
