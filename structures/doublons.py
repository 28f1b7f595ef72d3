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
    return _fiche(
        structure.nom_normalise,
        structure.commune_id,
        structure.contact_courriel,
        structure.siret,
        structure.ridet,
        structure.commune.epci_id,
    )


def _fiche(nom: str, commune: str, courriel: str, siret: str | None, ridet: str | None, epci: str | None) -> Fiche:
    return Fiche(nom, commune, courriel, siret or "", ridet or "", epci or "")


@dataclass(frozen=True, slots=True)
class Rapprochement:
    """A pair, by its keys: what is sorted and counted, before the rows of one page are read."""

    une: int
    autre: int
    ressemblance: Ressemblance


def rapprochements() -> list[Rapprochement]:
    """R22: the most probable first. Three queries, whatever the number of structures."""
    paires = _paires() - set(DoublonEcarte.objects.values_list("structure", "autre"))
    fiches = _fiches({cle for paire in paires for cle in paire})
    trouves = (Rapprochement(une, autre, comparer(fiches[une], fiches[autre])) for une, autre in paires)
    return sorted(
        (rapprochement for rapprochement in trouves if rapprochement.ressemblance.probable),
        key=lambda r: (-r.ressemblance.score, fiches[r.une].nom_normalise, r.une, r.autre),
    )


def lire(rapproches: Iterable[Rapprochement]) -> list[Doublon]:
    """The structures of these pairs, in one query."""
    rapproches = list(rapproches)
    structures = _lire({cle for r in rapproches for cle in (r.une, r.autre)})
    return [Doublon(structures[r.une], structures[r.autre], r.ressemblance) for r in rapproches]


def _fiches(cles: set[int]) -> dict[int, Fiche]:
    champs = ("nom_normalise", "commune", "contact_courriel", "siret", "ridet", "commune__epci")
    lignes = Structure.objects.filter(pk__in=cles).order_by().values_list("pk", *champs) if cles else ()
    return {cle: _fiche(*valeurs) for cle, *valeurs in lignes}


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
