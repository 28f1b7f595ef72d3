"""The jobs of this floor: the engine every night, and sooner when something wide changes (R55); Pix’s results (R45)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from celery import shared_task
from kombu.exceptions import OperationalError

from candidats import pix_api
from candidats.actions import apparier, recevoir_pix
from candidats.enums import EtatLignePix, SourcePix
from candidats.models import Candidat, LignePix
from candidats.rapprochement_pix import SANS_DONNEES
from portal.commun.acteurs import Acteur
from portal.commun.models import ExecutionTache
from portal.commun.taches import tache_suivie

logger = logging.getLogger(__name__)
NOM = "candidats.apparier"


@shared_task(name=NOM)
def lancer_appariement() -> None:
    """One national run; a second one at the same time does nothing."""
    with tache_suivie(NOM) as execution:
        if execution is not None:
            execution.resultat.update(apparier(acteur=Acteur.systeme()).en_dict())


def demander_appariement() -> None:
    """Ask for a run now. Without a broker, nothing is lost: the nightly run works from the state of the database."""
    try:
        lancer_appariement.apply_async(retry=False)
    except (OperationalError, OSError):
        logger.warning("Appariement non demandé : la file des tâches ne répond pas")


NOM_PIX = "candidats.recevoir_pix"
# What changed at Pix while it was last read is asked for again; the same result twice changes nothing.
RECOUVREMENT = timedelta(days=2)


@shared_task(name=NOM_PIX)
def recevoir_de_pix() -> None:
    """R45: the daily pull. A Pix that does not answer is told in the trace of the job, and tried again the next day."""
    if not pix_api.configuree():
        return
    with tache_suivie(NOM_PIX) as execution:
        if execution is None:
            return
        try:
            # Everything is read before the first row is locked.
            lecture = pix_api.lire_participations(depuis=_depuis())
        except pix_api.PixIndisponible as erreur:
            logger.warning("Résultats Pix non reçus : %s", erreur)
            execution.resultat["indisponible"] = str(erreur)
            return
        bilan = recevoir_pix(acteur=Acteur.systeme(), lecture=lecture, source=SourcePix.API)
        execution.resultat.update(bilan.en_json())


def _depuis() -> datetime | None:
    """Since the last pull that came to its end; everything when somebody who had not agreed now does."""
    en_attente = LignePix.objects.filter(
        etat=EtatLignePix.A_REVOIR,
        motif_revue__in=SANS_DONNEES,
        identifiant__in=Candidat.objects.filter(pix_consenti_le__isnull=False).values("identifiant_pix"),
    )
    reussies = ExecutionTache.objects.filter(nom=NOM_PIX, reussie=True, resultat__has_key="lues")
    derniere = reussies.order_by("-debut").first()
    if derniere is None or en_attente.exists():
        return None
    return derniere.debut - RECOUVREMENT
