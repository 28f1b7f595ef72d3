"""R21: the button by which ANCT settles the legal kind of an application."""

from __future__ import annotations

from portal.commun.acteurs import Acteur
from portal.comptes.admin_outils import Bouton
from structures import droits
from structures.actions.statut import peut_etre_tranchee, trancher_statut
from structures.forms.statut import FormulaireStatut
from structures.models import Candidature


def _trancher(*, acteur: Acteur, objet: Candidature, statut: str, motif: str) -> str:
    candidature = trancher_statut(acteur=acteur, candidature=objet, statut=statut, motif=motif)
    return f"Le statut juridique est fixé : {candidature.get_statut_juridique_display()}. La structure est prévenue."


def _explication(candidature: Candidature) -> str:
    debut = f"Statut retenu aujourd’hui : {candidature.get_statut_juridique_display()}. "
    if candidature.contestation_statut:
        debut += f"La structure conteste la catégorie {candidature.categorie_juridique} : "
        debut += f"« {candidature.contestation_statut} ». "
    return f"{debut}Le montant de la subvention suit votre décision. La structure reçoit le motif par courriel."


BOUTON_STATUT = Bouton(
    "statut",
    "Trancher le statut juridique",
    _trancher,
    roles=droits.TRANCHER_STATUT.roles,
    formulaire=FormulaireStatut,
    avec_objet=True,
    explication=_explication,
    possible=lambda acteur, objet: peut_etre_tranchee(objet),
)
