"""Reading subsidy files, contracts, agreements and tranches inside the perimeter of the acting role (DOMAIN §2).

A file belongs to a structure; the Banque des Territoires reads them all. ANCT and support see where a file stands, in
the administration, never its identity pieces (R112).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from portal.commun.acteurs import Acteur
from portal.commun.models import Document
from portal.commun.roles import Role
from subventions.models import Contrat, Convention, Dossier, Piece, Suspension, Tranche

ROLES_NATIONAUX = frozenset({Role.BDT, Role.ANCT, Role.SUPPORT, Role.SYSTEME})
# R112: who reads identities, birth dates, bank details and pieces, inside the perimeter.
ROLES_LISENT_IDENTITES = frozenset({Role.STRUCTURE, Role.BDT})


def _perimetre(acteur: Acteur, dossier: str) -> Q | None:
    """The filter of an acting role, given the path to the file (« » on the file itself); None: nothing."""
    if acteur.est(*ROLES_NATIONAUX):
        return Q()
    if acteur.est(Role.STRUCTURE) and acteur.organisation_id is not None:
        return Q(**{f"{dossier}structure__organisation": acteur.organisation_id})
    return None


def _visibles(acteur: Acteur, objets: QuerySet[Any], dossier: str) -> QuerySet[Any]:
    filtre = _perimetre(acteur, dossier)
    return objets.none() if filtre is None else objets.filter(filtre)


def dossiers_visibles_par(acteur: Acteur) -> QuerySet[Dossier]:
    return _visibles(acteur, Dossier.objects.all(), "")


def pieces_visibles_par(acteur: Acteur) -> QuerySet[Piece]:
    """R112: the structure of the file and BdT only."""
    if not acteur.est(*ROLES_LISENT_IDENTITES):
        return Piece.objects.none()
    return _visibles(acteur, Piece.objects.all(), "dossier__")


def contrats_visibles_par(acteur: Acteur) -> QuerySet[Contrat]:
    return _visibles(acteur, Contrat.objects.all(), "dossier__")


def conventions_visibles_par(acteur: Acteur) -> QuerySet[Convention]:
    return _visibles(acteur, Convention.objects.all(), "dossier__")


def tranches_visibles_par(acteur: Acteur) -> QuerySet[Tranche]:
    return _visibles(acteur, Tranche.objects.all(), "convention__dossier__")


def suspensions_visibles_par(acteur: Acteur) -> QuerySet[Suspension]:
    return _visibles(acteur, Suspension.objects.all(), "convention__dossier__")


def obtenir_dossier(acteur: Acteur, uuid: UUID | str) -> Dossier:
    """The file with what its pages and rules read."""
    return _un(
        dossiers_visibles_par(acteur).select_related(
            "poste__campagne",
            "structure__commune__departement",
            "structure__organisation",
            "mise_en_relation__candidat__utilisateur",
            "gestionnaire",
            "etat_par",
        ),
        uuid,
    )


def obtenir_piece(acteur: Acteur, uuid: UUID | str, *, dossier: Dossier) -> Piece:
    """The piece, of this very file."""
    pieces = pieces_visibles_par(acteur).filter(dossier=dossier)
    return _un(pieces.select_related("dossier__structure", "dossier__poste", "document"), uuid)


def obtenir_contrat(acteur: Acteur, uuid: UUID | str) -> Contrat:
    return _un(
        contrats_visibles_par(acteur).select_related(
            "dossier__structure__commune", "dossier__poste__campagne", "candidat__utilisateur", "document"
        ),
        uuid,
    )


def obtenir_convention(acteur: Acteur, uuid: UUID | str) -> Convention:
    return _un(
        conventions_visibles_par(acteur).select_related(
            "dossier__structure__commune", "dossier__poste__campagne", "document"
        ),
        uuid,
    )


def obtenir_tranche(acteur: Acteur, uuid: UUID | str) -> Tranche:
    return _un(tranches_visibles_par(acteur).select_related("convention__dossier__structure"), uuid)


def obtenir_suspension(acteur: Acteur, uuid: UUID | str) -> Suspension:
    return _un(suspensions_visibles_par(acteur).select_related("convention__dossier__structure"), uuid)


def peut_lire_piece(acteur: Acteur, document: Document) -> bool:
    """R112: a piece is read by the structure of its file and by BdT, while it is the piece of that file."""
    return pieces_visibles_par(acteur).filter(document=document).exists()


def peut_lire_du_dossier(acteur: Acteur, document: Document) -> bool:
    """A document about a file (signed contract, agreement): the structure of the file and BdT."""
    if not acteur.est(*ROLES_LISENT_IDENTITES):
        return False
    label, _, uuid = document.objet.partition(":")
    if label != Dossier._meta.label_lower:
        return False
    return dossiers_visibles_par(acteur).filter(uuid=uuid).exists()


def _un(objets: QuerySet[Any], uuid: UUID | str) -> Any:
    objet = objets.filter(uuid=uuid).first()
    if objet is None:
        raise Http404
    return objet
