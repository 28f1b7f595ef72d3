"""R21: the applicant contests what the legal category says, ANCT settles; the amounts follow."""

from __future__ import annotations

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite
from portal.commun.verbes import verbe
from structures import courriels_candidature, droits
from structures.actions.concertation import verrouiller_candidature
from structures.actions.postes import verrouiller_structure
from structures.enums import EtatCandidature
from structures.models import Candidature
from structures.regimes import StatutJuridique

MOTIF_MIN, MOTIF_MAX = 10, 1000
# Before a committee has granted anything: the amount of a post that exists does not change under its feet (R6).
ETATS_A_TRANCHER = frozenset({EtatCandidature.DEPOSEE, EtatCandidature.A_CORRIGER, EtatCandidature.EXAMEN})


def peut_etre_tranchee(candidature: Candidature) -> bool:
    """A refused one that is still contested may be granted by the correction of its decision (R26)."""
    if candidature.etat == EtatCandidature.REFUSEE:
        return bool(candidature.contestation_statut) and candidature.statut_tranche_le is None
    return candidature.etat in ETATS_A_TRANCHER


@verbe
def trancher_statut(*, acteur: Acteur, candidature: Candidature, statut: str, motif: str) -> Candidature:
    """The legal kind of an application, whether it is contested or the directory did not know it. The structure that it
    makes known follows, and so does the amount of its posts; the applicant is told."""
    droits.TRANCHER_STATUT.exiger(acteur)
    candidature = verrouiller_candidature(candidature)
    if not peut_etre_tranchee(candidature):
        message = "Le statut juridique se tranche avant qu’un comité n’accorde un poste à la candidature."
        raise TransitionInterdite(message)
    if statut not in {code.value for code in StatutJuridique}:
        raise RegleNonRespectee("R21", "Choisissez un statut juridique.", "statut")
    motif = motif.strip()
    if not MOTIF_MIN <= len(motif) <= MOTIF_MAX:
        message = f"Indiquez le motif, communiqué à la structure : de {MOTIF_MIN} à {MOTIF_MAX} caractères."
        raise RegleNonRespectee("R21", message, "motif")
    deja = (candidature.statut_juridique, candidature.statut_tranche_motif) == (statut, motif)
    if candidature.statut_tranche_le is not None and deja:
        message = "Ce statut juridique est déjà fixé, avec ce motif : la structure est prévenue."
        raise TransitionInterdite(message)
    candidature.statut_juridique = StatutJuridique(statut).value
    candidature.statut_tranche_le, candidature.statut_tranche_motif = timezone.now(), motif
    candidature.save()
    _reporter(candidature)
    courriels_candidature.annoncer_statut(candidature)
    return candidature


def _reporter(candidature: Candidature) -> None:
    """The structure takes the kind that was settled, unless posts were already granted to it on another one."""
    structure = candidature.structure = verrouiller_structure(candidature.structure)
    if structure.statut_juridique == candidature.statut_juridique or structure.postes.comptes().exists():
        return
    structure.statut_juridique = candidature.statut_juridique
    structure.save()
