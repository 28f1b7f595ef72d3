"""The posts of a structure with where each stands: read once per request, whatever the page (DOMAIN §3)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from structures import acces, parcours
from structures.enums import EtatPoste
from structures.models import Poste
from structures.parcours import Situation


@dataclass(frozen=True)
class LigneFil:
    poste: Poste
    situation: Situation


def lire_fil(acteur: Acteur) -> list[LigneFil]:
    """Late first, then by date, then by step: what is urgent is on top. Ended posts are left out."""
    postes = list(
        acces.postes_visibles_par(acteur)
        .exclude(etat__in=[EtatPoste.RENDU, EtatPoste.RETIRE])
        .select_related("structure", "campagne")
    )
    situations = parcours.situations(postes, acteur)
    lignes = [LigneFil(poste, situations[poste.pk]) for poste in postes if poste.pk in situations]
    return sorted(lignes, key=_urgence)


def _urgence(ligne: LigneFil) -> tuple[bool, bool, object, int, int]:
    situation = ligne.situation
    echeance = situation.avant_le.toordinal() if situation.avant_le else 0
    return (
        not situation.en_retard,
        situation.avant_le is None,
        echeance,
        situation.etape,
        ligne.poste.numero,
    )


def fil_de(request: HttpRequest) -> list[LigneFil]:
    if not request.acteur.est(Role.STRUCTURE):
        return []
    if not hasattr(request, "_fil_des_postes"):
        request._fil_des_postes = lire_fil(request.acteur)
    return request._fil_des_postes
