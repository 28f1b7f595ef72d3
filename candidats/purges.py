"""What this floor deletes every night (R111)."""

from __future__ import annotations

from datetime import date

from candidats.actions.effacement import effacer_inscription
from candidats.enums import EtatCandidat
from candidats.liens import USAGE_CONFIRMATION
from candidats.models import Candidat
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import TransitionInterdite
from portal.commun.purge import MOTIF_JAMAIS_CONFIRME, jamais_confirmes, purge


@purge("candidats.jamais_confirmes")
def effacer_jamais_confirmes(jour: date) -> int:
    """R42, R111: one transaction each; whoever confirms at the same second wins."""
    portail, nombre = Acteur.systeme(), 0
    inscriptions = Candidat.objects.filter(confirme_le__isnull=True).exclude(etat=EtatCandidat.FUSIONNE)
    a_effacer = jamais_confirmes(inscriptions, usage=USAGE_CONFIRMATION, jour=jour)
    for cle in a_effacer.values_list("pk", flat=True):
        try:
            effacer_inscription(acteur=portail, candidat=Candidat(pk=cle), motif=MOTIF_JAMAIS_CONFIRME)
        except (TransitionInterdite, Candidat.DoesNotExist):
            continue
        nombre += 1
    return nombre
