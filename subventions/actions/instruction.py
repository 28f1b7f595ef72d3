"""Verbs of the instruction by the Banque des Territoires, and the waiver of the job advert by ANCT (R2, R3, R61)."""

from __future__ import annotations

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.evenements import emettre
from portal.commun.models import Document
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.comptes.models import Rattachement
from subventions import notifications
from subventions.actions.communs import (
    attribuer_si_libre,
    exiger_bdt,
    exiger_texte,
    verifier_decision,
    verrouiller,
    verrouiller_piece,
)
from subventions.enums import EtatContrat, EtatDossier
from subventions.etats import MACHINE_DOSSIER, MACHINE_PIECE
from subventions.models import Contrat, DemandeComplement, Dossier, Piece
from subventions.suivi import annonce_attendue, pieces_non_acceptees

MOTIF_PIECE_MAX = 1000
ETATS_EN_EXAMEN = frozenset({EtatDossier.DEPOSE, EtatDossier.COMPLEMENT})


@verbe
def prendre_en_charge(*, acteur: Acteur, dossier: Dossier, releve: bool = False) -> Dossier:
    """R61: one gestionnaire per file. Taking it from a colleague must be asked for (`releve`): of two who click at the
    same moment, the second is told who has it."""
    exiger_bdt(acteur)
    dossier = verrouiller(dossier)
    if dossier.etat == EtatDossier.CLOS:
        raise TransitionInterdite("Ce dossier est clos.")
    if dossier.gestionnaire_id == acteur.utilisateur_id:
        return dossier
    if dossier.gestionnaire_id is not None and not releve and _est_en_poste(dossier.gestionnaire_id):
        raise TransitionInterdite(f"{dossier.gestionnaire} a déjà pris ce dossier en charge.")
    dossier.gestionnaire_id = acteur.utilisateur_id
    dossier.save()
    return dossier


@verbe
def accepter_piece(*, acteur: Acteur, piece: Piece, document: Document | None = None) -> Piece:
    """R60: `document` is what the gestionnaire read; another one in its place is refused, it must be read first."""
    piece = _piece_en_examen(acteur, piece, "accepter", document)
    piece.motif_refus = ""
    MACHINE_PIECE.franchir(piece, "accepter", acteur=acteur)
    piece.save()
    return piece


@verbe
def refuser_piece(*, acteur: Acteur, piece: Piece, motif: str, document: Document | None = None) -> Piece:
    """R60: with a reason, shown to the structure; the request for complements will tell it, or a mail when that request
    was already sent (R61)."""
    piece = _piece_en_examen(acteur, piece, "refuser", document)
    piece.motif_refus = exiger_texte(
        motif,
        regle="R60",
        champ="motif",
        vide="Indiquez le motif du refus : il est montré à la structure.",
        maximum=MOTIF_PIECE_MAX,
    )
    MACHINE_PIECE.franchir(piece, "refuser", acteur=acteur)
    piece.save()
    if piece.dossier.etat == EtatDossier.COMPLEMENT:
        notifications.annoncer_refus(piece)
    return piece


@verbe
def demander_complement(*, acteur: Acteur, dossier: Dossier, texte: str) -> DemandeComplement:
    """R61: ask the structure for what is missing; the clock of R2 stops until it answers."""
    dossier = verrouiller(dossier)
    verifier_decision(dossier, "demander_complement", acteur)
    texte = exiger_texte(texte, regle="R61", champ="texte", vide="Dites à la structure ce que vous attendez d’elle.")
    demande = DemandeComplement.objects.create(dossier=dossier, texte=texte, demandee_le=timezone.now())
    attribuer_si_libre(dossier, acteur)
    MACHINE_DOSSIER.franchir(dossier, "demander_complement", acteur=acteur)
    dossier.save()
    notifications.annoncer_complement(dossier, demande)
    return demande


