"""What the nightly job does for applications: the draft that was left, the structures consulted (R20, S2 I.b)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.rappels import rappel
from structures.actions.brouillons import rappeler_brouillon
from structures.actions.consultations import constater_silence, relancer_consultation
from structures.coordination import RELANCE_AVANT
from structures.models import BrouillonCandidature, ConsultationCoordinateur

# Left since at least this long: the person is not coming back today.
INACTIF = dt.timedelta(hours=12)


@rappel("structures.brouillons")
def rappeler_brouillons(le: dt.date) -> int:
    """The day after: an application with an address, left unfinished, whose link was not asked for. Once each."""
    debut_du_jour = timezone.make_aware(dt.datetime.combine(le, dt.time.min))
    avant = min(debut_du_jour, timezone.now() - INACTIF)
    laisses = BrouillonCandidature.objects.filter(lien_envoye_le__isnull=True, modifie_le__lt=avant)
    portail = Acteur.systeme()
    return sum(
        rappeler_brouillon(acteur=portail, brouillon=brouillon, avant=avant)
        for brouillon in laisses.exclude(courriel="").order_by("pk")
    )


@rappel("structures.consultations")
def suivre_consultations(le: dt.date) -> int:
    """One reminder five days before the deadline; silence once its day is over. How many reminders were sent."""
    portail = Acteur.systeme()
    attendues = ConsultationCoordinateur.objects.filter(
        interrogee_le__isnull=False, favorable__isnull=True, silence_le__isnull=True
    ).select_related("candidature")
    for consultation in attendues.filter(repondre_avant_le__lt=le).order_by("pk"):
        constater_silence(acteur=portail, consultation=consultation, le=le)
    proches = attendues.filter(
        relancee_le__isnull=True, repondre_avant_le__gte=le, repondre_avant_le__lte=le + RELANCE_AVANT
    )
    return sum(
        relancer_consultation(acteur=portail, consultation=consultation, le=le)
        for consultation in proches.order_by("pk")
    )
