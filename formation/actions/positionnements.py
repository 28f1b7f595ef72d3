"""Placement tests: slot, result in hours, exemption (R81, R84)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from formation.enums import ETATS_INSCRIPTION_VIVANTE, EtatPositionnement
from formation.etats import MACHINE_POSITIONNEMENT
from formation.models import Inscription, Organisme, Positionnement
from formation.notifications import notifier_dispense, notifier_resultat, notifier_test
from formation.regles import verifier_exemption, verifier_resultat
from portal.commun.acteurs import Acteur
from portal.commun.documents import deposer_document
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite, exiger
from portal.commun.verbes import verbe
from subventions.actions import enregistrer_exemption
from subventions.enums import EtatDossier
from subventions.models import Dossier

NATURE_TITRE = "formation-titre"


@verbe
def proposer_test(
    *, acteur: Acteur, dossier: Dossier, organisme: Organisme, creneau: dt.datetime, lieu: str
) -> Positionnement:
    """The body invites the person to the test; a new slot replaces the one not yet passed (R81)."""
    dossier = _verrouiller(dossier)
    if creneau <= timezone.now():
        raise RegleNonRespectee("R81", "Proposez une date à venir.", "creneau")
    ancien = (
        Positionnement.objects.select_for_update(of=("self",))
        .filter(dossier=dossier)
        .exclude(etat=EtatPositionnement.ANNULE)
        .first()
    )
    if ancien is not None:
        if ancien.organisme_id != organisme.pk:
            raise TransitionInterdite("Un autre organisme suit déjà cette personne.")
        MACHINE_POSITIONNEMENT.franchir(ancien, "annuler", acteur=acteur)
        ancien.save()
    positionnement = Positionnement.objects.create(dossier=dossier, organisme=organisme, creneau=creneau, lieu=lieu)
    notifier_test(positionnement)
    return positionnement


@verbe
def enregistrer_resultat(
    *, acteur: Acteur, positionnement: Positionnement, heures: int, le: dt.date, commentaire: str = ""
) -> Positionnement:
    """The result, sent to person and structure before the training starts (R81)."""
    positionnement = _verrouiller_test(positionnement)
    if le > timezone.localdate():
        raise RegleNonRespectee("R81", "La date du résultat ne peut pas être dans le futur.", "resultat_le")
    exiger(verifier_resultat(heures=heures, resultat_le=le, debut_formation=_debut_formation(positionnement.dossier)))
    MACHINE_POSITIONNEMENT.franchir(positionnement, "passer", acteur=acteur)
    positionnement.heures, positionnement.resultat_le, positionnement.commentaire = heures, le, commentaire
    positionnement.save()
    notifier_resultat(positionnement)
    return positionnement


@verbe
def dispenser(
    *, acteur: Acteur, positionnement: Positionnement, titulaire_remn: bool, fichier: Any, le: dt.date
) -> Positionnement:
    """R84: the holder of the REMN title is exempted from the course, with the document; the exams stay compulsory."""
    positionnement = _verrouiller_test(positionnement)
    exiger(verifier_exemption(titulaire_remn=titulaire_remn, justificatif=bool(fichier)))
    if le > timezone.localdate():
        raise RegleNonRespectee("R84", "La date de la dispense ne peut pas être dans le futur.", "le")
    positionnement.justificatif = deposer_document(
        acteur=acteur,
        nature=NATURE_TITRE,
        objet=positionnement.dossier,
        fichier=fichier,
        types=("pdf", "jpg", "png"),
        champ="justificatif",
    )
    MACHINE_POSITIONNEMENT.franchir(positionnement, "dispenser", acteur=acteur)
    positionnement.resultat_le = le
    positionnement.save()
    enregistrer_exemption(acteur=acteur, dossier=positionnement.dossier, le=le)
    notifier_dispense(positionnement)
    return positionnement


def _verrouiller(dossier: Dossier) -> Dossier:
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    if dossier.etat == EtatDossier.CLOS:
        raise TransitionInterdite("Ce dossier est clos : il n’y a plus de formation à organiser.")
    return dossier


def _verrouiller_test(positionnement: Positionnement) -> Positionnement:
    _verrouiller(positionnement.dossier)
    return (
        Positionnement.objects.select_for_update(of=("self",))
        .select_related("dossier__structure", "dossier__mise_en_relation__candidat__utilisateur", "organisme")
        .get(pk=positionnement.pk)
    )


def _debut_formation(dossier: Dossier) -> dt.date | None:
    inscription = (
        Inscription.objects.filter(dossier=dossier, etat__in=ETATS_INSCRIPTION_VIVANTE)
        .select_related("session")
        .first()
    )
    return inscription.session.debut if inscription else None