@verbe
def declarer_conforme(*, acteur: Acteur, dossier: Dossier) -> Dossier:
    """R61: every compulsory piece must be accepted (R60); the contract and the agreement come next."""
    dossier = verrouiller(dossier)
    verifier_decision(dossier, "declarer_conforme", acteur)
    restantes = pieces_non_acceptees(dossier.pieces.all())
    if restantes:
        liste = " ; ".join(f"{piece} ({piece.get_etat_display().lower()})" for piece in restantes)
        raise RegleNonRespectee("R60", f"Le dossier ne peut pas être validé. Pièces qui restent à accepter : {liste}.")
    attribuer_si_libre(dossier, acteur)
    MACHINE_DOSSIER.franchir(dossier, "declarer_conforme", acteur=acteur)
    dossier.conforme_le = timezone.now()
    dossier.save()
    notifications.annoncer_conformite(dossier)
    emettre("dossier.conforme", dossier=dossier)
    return dossier


@verbe
def rejeter(*, acteur: Acteur, dossier: Dossier, motif: str) -> Dossier:
    """R61: with a reason; the structure may correct its file and submit it again."""
    dossier = verrouiller(dossier)
    verifier_decision(dossier, "rejeter", acteur)
    motif = exiger_texte(
        motif, regle="R61", champ="motif", vide="Indiquez le motif du rejet : il est communiqué à la structure."
    )
    attribuer_si_libre(dossier, acteur)
    MACHINE_DOSSIER.franchir(dossier, "rejeter", acteur=acteur)
    dossier.motif_rejet = motif
    dossier.save()
    notifications.annoncer_rejet(dossier)
    return dossier


@verbe
def dispenser_annonce(*, acteur: Acteur, dossier: Dossier, motif: str) -> Dossier:
    """R3: ANCT may waive the job advert, with a reason."""
    if not acteur.est(Role.ANCT, Role.SYSTEME):
        raise AccesRefuse("Seule l’ANCT peut dispenser une structure de l’annonce.")
    dossier = verrouiller(dossier)
    if dossier.etat == EtatDossier.CLOS:
        raise TransitionInterdite("Ce dossier est clos.")
    if dossier.annonce_dispense_motif:
        raise TransitionInterdite("Cette structure est déjà dispensée de l’annonce.")
    if not annonce_attendue(dossier):
        raise RegleNonRespectee("R3", "L’annonce n’est pas requise pour ce dossier.")
    if Contrat.objects.filter(dossier=dossier, etat=EtatContrat.SIGNE).exists():
        raise TransitionInterdite("Le contrat est déjà signé : la dispense n’a plus d’objet.")
    dossier.annonce_dispense_motif = exiger_texte(
        motif, regle="R3", champ="motif", vide="Indiquez le motif de la dispense.", maximum=MOTIF_PIECE_MAX
    )
    dossier.save()
    notifications.annoncer_dispense(dossier)
    return dossier


def _piece_en_examen(acteur: Acteur, piece: Piece, transition: str, document: Document | None) -> Piece:
    """The piece under lock, after its file, in a state where BdT examines it."""
    dossier = verrouiller(piece.dossier)
    piece = verrouiller_piece(piece)
    piece.dossier = dossier
    exiger_bdt(acteur)
    if dossier.etat not in ETATS_EN_EXAMEN:
        raise TransitionInterdite(f"Le dossier est « {dossier.etat_bdt} » : ses pièces ne s’examinent pas.")
    if document is not None and piece.document_id != document.pk:
        raise TransitionInterdite("La structure vient de remplacer cette pièce : relisez-la avant de décider.")
    MACHINE_PIECE.verifier(piece, transition, acteur)
    if dossier.gestionnaire_id is None and acteur.est(Role.BDT):
        attribuer_si_libre(dossier, acteur)
        dossier.save()
    return piece


def _est_en_poste(utilisateur_id: int) -> bool:
    """A gestionnaire who left holds nothing back."""
    return Rattachement.objects.en_vigueur().filter(utilisateur=utilisateur_id, role=Role.BDT).exists()
