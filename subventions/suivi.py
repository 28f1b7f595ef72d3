"""Where a file stands: the clock of R2, what is missing, who must act. Read by pages, verbs, mails and jobs alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from portal.commun.erreurs import Manquement
from structures.regimes import Regime, annonce_requise, obtenir_regime
from subventions.completude import Informations, informations_manquantes, pieces_a_fournir, pieces_du_dossier
from subventions.enums import EtatDossier, EtatPiece, NaturePiece
from subventions.models import DemandeComplement, Dossier, Piece
from subventions.regles import EtatInstruction, Interruption, PieceAttendue, suivre_instruction

ORDRE_PIECES = {nature: rang for rang, nature in enumerate(NaturePiece.values)}
PIECES_VALABLES = frozenset({EtatPiece.RECUE, EtatPiece.ACCEPTEE})


def regime_de(dossier: Dossier) -> Regime:
    return obtenir_regime(dossier.poste.regime)


def instruction_de(
    dossier: Dossier, demandes: Iterable[DemandeComplement], aujourdhui: dt.date | None = None
) -> EtatInstruction:
    """R2 for this file; a file that is filed is complete, since filing asks for every compulsory piece."""
    depose_le = timezone.localdate(dossier.depose_le) if dossier.depose_le else None
    return suivre_instruction(
        regime_de(dossier),
        depose_le=depose_le,
        complet_le=depose_le,
        interruptions=[
            Interruption(
                timezone.localdate(demande.demandee_le),
                timezone.localdate(demande.repondue_le) if demande.repondue_le else None,
            )
            for demande in demandes
        ],
        aujourdhui=aujourdhui or timezone.localdate(),
    )


def informations_de(dossier: Dossier) -> Informations:
    return Informations(
        statut=dossier.statut_juridique,
        president_nom=dossier.president_nom,
        president_naissance=dossier.president_naissance,
        dgs_nom=dossier.dgs_nom,
        dgs_naissance=dossier.dgs_naissance,
        iban=dossier.iban,
        aides=dossier.aides,
        cofinancement=dossier.cofinancement,
        annonce_url=dossier.annonce_url,
        annonce_le=dossier.annonce_le,
        annonce_dispensee=bool(dossier.annonce_dispense_motif),
    )


def annonce_attendue(dossier: Dossier) -> bool:
    """R3: does this file need the job advert?"""
    return annonce_requise(regime_de(dossier), dossier.statut_juridique) and not dossier.annonce_dispense_motif


def attendues_de(dossier: Dossier) -> dict[str, PieceAttendue]:
    """R60: the expected pieces of this file, by nature."""
    attendues = pieces_du_dossier(dossier.statut_juridique, aides=dossier.aides, cofinancement=dossier.cofinancement)
    return {piece.nature: piece for piece in attendues}


def en_ordre(pieces: Iterable[Piece]) -> list[Piece]:
    return sorted(pieces, key=lambda piece: ORDRE_PIECES[piece.nature])


@dataclass(frozen=True)
class Manques:
    """What stands between a file and its filing (R60, R3)."""

    informations: list[Manquement]
    pieces: list[Piece]

    def __bool__(self) -> bool:
        return bool(self.informations or self.pieces)

    @property
    def nombre(self) -> int:
        return len(self.informations) + len(self.pieces)

    @property
    def libelles(self) -> list[str]:
        return [m.message for m in self.informations] + [str(piece) for piece in self.pieces]


def manques_de(dossier: Dossier, pieces: Sequence[Piece]) -> Manques:
    """R60: compulsory information and pieces that are missing, or whose last version was refused."""
    valables = {piece.nature for piece in pieces if piece.etat in PIECES_VALABLES}
    presentes = {piece.nature: piece for piece in pieces}
    fautives = [
        # A piece whose row does not exist is missing too.
        presentes.get(attendue.nature) or Piece(dossier=dossier, nature=attendue.nature)
        for attendue in pieces_a_fournir(attendues_de(dossier).values(), valables)
    ]
    return Manques(informations_manquantes(informations_de(dossier), regime_de(dossier)), en_ordre(fautives))


def pieces_non_acceptees(pieces: Iterable[Piece]) -> list[Piece]:
    """R60: what forbids declaring the file compliant."""
    return en_ordre(p for p in pieces if p.obligatoire and p.etat != EtatPiece.ACCEPTEE)


def piece_modifiable(dossier: Dossier, piece: Piece) -> bool:
    """A piece can be handed in until it is accepted; during the instruction, only what BdT has not received or has
    refused."""
    if piece.etat == EtatPiece.ACCEPTEE:
        return False
    if dossier.etat == EtatDossier.DEPOSE:
        return piece.etat in (EtatPiece.ATTENDUE, EtatPiece.REFUSEE)
    return dossier.etat in (EtatDossier.CONSTITUTION, EtatDossier.REJETE, EtatDossier.COMPLEMENT)
