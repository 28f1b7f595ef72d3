"""Placement tests: slot, result in hours, exemption (R81, R84)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from candidats.actions import constater_recrutement
from candidats.enums import EtatMiseEnRelation
from formation.actions.communs import (
    ETATS_ANNULABLES,
    exiger_organisme,
    exiger_territoire,
    exiger_texte,
    par,
    verrouiller_dossier,
    verrouiller_session,
)
from formation.actions.contacts import noter_contact_tacite
from formation.actions.inscriptions import retirer_de_la_session
from formation.enums import ETATS_INSCRIPTION_VIVANTE, EtatPositionnement
from formation.etats import MACHINE_POSITIONNEMENT
from formation.models import Inscription, Organisme, Positionnement
from formation.notifications import notifier_dispense, notifier_resultat, notifier_test
from formation.regles import verifier_exemption, verifier_resultat
from portal.commun.acteurs import Acteur
from portal.commun.documents import deposer_document
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite, exiger
from portal.commun.verbes import verbe
from structures.actions.postes import verrouiller_poste
from subventions.actions import enregistrer_exemption
from subventions.enums import EtatContrat
from subventions.models import Contrat, Dossier

NATURE_TITRE = "formation-titre"
TYPES_TITRE = ("pdf", "jpg", "png")


@verbe
def proposer_test(
    *, acteur: Acteur, dossier: Dossier, organisme: Organisme, creneau: dt.datetime, lieu: str
) -> Positionnement:
    """The body invites the person to the test; a new slot replaces the one not yet passed (R81)."""
    dossier = verrouiller_dossier(dossier)
    exiger_organisme(acteur, organisme)
    exiger_territoire(organisme, dossier)
    if creneau <= timezone.now():
        raise RegleNonRespectee("R81", "Proposez une date à venir.", "creneau")
    lieu = exiger_texte(
        lieu, regle="R81", champ="lieu", vide="Indiquez le lieu du test, ou le lien de la visioconférence.", maximum=250
    )
    ancien = _positionnement_de(dossier)
    if ancien is not None:
        _exiger_meme_organisme(ancien, organisme)
        if ancien.etat != EtatPositionnement.PROPOSE:
            raise TransitionInterdite("Le test est déjà passé, ou la personne est dispensée de formation.")
        if (ancien.creneau, ancien.lieu) == (creneau, lieu):
            raise RegleNonRespectee("R81", "Ce test est déjà proposé, à cette date et dans ce lieu.", "creneau")
        MACHINE_POSITIONNEMENT.franchir(ancien, "annuler", acteur=acteur)
        ancien.save()
    positionnement = Positionnement.objects.create(
        dossier=dossier, organisme=organisme, creneau=creneau, lieu=lieu, **par(acteur)
    )
    noter_contact_tacite(acteur, dossier, organisme)
    notifier_test(positionnement, remplace=ancien)
    return positionnement


@verbe
def enregistrer_resultat(
    *,
    acteur: Acteur,
    positionnement: Positionnement,
    heures: int,
    le: dt.date,
    commentaire: str = "",
    motif: str = "",
) -> Positionnement:
    """The result, sent to person and structure before the training starts (R81); a correction gives its reason."""
    positionnement = _verrouiller_test(positionnement)
    exiger_organisme(acteur, positionnement.organisme)
    if le > timezone.localdate():
        raise RegleNonRespectee("R81", "La date du résultat ne peut pas être dans le futur.", "resultat_le")
    if len(commentaire) > 1000:
        raise RegleNonRespectee("R81", "Le commentaire ne peut pas dépasser 1000 caractères.", "commentaire")
    inscription = _inscription_de(positionnement.dossier)
    debut = inscription.session.debut if inscription else None
    exiger(verifier_resultat(heures=heures, resultat_le=le, debut_formation=debut))
    if positionnement.etat == EtatPositionnement.PASSE:
        vide = "Indiquez pourquoi le résultat est corrigé."
        exiger_texte(motif, regle="R81", champ="motif", vide=vide)
        garde = positionnement.heures, positionnement.resultat_le, positionnement.commentaire
        if garde == (heures, le, commentaire.strip()):
            raise RegleNonRespectee("R81", "Ce résultat est déjà celui qui est enregistré.", "heures")
        if inscription is not None and inscription.session.heures != heures:
            raise TransitionInterdite(
                f"La personne est inscrite à une session de {inscription.session.heures} heures : "
                "annulez d’abord cette inscription."
            )
    MACHINE_POSITIONNEMENT.franchir(positionnement, "passer", acteur=acteur)
    positionnement.heures, positionnement.resultat_le = heures, le
    positionnement.commentaire = commentaire.strip()
    positionnement.save()
    notifier_resultat(positionnement)
    return positionnement


@verbe
def dispenser(
    *,
    acteur: Acteur,
    dossier: Dossier,
    organisme: Organisme,
    titulaire_remn: bool,
    fichier: Any,
    le: dt.date,
) -> Positionnement:
    """R84: the holder of the REMN title is exempted from the course, with the document; the exams stay compulsory.

    With or without a test before. R54: there will be no departure, so the person is recruited once the contract is
    signed.
    """
    verrouiller_poste(dossier.poste)
    dossier = verrouiller_dossier(dossier)
    exiger_organisme(acteur, organisme)
    exiger_territoire(organisme, dossier)
    exiger(verifier_exemption(titulaire_remn=titulaire_remn, justificatif=bool(fichier)))
    if le > timezone.localdate():
        raise RegleNonRespectee("R84", "La date de la dispense ne peut pas être dans le futur.", "le")
    positionnement = _positionnement_de(dossier)
    if positionnement is None:
        positionnement = Positionnement(dossier=dossier, organisme=organisme)
    _exiger_meme_organisme(positionnement, organisme)
    MACHINE_POSITIONNEMENT.verifier(positionnement, "dispenser", acteur)
    _quitter_la_session(acteur, dossier)
    # The fact first: it refuses somebody who left already, before any file is stored.
    enregistrer_exemption(acteur=acteur, dossier=dossier, le=le)
    noter_contact_tacite(acteur, dossier, organisme)
    positionnement.justificatif = deposer_document(
        acteur=acteur,
        nature=NATURE_TITRE,
        objet=dossier,
        fichier=fichier,
        types=TYPES_TITRE,
        champ="justificatif",
    )
    MACHINE_POSITIONNEMENT.franchir(positionnement, "dispenser", acteur=acteur)
    positionnement.resultat_le = le
    positionnement.save()
    notifier_dispense(positionnement)
    constater_recrutement_sans_depart(dossier)
    return positionnement


def constater_recrutement_sans_depart(dossier: Dossier) -> None:
    """R54, R84: exempted and under a signed contract: recruited, on the day when both are true.

    The caller holds the post and the file, just changed: they are read again.
    """
    dossier = Dossier.objects.select_related("mise_en_relation").get(pk=dossier.pk)
    contrat = Contrat.objects.filter(dossier=dossier, etat=EtatContrat.SIGNE).first()
    if contrat is None or dossier.exempte_formation_le is None:
        return
    if dossier.mise_en_relation.etat != EtatMiseEnRelation.VALIDEE:
        return
    le = max(contrat.signe_le, dossier.exempte_formation_le)
    constater_recrutement(acteur=Acteur.systeme(), mise_en_relation=dossier.mise_en_relation, le=le)


def _quitter_la_session(acteur: Acteur, dossier: Dossier) -> None:
    """The person who is exempted gives their seat back; somebody who left keeps it, and is refused further on."""
    inscription = _inscription_de(dossier)
    if inscription is not None and inscription.etat in ETATS_ANNULABLES:
        # The exemption is the body's decision, whichever body holds the session.
        session = verrouiller_session(inscription.session_id)
        retirer_de_la_session(Acteur.systeme(acteur.nom), inscription, session)


def _verrouiller_test(positionnement: Positionnement) -> Positionnement:
    dossier = verrouiller_dossier(positionnement.dossier)
    positionnement = (
        Positionnement.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisme")
        .get(pk=positionnement.pk)
    )
    positionnement.dossier = dossier
    return positionnement


def _positionnement_de(dossier: Dossier) -> Positionnement | None:
    """The test of the file that still counts, under lock."""
    positionnement = (
        Positionnement.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisme")
        .filter(dossier=dossier)
        .exclude(etat=EtatPositionnement.ANNULE)
        .first()
    )
    if positionnement is not None:
        positionnement.dossier = dossier
    return positionnement


def _exiger_meme_organisme(positionnement: Positionnement, organisme: Organisme) -> None:
    if positionnement.organisme_id != organisme.pk:
        raise TransitionInterdite(f"{positionnement.organisme.nom} suit déjà cette personne.")


def _inscription_de(dossier: Dossier) -> Inscription | None:
    return (
        Inscription.objects.filter(dossier=dossier, etat__in=ETATS_INSCRIPTION_VIVANTE)
        .select_related("session__organisme")
        .first()
    )
