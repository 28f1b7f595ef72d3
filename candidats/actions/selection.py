"""What a structure decides of a pair (R50, R51): shortlist, set aside, take back."""

from __future__ import annotations

from candidats import liens, notifications, suites
from candidats.actions.communs import annuler_entretiens, exiger_structure, verrouiller_relation
from candidats.enums import EtatCandidat, Origine
from candidats.etats import MACHINE_MISE_EN_RELATION
from candidats.models import MiseEnRelation
from candidats.regles import verifier_motif
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import RegleNonRespectee, exiger
from portal.commun.verbes import verbe
from structures.enums import EtatPoste


@verbe
def preselectionner(*, acteur: Acteur, mise_en_relation: MiseEnRelation) -> MiseEnRelation:
    """R50: the structure is interested; the candidate is told (R51)."""
    mise_en_relation = _prendre(acteur, mise_en_relation)
    MACHINE_MISE_EN_RELATION.franchir(mise_en_relation, "preselectionner", acteur=acteur)
    mise_en_relation.save()
    notifications.annoncer_au_candidat("preselection", mise_en_relation)
    return mise_en_relation


@verbe
def ecarter(*, acteur: Acteur, mise_en_relation: MiseEnRelation, motif: str, precisions: str = "") -> MiseEnRelation:
    """R50: « Pas intéressé », with a reason; the slot is filled at once by the next best (R47)."""
    mise_en_relation = _prendre(acteur, mise_en_relation)
    MACHINE_MISE_EN_RELATION.verifier(mise_en_relation, "ecarter", acteur)
    exiger(verifier_motif(motif, precisions))
    MACHINE_MISE_EN_RELATION.franchir(mise_en_relation, "ecarter", acteur=acteur)
    mise_en_relation.motif, mise_en_relation.precisions = motif, precisions.strip()
    mise_en_relation._change_reason = mise_en_relation.motif_libelle
    mise_en_relation.save()
    annuler_entretiens(mise_en_relation)
    notifications.annoncer_au_candidat("ecartee", mise_en_relation)
    suites.poste_a_completer(mise_en_relation.poste_id)
    return mise_en_relation


@verbe
def ecarter_par_lien(*, acteur: Acteur, secret: str, motif: str, precisions: str = "") -> MiseEnRelation:
    """R50: the same from the signed link of the mail, by whoever in the structure received it."""
    # Under lock: a refusal undone at the same second ends the link before or after, never between.
    mise_en_relation = liens.mise_en_relation_du_lien(secret, MiseEnRelation.objects.select_for_update(no_key=True))
    return ecarter(acteur=acteur, mise_en_relation=mise_en_relation, motif=motif, precisions=precisions)


@verbe
def retablir(*, acteur: Acteur, mise_en_relation: MiseEnRelation) -> MiseEnRelation:
    """R50: undo « Pas intéressé », which also ends the links already sent. The person may have been replaced meanwhile.

    The pair comes back as the structure's own choice: it does not count among the three of the engine (R47).
    """
    mise_en_relation = _prendre(acteur, mise_en_relation)
    MACHINE_MISE_EN_RELATION.verifier(mise_en_relation, "retablir", acteur)
    if mise_en_relation.poste.etat != EtatPoste.A_POURVOIR:
        raise RegleNonRespectee("R46", "Ce poste n’est plus à pourvoir.")
    etat = mise_en_relation.candidat.etat
    if etat != EtatCandidat.DISPONIBLE:
        libelle = mise_en_relation.candidat.get_etat_display().lower()
        raise RegleNonRespectee("R46", f"Cette personne ne peut plus être recrutée : {libelle}.")
    MACHINE_MISE_EN_RELATION.franchir(mise_en_relation, "retablir", acteur=acteur)
    mise_en_relation.origine = Origine.MANUELLE
    mise_en_relation.retablie_fois += 1
    mise_en_relation.motif = mise_en_relation.precisions = ""
    mise_en_relation.save()
    notifications.annoncer_au_candidat("preselection", mise_en_relation)
    return mise_en_relation


def _prendre(acteur: Acteur, mise_en_relation: MiseEnRelation) -> MiseEnRelation:
    mise_en_relation = verrouiller_relation(mise_en_relation)
    exiger_structure(acteur, mise_en_relation.poste.structure)
    return mise_en_relation
