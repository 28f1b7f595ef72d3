"""The departure in training: it makes the person « Recruté » (R54) and starts the private clock (R4)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from candidats.actions import constater_recrutement, corriger_recrutement
from candidats.enums import EtatMiseEnRelation
from formation.actions.communs import (
    ETATS_PARTIS,
    exiger_organisme,
    relire_inscription,
    verrouiller_dossier,
    verrouiller_session,
)
from formation.enums import EtatSession
from formation.etats import MACHINE_INSCRIPTION
from formation.models import Inscription
from formation.notifications import notifier_depart, notifier_depart_corrige
from formation.regles import verifier_date_depart
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite, exiger
from portal.commun.evenements import emettre
from portal.commun.verbes import verbe
from structures.actions.postes import verrouiller_poste
from subventions.actions import enregistrer_depart_formation


@verbe
def enregistrer_depart(*, acteur: Acteur, inscription: Inscription, le: dt.date, motif: str = "") -> Inscription:
    """Record the departure of one person, or correct its date (then only unpaid tranches move, R64)."""
    verrouiller_poste(inscription.dossier.poste)
    dossier = verrouiller_dossier(inscription.dossier)
    session = verrouiller_session(inscription.session_id)
    exiger_organisme(acteur, session.organisme)
    inscription = relire_inscription(inscription, session)
    exiger(verifier_date_depart(le, debut=session.debut, fin=session.fin, aujourdhui=timezone.localdate()))
    correction = inscription.etat in ETATS_PARTIS
    if correction:
        _exiger_correction(inscription, le, motif)
    else:
        if session.etat != EtatSession.CONFIRMEE:
            raise TransitionInterdite("Le départ s’enregistre pour une session confirmée.")
        MACHINE_INSCRIPTION.franchir(inscription, "partir", acteur=acteur)
    avant, inscription.depart_le = inscription.depart_le, le
    inscription.save()
    enregistrer_depart_formation(acteur=acteur, dossier=dossier, le=le, motif=motif)
    if correction:
        # After a breach of contract, only the departure and the payments that follow from it are corrected.
        if dossier.mise_en_relation.etat == EtatMiseEnRelation.RECRUTEE:
            corriger_recrutement(acteur=acteur, mise_en_relation=dossier.mise_en_relation, le=le, motif=motif)
        notifier_depart_corrige(inscription, avant, motif.strip())
        return inscription
    constater_recrutement(acteur=acteur, mise_en_relation=dossier.mise_en_relation, le=le)
    notifier_depart(inscription)
    emettre("formation.depart", inscription=inscription)
    return inscription


def _exiger_correction(inscription: Inscription, le: dt.date, motif: str) -> None:
    if le == inscription.depart_le:
        raise RegleNonRespectee("R83", "Cette date est déjà celle qui est enregistrée.", "le")
    if not motif.strip():
        raise RegleNonRespectee("R83", "Indiquez pourquoi la date du départ est corrigée.", "motif")
