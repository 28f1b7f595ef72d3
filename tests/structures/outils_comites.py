"""Applications put on an agenda and decided by the verbs."""

from __future__ import annotations

from structures.actions import decider, inscrire
from tests.structures.factories import CandidatureFactory

MOTIF = "Le territoire est déjà bien couvert."


def decidee(comite, anct, decision="retenue", nb_postes=1, motif="", **champs):
    """An application on the agenda, with its decision."""
    candidature = CandidatureFactory(deposee=True, campagne=comite.campagne, **champs)
    ligne = inscrire(acteur=anct, comite=comite, candidature=candidature)
    return decider(acteur=anct, ligne=ligne, decision=decision, nb_postes=nb_postes, motif=motif)
