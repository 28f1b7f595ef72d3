"""Requests, decisions taken before and free posts, put on an agenda: the three natures of a line (R26, R29)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from structures.actions import activer, cloturer, decider, inscrire
from structures.models import Candidature, Comite, DemandePostes, Structure
from tests.structures.factories import CandidatureFactory, ComiteFactory


def demande_de(candidature: Candidature, *, nb_postes: int = 2, **champs: Any) -> DemandePostes:
    """More posts, asked by the structure of this application, in its campaign."""
    return DemandePostes.objects.create(
        structure=candidature.structure,
        campagne=candidature.campagne,
        candidature=candidature,
        nb_postes=nb_postes,
        demarrage_le=timezone.localdate() + dt.timedelta(days=30),
        motif="La file d’attente dépasse deux mois.",
        **champs,
    )


def accordee(anct: Any, campagne: Any, nb_postes: int, *, activee: bool = False, **champs: Any) -> Candidature:
    """An application that a closed committee granted `nb_postes`."""
    comite = ComiteFactory(campagne=campagne)
    candidature = CandidatureFactory(deposee=True, campagne=campagne, **champs)
    ligne = inscrire(acteur=anct, comite=comite, candidature=candidature)
    decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=nb_postes, motif="")
    cloturer(acteur=anct, comite=comite)
    if activee:
        activer(acteur=anct, candidature=candidature)
    return Candidature.objects.get(pk=candidature.pk)


def refusee(anct: Any, campagne: Any, motif: str = "Le territoire est déjà couvert.") -> Candidature:
    comite = ComiteFactory(campagne=campagne)
    candidature = CandidatureFactory(deposee=True, campagne=campagne)
    ligne = inscrire(acteur=anct, comite=comite, candidature=candidature)
    decider(acteur=anct, ligne=ligne, decision="refusee", nb_postes=0, motif=motif)
    cloturer(acteur=anct, comite=comite)
    return Candidature.objects.get(pk=candidature.pk)


def cedante(anct: Any, campagne: Any, libres: int) -> Structure:
    """A structure of the Allier that holds free posts, and could be asked for them."""
    return accordee(anct, campagne, libres, activee=True).structure


def suivant(comite: Comite | None = None, campagne: Any = None, **champs: Any) -> Comite:
    """The committee after."""
    return ComiteFactory(campagne=campagne or comite.campagne, **champs)
