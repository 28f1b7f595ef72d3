"""The departure in training: it makes the person « Recruté » (R54) and starts the private clock (R4)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from candidats.actions import constater_recrutement
from formation.enums import EtatInscription
from formation.etats import MACHINE_INSCRIPTION
from formation.models import Inscription, SessionFormation
from formation.notifications import notifier_depart
from portal.commun.acteurs import Acteur
from portal.commun.dates import date_longue
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite
from portal.commun.evenements import emettre
from portal.commun.verbes import verbe
from subventions.actions import enregistrer_depart_formation
from subventions.models import Dossier

ETATS_PARTIS = (EtatInscription.PARTIE, EtatInscription.TERMINEE)


@verbe
def enregistrer_depart(*, acteur: Acteur, inscription: Inscription, le: dt.date, motif: str = "") -> Inscription:
    """Record the departure of one person, or correct its date (then only unpaid tranches move, R64)."""
    session = SessionFormation.objects.select_for_update(of=("self",)).get(pk=inscription.session_id)
    Dossier.objects.select_for_update(of=("self",)).get(pk=inscription.dossier_id)
    inscription = (
        Inscription.objects.select_for_update(of=("self",))
        .select_related(
            "dossier__structure",
            "dossier__poste",
            "dossier__mise_en_relation__candidat__utilisateur",
            "session__organisme",
        )
        .get(pk=inscription.pk)
    )
    if le > timezone.localdate():
        raise RegleNonRespectee("R83", "Le départ s’enregistre une fois qu’il a eu lieu.", "le")
    if le < session.debut:
        raise RegleNonRespectee("R83", f"La session ne commence que le {date_longue(session.debut)}.", "le")
    correction = inscription.etat in ETATS_PARTIS
    if correction and not motif.strip():
        raise RegleNonRespectee("R83", "Indiquez pourquoi la date du départ est corrigée.", "motif")
    if not correction:
        if not session.est_ouverte:
            raise TransitionInterdite("Cette session n’a plus de départ à enregistrer.")
        MACHINE_INSCRIPTION.franchir(inscription, "partir", acteur=acteur)
    inscription.depart_le = le
    inscription.save()
    enregistrer_depart_formation(acteur=acteur, dossier=inscription.dossier, le=le, motif=motif)
    if not correction:
        constater_recrutement(acteur=acteur, mise_en_relation=inscription.dossier.mise_en_relation, le=le)
        notifier_depart(inscription)
        emettre("formation.depart", inscription=inscription)
    return inscription
