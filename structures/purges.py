"""What this floor deletes every night (R111)."""

from __future__ import annotations

from datetime import date

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import TransitionInterdite
from portal.commun.purge import MOTIF_JAMAIS_CONFIRME, jamais_confirmes, purge
from structures.actions.brouillons import purger_brouillons
from structures.actions.effacement import effacer_candidature
from structures.models import Candidature
from structures.suivi_candidature import USAGE_CONFIRMATION


@purge("structures.jamais_confirmees")
def effacer_jamais_confirmees(jour: date) -> int:
    """R23, R111: one transaction each; whoever confirms at the same second wins."""
    portail, nombre = Acteur.systeme(), 0
    a_effacer = jamais_confirmes(
        Candidature.objects.filter(confirmee_le__isnull=True), usage=USAGE_CONFIRMATION, jour=jour
    )
    for cle in a_effacer.values_list("pk", flat=True):
        try:
            effacer_candidature(acteur=portail, candidature=Candidature(pk=cle), motif=MOTIF_JAMAIS_CONFIRME)
        except (TransitionInterdite, Candidature.DoesNotExist):
            continue
        nombre += 1
    return nombre


@purge("structures.brouillons")
def effacer_brouillons(jour: date) -> int:
    """R20, R111: applications begun and left for thirty days."""
    return purger_brouillons(acteur=Acteur.systeme(), jour=jour)
