"""R30: the reminders of the time to recruit, at half-time, 15 days before, on the day; once each, to the structure."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from portal.commun import courriels
from portal.commun.dates import ajouter_mois
from portal.commun.rappels import rappel, une_fois
from structures.models import Poste
from structures.notifications import prevenir_la_structure
from structures.nouvelles import resumer_nouvelles_candidatures
from structures.rappels_candidature import rappeler_brouillons, suivre_consultations
from structures.regimes import obtenir_regime
from structures.regles import Rappel, rappels_recrutement

# The reminders of this floor: the nightly job looks for them here.
__all__ = [
    "rappeler_brouillons",
    "rappeler_recrutement",
    "resumer_nouvelles_candidatures",
    "suivre_consultations",
]

# A run late by a few days still sends the last reminder that was due; an older one would only confuse.
RATTRAPAGE = dt.timedelta(days=7)


@rappel("structures.recrutement")
def rappeler_recrutement(le: dt.date) -> int:
    """The free posts of activated structures; a new deadline (extension, vacancy) has its own reminders."""
    postes = (
        Poste.objects.a_pourvoir()
        .filter(echeance_recrutement__gte=le - RATTRAPAGE)
        .select_related("structure")
        .prefetch_related("derogations")
    )
    return sum(_rappeler(poste, le) for poste in postes)


def depart_du_delai(poste: Poste) -> dt.date:
    """The day from which the present delay runs: the last extension, or the delay of the regime counted back."""
    prolongations = [d for d in poste.derogations.all() if d.echeance == poste.echeance_recrutement]
    if prolongations:
        return timezone.localdate(max(d.cree_le for d in prolongations))
    mois = obtenir_regime(poste.regime).delai_recrutement.mois
    return max(poste.accorde_le, ajouter_mois(poste.echeance_recrutement, -mois))


def rappel_du(poste: Poste, le: dt.date) -> Rappel | None:
    """The last reminder due on `le`, if it is recent."""
    dus = [
        (jour, lequel)
        for jour, lequel in rappels_recrutement(depart_du_delai(poste), poste.echeance_recrutement)
        if le - RATTRAPAGE < jour <= le
    ]
    return dus[-1][1] if dus else None


def _rappeler(poste: Poste, le: dt.date) -> int:
    lequel = rappel_du(poste, le)
    if lequel is None:
        return 0
    # After the day itself, what is due is ANCT's list of overdue posts, no longer a reminder before the deadline.
    if lequel is not Rappel.JOUR_MEME and le > poste.echeance_recrutement:
        return 0
    cle = f"structures.recrutement:{poste.uuid}:{poste.echeance_recrutement:%Y-%m-%d}:{lequel.value}"
    with transaction.atomic():
        if not une_fois(cle):
            return 0
        prevenir_la_structure(
            "structures/rappel_recrutement",
            poste.structure,
            {"poste": poste, "structure": poste.structure, "rappel": lequel.value},
            lien=courriels.lien("structures:poste", poste.uuid),
            objet=poste,
        )
    return 1
