"""The proof that comes with a change of establishment: a private file (R21, R112)."""

from __future__ import annotations

from portal.commun.acteurs import Acteur
from portal.commun.documents import enregistrer_nature
from portal.commun.models import Document
from portal.commun.roles import Role
from structures.models import ChangementEtablissement

NATURE_JUSTIFICATIF = "justificatif-etablissement"


def declarer() -> None:
    """Called once at start-up."""
    enregistrer_nature(NATURE_JUSTIFICATIF, "Justificatif de changement d’établissement", peut_lire)


def peut_lire(acteur: Acteur, document: Document) -> bool:
    """ANCT, which decides, and the structure that sent it."""
    if acteur.est(Role.ANCT, Role.SUPPORT):
        return True
    if not acteur.est(Role.STRUCTURE) or acteur.organisation_id is None:
        return False
    return ChangementEtablissement.objects.filter(
        justificatif=document, structure__organisation=acteur.organisation_id
    ).exists()
