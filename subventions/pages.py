"""What the pages of a file show to both sides, read once, in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from structures.regimes import annonce_requise
from subventions.enums import EtatDossier, EtatPiece
from subventions.models import Dossier, MessageDossier, Piece
from subventions.pages_conventions import contrat_du, convention_vivante
from subventions.regles import EtatInstruction
from subventions.suivi import (
    attendues_de,
    en_ordre,
    instruction_de,
    manques_de,
    piece_modifiable,
    pieces_non_acceptees,
    regime_de,
)


@dataclass(frozen=True)
class LignePiece:
    """A piece with what it takes to act on it."""

    piece: Piece
    aide: str
    modifiable: bool
    a_examiner: bool
    refusable: bool


def contexte_du_dossier(dossier: Dossier, acteur: Acteur) -> dict[str, Any]:
    """The context of the page of a file, the same facts for the structure and for BdT."""
    pieces = en_ordre(dossier.pieces.select_related("document"))
    demandes = list(dossier.demandes_complement.all())
    messages = list(dossier.messages.select_related("auteur"))
    instruction = instruction_de(dossier, demandes)
    regime = regime_de(dossier)
    return {
        "dossier": dossier,
        "poste": dossier.poste,
        "structure": dossier.structure,
        "candidat": dossier.candidat,
        "regime": regime,
        "pieces": _lignes(dossier, pieces),
        "pieces_a_accepter": pieces_non_acceptees(pieces),
        "pieces_refusees": [piece for piece in pieces if piece.etat == EtatPiece.REFUSEE],
        "manques": manques_de(dossier, pieces),
        "instruction": instruction,
        "en_retard": est_en_retard(dossier, instruction),
        "demandes": demandes,
        "demande": next((demande for demande in demandes if demande.repondue_le is None), None),
        "fil_messages": messages,
        "non_lus": sum(1 for message in messages if a_lire(message, acteur)),
        "avec_annonce": annonce_requise(regime, dossier.statut_juridique),
        "actions": {ligne.nom for ligne in dossier.actions_permises(acteur)},
        "modifiable": dossier.etat in (EtatDossier.CONSTITUTION, EtatDossier.REJETE, EtatDossier.COMPLEMENT),
        "ouvert": dossier.etat != EtatDossier.CLOS,
        "contrat": contrat_du(dossier),
        "convention": convention_vivante(dossier),
    }


def est_en_retard(dossier: Dossier, instruction: EtatInstruction) -> bool:
    """R2: BdT owes an answer and the day has passed."""
    return dossier.etat == EtatDossier.DEPOSE and instruction.depassee(timezone.localdate())


def a_lire(message: MessageDossier, acteur: Acteur) -> bool:
    """A message of the other side, not acknowledged yet."""
    if not acteur.est(Role.STRUCTURE, Role.BDT):
        return False
    return message.lu_le is None and message.auteur_role != acteur.role


def _lignes(dossier: Dossier, pieces: list[Piece]) -> list[LignePiece]:
    attendues = attendues_de(dossier)
    en_examen = dossier.etat in (EtatDossier.DEPOSE, EtatDossier.COMPLEMENT)
    return [
        LignePiece(
            piece=piece,
            aide=attendues[piece.nature].aide if piece.nature in attendues else "",
            modifiable=piece_modifiable(dossier, piece),
            a_examiner=en_examen and piece.etat == EtatPiece.RECUE,
            refusable=en_examen and piece.etat in (EtatPiece.RECUE, EtatPiece.ACCEPTEE),
        )
        for piece in pieces
    ]
