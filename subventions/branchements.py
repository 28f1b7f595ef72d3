"""Contracts, agreements and payments at start-up: who reads their documents."""

from __future__ import annotations

from candidats import donnees
from portal.commun.acteurs import Acteur
from portal.commun.documents import enregistrer_nature
from portal.commun.models import Document
from portal.commun.roles import Role
from subventions.acces import contrats_visibles_par, conventions_visibles_par
from subventions.donnees_candidat import contrats
from subventions.models import Contrat

ROLES_LISENT_CONVENTION = (Role.STRUCTURE, Role.BDT, Role.ANCT)
ROLES_LISENT_CONTRAT = (Role.STRUCTURE, Role.BDT)
# The person may since have become conseiller: the contract is still theirs.
ROLES_DE_LA_PERSONNE = (Role.CANDIDAT, Role.CONSEILLER, Role.COORDINATEUR)


def brancher() -> None:
    """Called once at start-up."""
    from subventions.actions.contrats import NATURE_CONTRAT_SIGNE
    from subventions.actions.conventions import NATURE_CONVENTION

    enregistrer_nature(NATURE_CONTRAT_SIGNE, "Contrat de travail signé", peut_lire_contrat, trace=True)
    enregistrer_nature(NATURE_CONVENTION, "Convention de subvention", peut_lire_convention)
    donnees.enregistrer("contrats", contrats)


def peut_lire_contrat(acteur: Acteur, document: Document) -> bool:
    """R112: the structure of the file, BdT, and the person whose contract it is."""
    if acteur.est(*ROLES_DE_LA_PERSONNE):
        return Contrat.objects.filter(document=document, candidat__utilisateur=acteur.utilisateur_id).exists()
    if not acteur.est(*ROLES_LISENT_CONTRAT):
        return False
    return contrats_visibles_par(acteur).filter(document=document).exists()


def peut_lire_convention(acteur: Acteur, document: Document) -> bool:
    """The structure of the file, BdT and ANCT; an agreement that was withdrawn stays readable by them."""
    if not acteur.est(*ROLES_LISENT_CONVENTION):
        return False
    return conventions_visibles_par(acteur).filter(document=document).exists()
