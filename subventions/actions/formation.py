"""The facts that the training floor brings down to the file: contact, departure, exemption (R4, R62, R80, R83, R84)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.dates import date_longue
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from subventions.actions.communs import exiger_sa_structure, verrouiller
from subventions.actions.echeances import recalculer
from subventions.enums import EtatContrat, EtatDossier
from subventions.models import Contrat, Dossier


@verbe
def noter_contact_formation(*, acteur: Acteur, dossier: Dossier, le: dt.date) -> Dossier:
    """R80: the earliest contact with a training body counts; later ones change nothing."""
    dossier = _verrouiller(acteur, dossier)
    if le > timezone.localdate():
        raise RegleNonRespectee("R80", "La date de prise de contact ne peut pas être dans le futur.", "contacte_le")
    if dossier.formation_contactee_le is None or le < dossier.formation_contactee_le:
        dossier.formation_contactee_le = le
        dossier.save()
    return dossier


@verbe
def enregistrer_depart_formation(*, acteur: Acteur, dossier: Dossier, le: dt.date, motif: str = "") -> Dossier:
    """R4, R83: the departure in training, or its correction; only unpaid tranches move (R64)."""
    dossier = _verrouiller(acteur, dossier)
    if dossier.exempte_formation_le is not None:
        raise TransitionInterdite("La personne est dispensée de formation : aucun départ n’est à enregistrer.")
    if le > timezone.localdate():
        raise RegleNonRespectee("R83", "Le départ en formation s’enregistre une fois qu’il a eu lieu.", "le")
    contrat = Contrat.objects.filter(dossier=dossier, etat=EtatContrat.SIGNE).first()
    if contrat is None:
        raise RegleNonRespectee("R62", "Le contrat de travail doit être signé avant le départ en formation.", "le")
    if contrat.signe_le is not None and le < contrat.signe_le:
        raise RegleNonRespectee(
            "R62",
            f"Le contrat a été signé le {date_longue(contrat.signe_le)} : le départ en formation ne peut pas être "
            "antérieur.",
            "le",
        )
    dossier.depart_formation_le = le
    dossier.save()
    recalculer(dossier=dossier)
    return dossier


@verbe
def enregistrer_exemption(*, acteur: Acteur, dossier: Dossier, le: dt.date) -> Dossier:
    """R4, R84: exempted from the course: the clock set on the departure falls back on the start of the contract."""
    dossier = _verrouiller(acteur, dossier)
    if dossier.depart_formation_le is not None:
        raise TransitionInterdite("La personne est déjà partie en formation : elle ne peut plus en être dispensée.")
    dossier.exempte_formation_le = le
    dossier.save()
    recalculer(dossier=dossier)
    return dossier


def _verrouiller(acteur: Acteur, dossier: Dossier) -> Dossier:
    """The training body and the structure of the file say these facts; who is on whose territory is checked above."""
    dossier = verrouiller(dossier)
    if not acteur.est(Role.STRUCTURE, Role.ORGANISME, Role.ANCT, Role.SYSTEME):
        raise AccesRefuse("La structure et l’organisme de formation renseignent le suivi de la formation.")
    if acteur.est(Role.STRUCTURE):
        exiger_sa_structure(acteur, dossier)
    if dossier.etat == EtatDossier.CLOS:
        raise TransitionInterdite("Ce dossier est clos : il n’y a plus de formation à suivre.")
    return dossier
