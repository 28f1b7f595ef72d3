"""Reading structures, applications, committees and posts inside the perimeter of the acting role (DOMAIN §2).

A département is always that of the commune (R7), never that of a postal code.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from structures.models import (
    Candidature,
    ChangementEtablissement,
    Comite,
    DemandePostes,
    FaitPrioritaire,
    LieuExercice,
    Poste,
    Structure,
)

ROLES_NATIONAUX = frozenset({Role.ANCT, Role.BDT, Role.SUPPORT, Role.SYSTEME})
# An application whose address is not confirmed is not filed yet (R23): only those who help people see it.
ROLES_VOIENT_NON_CONFIRMEES = frozenset({Role.ANCT, Role.SUPPORT, Role.SYSTEME})
ROLES_TERRITORIAUX = frozenset({Role.PREFECTURE, Role.SGAR, Role.HUB})


def _perimetre(acteur: Acteur, structure: str, departement: str) -> Q | None:
    """The filter of an acting role, given the paths to the structure's body and to the département; None: nothing.

    The départements of a région are already part of the actor's perimeter.
    """
    if acteur.est(*ROLES_NATIONAUX):
        return Q()
    if acteur.est(*ROLES_TERRITORIAUX):
        return Q(**{f"{departement}__in": acteur.departements}) if acteur.departements else None
    if acteur.est(Role.STRUCTURE) and acteur.organisation_id is not None:
        return Q(**{structure: acteur.organisation_id})
    return None


def structures_visibles_par(acteur: Acteur) -> QuerySet[Structure]:
    """Without those merged into another (R22): what they held is the other's."""
    return structures_et_fusionnees_visibles_par(acteur).filter(fusionnee_dans__isnull=True)


def structures_et_fusionnees_visibles_par(acteur: Acteur) -> QuerySet[Structure]:
    """With those kept for their history only."""
    filtre = _perimetre(acteur, "organisation", "commune__departement")
    return Structure.objects.none() if filtre is None else Structure.objects.filter(filtre)


def candidatures_visibles_par(acteur: Acteur) -> QuerySet[Candidature]:
    filtre = _perimetre(acteur, "structure__organisation", "commune__departement")
    if filtre is None:
        return Candidature.objects.none()
    if not acteur.est(*ROLES_VOIENT_NON_CONFIRMEES):
        filtre &= Q(confirmee_le__isnull=False)
    return Candidature.objects.filter(filtre)


def postes_visibles_par(acteur: Acteur) -> QuerySet[Poste]:
    filtre = _perimetre(acteur, "structure__organisation", "structure__commune__departement")
    return Poste.objects.none() if filtre is None else Poste.objects.filter(filtre)


def comites_visibles_par(acteur: Acteur) -> QuerySet[Comite]:
    """National roles: all; a prefecture, a SGAR, a hub: those whose agenda holds something of its territory."""
    if acteur.est(*ROLES_NATIONAUX):
        return Comite.objects.all()
    if acteur.est(*ROLES_TERRITORIAUX) and acteur.departements:
        lignes = candidatures_visibles_par(acteur).values("lignes_comite__comite")
        return Comite.objects.filter(pk__in=lignes)
    return Comite.objects.none()


def demandes_visibles_par(acteur: Acteur) -> QuerySet[DemandePostes]:
    filtre = _perimetre(acteur, "structure__organisation", "structure__commune__departement")
    return DemandePostes.objects.none() if filtre is None else DemandePostes.objects.filter(filtre)


def changements_visibles_par(acteur: Acteur) -> QuerySet[ChangementEtablissement]:
    filtre = _perimetre(acteur, "structure__organisation", "structure__commune__departement")
    return ChangementEtablissement.objects.none() if filtre is None else ChangementEtablissement.objects.filter(filtre)


def lieux_visibles_par(acteur: Acteur) -> QuerySet[LieuExercice]:
    return LieuExercice.objects.filter(structure__in=structures_visibles_par(acteur))


def faits_visibles_par(acteur: Acteur) -> QuerySet[FaitPrioritaire]:
    """R24: the lists, kept by ANCT; prefectures read them on the structures."""
    return FaitPrioritaire.objects.all() if acteur.est(Role.ANCT, Role.SUPPORT) else FaitPrioritaire.objects.none()


def structure_de(acteur: Acteur) -> Structure:
    """The structure in whose name somebody acts; 404 for any other role."""
    if not acteur.est(Role.STRUCTURE):
        raise Http404
    structure = structures_visibles_par(acteur).select_related("commune", "organisation").first()
    if structure is None:
        raise Http404
    return structure


def obtenir_structure(acteur: Acteur, uuid: UUID | str) -> Structure:
    return _un(structures_visibles_par(acteur).select_related("commune__departement", "organisation"), uuid)


def obtenir_candidature(acteur: Acteur, uuid: UUID | str) -> Candidature:
    candidatures = candidatures_visibles_par(acteur)
    return _un(candidatures.select_related("campagne", "structure", "commune__departement"), uuid)


def obtenir_poste(acteur: Acteur, uuid: UUID | str) -> Poste:
    postes = postes_visibles_par(acteur)
    return _un(postes.select_related("structure__commune__departement", "campagne", "candidature", "comite"), uuid)


def obtenir_comite(acteur: Acteur, uuid: UUID | str) -> Comite:
    return _un(comites_visibles_par(acteur).select_related("campagne", "proces_verbal"), uuid)


def obtenir_demande(acteur: Acteur, uuid: UUID | str) -> DemandePostes:
    demandes = demandes_visibles_par(acteur)
    return _un(demandes.select_related("structure__commune__departement", "campagne", "candidature"), uuid)


def obtenir_changement(acteur: Acteur, uuid: UUID | str) -> ChangementEtablissement:
    changements = changements_visibles_par(acteur)
    return _un(changements.select_related("structure__commune", "commune", "justificatif"), uuid)


def obtenir_lieu(acteur: Acteur, uuid: UUID | str) -> LieuExercice:
    return _un(lieux_visibles_par(acteur).select_related("structure", "commune"), uuid)


def _un(objets: QuerySet[Any], uuid: UUID | str) -> Any:
    objet = objets.filter(uuid=uuid).first()
    if objet is None:
        raise Http404
    return objet
