"""What the verbs of the subsidy file share: the lock, who may, the sentence of those who come second.

Locks are taken in this order: post, file, then what hangs on it.
"""

from __future__ import annotations

from portal.commun.acteurs import Acteur
from portal.commun.affichage import moment
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from portal.commun.verrous import sous_verrou
from subventions.enums import EtatDossier
from subventions.etats import MACHINE_DOSSIER
from subventions.models import Dossier, Piece

TEXTE_MAX = 2500


def verrouiller(dossier: Dossier) -> Dossier:
    """The file under lock, read again, with what its rules and mails read.

    A merge may have given it to another structure while it was waited for (R22).
    """
    return sous_verrou(
        Dossier,
        dossier.pk,
        "poste__campagne",
        "structure__organisation",
        "structure__commune__departement",
        "mise_en_relation__candidat__utilisateur",
    )


def verrouiller_piece(piece: Piece) -> Piece:
    """The piece under lock, after its file."""
    return Piece.objects.select_for_update(of=("self",), no_key=True).get(pk=piece.pk)


def exiger_sa_structure(acteur: Acteur, dossier: Dossier) -> None:
    """The structure of the file fills it in; the portal itself may, for demo data and jobs."""
    if not acteur.est(Role.STRUCTURE, Role.SYSTEME):
        raise AccesRefuse("Le dossier est constitué par la structure.")
    if acteur.est(Role.STRUCTURE) and acteur.organisation_id != dossier.structure.organisation_id:
        raise AccesRefuse("Ce dossier est celui d’une autre structure.")


def exiger_bdt(acteur: Acteur) -> None:
    if not acteur.est(Role.BDT, Role.SYSTEME):
        raise AccesRefuse("Le dossier est instruit par la Banque des Territoires.")


def exiger_texte(texte: str, *, regle: str, champ: str, vide: str, maximum: int = TEXTE_MAX) -> str:
    """The text without its outer spaces; refused when empty or too long."""
    texte = texte.strip()
    if not texte:
        raise RegleNonRespectee(regle, vide, champ)
    if len(texte) > maximum:
        raise RegleNonRespectee(regle, f"Ce texte ne peut pas dépasser {maximum} caractères.", champ)
    return texte


def verifier_decision(dossier: Dossier, transition: str, acteur: Acteur) -> None:
    """R61: of two gestionnaires who decide at the same moment, the second is told who came first."""
    ligne = MACHINE_DOSSIER[transition]
    if (
        acteur.est(Role.BDT)
        and dossier.etat not in ligne.sources
        and dossier.etat_role == Role.BDT
        and dossier.etat_par_id != acteur.utilisateur_id
    ):
        raise TransitionInterdite(
            f"{dossier.etat_par} est passé avant vous : le dossier est « {dossier.etat_bdt} » "
            f"depuis le {moment(dossier.etat_le)}."
        )
    MACHINE_DOSSIER.verifier(dossier, transition, acteur)


def attribuer_si_libre(dossier: Dossier, acteur: Acteur) -> None:
    """Whoever acts first on a file that nobody holds takes charge of it."""
    if acteur.est(Role.BDT) and dossier.gestionnaire_id is None:
        dossier.gestionnaire_id = acteur.utilisateur_id


ETATS_MODIFIABLES = frozenset({EtatDossier.CONSTITUTION, EtatDossier.REJETE, EtatDossier.COMPLEMENT})
