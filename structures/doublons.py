"""Structures that are probably one body: found by the database in a constant number of queries, shown to ANCT."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower, Substr

from portal.comptes.models import EtatInvitation, Invitation, Rattachement
from structures.models import Candidature, DoublonEcarte, Poste, Structure
from structures.regles_doublons import Fiche, Ressemblance, comparer

# A group larger than this is a shared address or a name that says nothing, not one body entered so many times.
GROUPE_MAX = 20


@dataclass(frozen=True, slots=True)
class Doublon:
    """Two structures to compare, in the order of their keys."""

    une: Structure
    autre: Structure
    ressemblance: Ressemblance


def fiche(structure: Structure) -> Fiche:
    return Fiche(
        nom_normalise=structure.nom_normalise,
        commune=structure.commune_id,
        courriel=structure.contact_courriel,
        siret=structure.siret or "",
        ridet=structure.ridet or "",
        epci=structure.commune.epci_id or "",
    )


def doublons_probables() -> list[Doublon]:
    """R22: the most probable first. Three queries, whatever the number of structures."""
    paires = _paires() - set(DoublonEcarte.objects.values_list("structure", "autre"))
    structures = _lire({cle for paire in paires for cle in paire})
    trouves = []
    for une, autre in sorted(paires):
        ressemblance = comparer(fiche(structures[une]), fiche(structures[autre]))
        if ressemblance.probable:
            trouves.append(Doublon(structures[une], structures[autre], ressemblance))
    return sorted(trouves, key=lambda d: (-d.ressemblance.score, d.une.nom_normalise, d.une.pk, d.autre.pk))


def _paires() -> set[tuple[int, int]]:
    """Pairs that share one of the keys of the rule: grouped by the database, never N² comparisons."""
    structures = Structure.objects.en_propre().order_by()
    avec_siren = structures.filter(siret__isnull=False).annotate(siren=Substr("siret", 1, 9))
    adresses = structures.annotate(courriel_bas=Lower("contact_courriel"))
    premiers, *autres = (
        _groupes(avec_siren, "siren", "commune"),
        _groupes(structures, "nom_normalise", "commune"),
        _groupes(structures.filter(commune__epci__isnull=False), "nom_normalise", "commune__epci"),
        _groupes(adresses, "courriel_bas", "commune"),
        _groupes(adresses, "courriel_bas", "nom_normalise"),
    )
    return {paire for cles in premiers.union(*autres) for paire in combinations(sorted(cles), 2)}


def _groupes(structures: QuerySet[Structure], *cles: str) -> QuerySet[Any]:
    groupes = structures.values(*cles).annotate(nombre=Count("pk"), membres=ArrayAgg("pk"))
    return groupes.filter(nombre__range=(2, GROUPE_MAX)).values_list("membres", flat=True)


def _lire(cles: Iterable[int]) -> dict[int, Structure]:
    structures = Structure.objects.filter(pk__in=cles).select_related("commune__departement", "organisation")
    return {structure.pk: structure for structure in structures}


# --- side by side ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Contenu:
    """What a structure holds: shown before a merge, and what moves with it."""

    structure: Structure
    candidatures: list[Candidature]
    postes: list[Poste]
    lieux: list[Any]
    membres: list[Rattachement]
    invitations: list[Invitation]
    demandes: list[Any]
    changements: list[Any]


def contenu(structure: Structure) -> Contenu:
    organisation = structure.organisation_id
    return Contenu(
        structure,
        list(structure.candidatures.select_related("campagne").order_by("-confirmee_le", "-pk")),
        list(structure.postes.select_related("campagne").order_by("numero")),
        list(structure.lieux.select_related("commune").order_by("nom")),
        list(
            Rattachement.objects.filter(organisation=organisation, fin_le__isnull=True)
            .select_related("utilisateur")
            .order_by("pk")
        ),
        list(Invitation.objects.filter(organisation=organisation, etat=EtatInvitation.ENVOYEE).order_by("pk")),
        list(structure.demandes_postes.select_related("campagne").order_by("-cree_le")),
        list(structure.changements.order_by("-cree_le")),
    )


def fusionnees_dans(structure: Structure) -> list[Structure]:
    """Those that this structure took over, for its own page."""
    return list(structure.fusionnees.select_related("commune").order_by("fusionnee_le", "pk"))


def deja_ecarte(une: Structure, autre: Structure) -> DoublonEcarte | None:
    paire = sorted((une.pk, autre.pk))
    return DoublonEcarte.objects.filter(Q(structure=paire[0], autre=paire[1])).first()
