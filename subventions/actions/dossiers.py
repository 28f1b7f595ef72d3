"""Verbs of the structure on its subsidy file: opened, filled in, filed, completed, closed (R53, R60, R61)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone

from candidats.models import MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.documents import deposer_document, supprimer_document
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite, exiger
from portal.commun.verbes import verbe
from structures.models import Structure
from structures.numeros import prochain_numero
from structures.statut import statut_du_poste
from subventions import notifications
from subventions.actions.communs import (
    ETATS_MODIFIABLES,
    exiger_sa_structure,
    exiger_texte,
    verrouiller,
    verrouiller_piece,
)
from subventions.completude import normaliser_iban, verifier_informations
from subventions.enums import EtatContrat, EtatConvention, EtatDossier, EtatPiece, EtatTranche
from subventions.etats import MACHINE_CONTRAT, MACHINE_CONVENTION, MACHINE_DOSSIER, MACHINE_PIECE, MACHINE_TRANCHE
from subventions.models import Contrat, Convention, Dossier, Piece, Tranche
from subventions.suivi import attendues_de, informations_de, manques_de, piece_modifiable

NATURE_PIECE = "piece-subvention"
TYPES_PIECE = ("pdf", "jpg", "png")
CHAMPS_DE_LA_STRUCTURE = ("president_nom", "president_naissance", "dgs_nom", "dgs_naissance", "iban")
CHAMPS = frozenset({*CHAMPS_DE_LA_STRUCTURE, "aides", "cofinancement", "annonce_url", "annonce_le"})


@verbe
def ouvrir_dossier(*, acteur: Acteur, mise_en_relation: MiseEnRelation) -> Dossier:
    """R53, R60: « Valider cette candidature » opens the file, with the pieces that the legal kind asks for."""
    poste = mise_en_relation.poste
    structure = poste.structure
    dossier = Dossier.objects.create(
        numero=prochain_numero(Dossier),
        mise_en_relation=mise_en_relation,
        poste=poste,
        structure=structure,
        statut_juridique=statut_du_poste(poste),
        **_deja_connu(structure),
        etat_par_id=acteur.utilisateur_id,
        etat_role=acteur.role,
    )
    _accorder_les_pieces(dossier)
    notifications.annoncer_ouverture(dossier)
    return dossier


@verbe
def completer_dossier(*, acteur: Acteur, dossier: Dossier, donnees: Mapping[str, Any]) -> Dossier:
    """R60, R3, R8: keep what the structure knows so far; what is empty can come later, what is wrong is refused."""
    inconnus = set(donnees) - CHAMPS
    if inconnus:
        raise KeyError(f"unknown fields: {', '.join(sorted(inconnus))}")
    dossier = verrouiller(dossier)
    exiger_sa_structure(acteur, dossier)
    _exiger_modifiable(dossier)
    for champ, valeur in donnees.items():
        setattr(dossier, champ, _propre(champ, valeur))
    exiger(verifier_informations(informations_de(dossier), timezone.localdate()))
    dossier.iban = normaliser_iban(dossier.iban)
    dossier.save()
    _accorder_les_pieces(dossier)
    return dossier


@verbe
def deposer_piece(*, acteur: Acteur, piece: Piece, fichier: Any) -> Piece:
    """R60: hand in a piece, or replace the one that was there. The replaced file is deleted: it is personal data that
    nobody needs any more (R112); the history keeps that it existed."""
    dossier = verrouiller(piece.dossier)
    piece = verrouiller_piece(piece)
    piece.dossier = dossier
    exiger_sa_structure(acteur, dossier)
    if not piece_modifiable(dossier, piece):
        raise TransitionInterdite(_pourquoi_figee(dossier, piece))
    MACHINE_PIECE.verifier(piece, "recevoir", acteur)
    etait_refusee = piece.etat == EtatPiece.REFUSEE
    ancien = piece.document
    piece.document = deposer_document(
        acteur=acteur, nature=NATURE_PIECE, objet=piece, fichier=fichier, types=TYPES_PIECE, champ="fichier"
    )
    piece.motif_refus = ""
    MACHINE_PIECE.franchir(piece, "recevoir", acteur=acteur)
    piece.save()
    if ancien is not None:
        supprimer_document(acteur=acteur, document=ancien, motif="Pièce remplacée")
    if etait_refusee and dossier.etat == EtatDossier.DEPOSE:
        notifications.annoncer_piece_remplacee(piece)
    return piece


@verbe
def deposer_dossier(*, acteur: Acteur, dossier: Dossier) -> Dossier:
    """R2, R60: file a complete file, for the first time or after a rejection; BdT's time starts now."""
    dossier = verrouiller(dossier)
    exiger_sa_structure(acteur, dossier)
    MACHINE_DOSSIER.verifier(dossier, "deposer", acteur)
    _exiger_complet(dossier, "Le dossier n’est pas complet. Il manque")
    second = dossier.etat == EtatDossier.REJETE
    MACHINE_DOSSIER.franchir(dossier, "deposer", acteur=acteur)
    dossier.depose_le = timezone.now()
    dossier.save()
    notifications.annoncer_depot(dossier, second=second)
    return dossier


@verbe
def repondre_complement(*, acteur: Acteur, dossier: Dossier, reponse: str) -> Dossier:
    """R61: answer the request; the clock of R2 resumes. What was refused must be replaced first."""
    dossier = verrouiller(dossier)
    exiger_sa_structure(acteur, dossier)
    MACHINE_DOSSIER.verifier(dossier, "repondre", acteur)
    reponse = exiger_texte(
        reponse, regle="R61", champ="reponse", vide="Dites ce que vous avez ajouté ou corrigé dans le dossier."
    )
    _exiger_complet(dossier, "Avant de répondre, ajoutez ce qui manque")
    demande = dossier.demandes_complement.select_for_update(of=("self",)).get(repondue_le__isnull=True)
    demande.repondue_le, demande.reponse = timezone.now(), reponse
    demande.save()
    MACHINE_DOSSIER.franchir(dossier, "repondre", acteur=acteur)
    dossier.save()
    notifications.annoncer_reponse(dossier, demande)
    return dossier


@verbe
def clore_dossier(*, acteur: Acteur, dossier: Dossier, motif: str) -> Dossier:
    """The validation is undone before any contract is signed: the file ends, with all that was prepared on it."""
    dossier = verrouiller(dossier)
    MACHINE_DOSSIER.verifier(dossier, "clore", acteur)
    if Contrat.objects.filter(dossier=dossier).exclude(etat__in=_CONTRATS_SANS_EFFET).exists():
        raise TransitionInterdite("Un contrat de travail a été signé sur ce dossier : il ne peut pas être clos.")
    _defaire(acteur, dossier)
    etait_depose = dossier.etat not in (EtatDossier.CONSTITUTION, EtatDossier.REJETE)
    MACHINE_DOSSIER.franchir(dossier, "clore", acteur=acteur)
    dossier.save()
    notifications.annoncer_cloture(dossier, motif, prevenir_bdt=etait_depose)
    return dossier


# --- shared ---------------------------------------------------------------------------------------------------------

_CONTRATS_SANS_EFFET = (EtatContrat.PREPARE, EtatContrat.ABANDONNE)


def _deja_connu(structure: Structure) -> dict[str, Any]:
    """Those who bind the structure and its bank account are the same in all its files: nothing is typed twice. The
    structure reads them again before filing."""
    dernier = Dossier.objects.filter(structure=structure).order_by("-numero").first()
    return {champ: getattr(dernier, champ) for champ in CHAMPS_DE_LA_STRUCTURE} if dernier else {}


def _propre(champ: str, valeur: Any) -> Any:
    if champ == "aides":
        return valeur if valeur is not None else Decimal("0.00")
    return valeur.strip() if isinstance(valeur, str) else valeur


def _exiger_modifiable(dossier: Dossier) -> None:
    if dossier.etat not in ETATS_MODIFIABLES:
        raise TransitionInterdite(
            f"Le dossier est « {dossier.get_etat_display()} » : il ne se modifie plus. "
            "Écrivez à la Banque des Territoires par la messagerie du dossier."
        )


def _exiger_complet(dossier: Dossier, debut: str) -> None:
    manques = manques_de(dossier, list(dossier.pieces.all()))
    if manques:
        raise RegleNonRespectee("R60", f"{debut} : {_enumerer(manques.libelles)}.")


def _enumerer(libelles: list[str]) -> str:
    return " ; ".join(
        libelle[:1].lower() + libelle[1:] if not libelle[1:2].isupper() else libelle for libelle in libelles
    )


def _pourquoi_figee(dossier: Dossier, piece: Piece) -> str:
    if piece.etat == EtatPiece.ACCEPTEE:
        return "Cette pièce est acceptée par la Banque des Territoires : elle ne se remplace plus."
    if dossier.etat == EtatDossier.DEPOSE:
        return (
            "La Banque des Territoires examine cette pièce : elle ne se remplace que si elle est refusée. "
            "Écrivez-lui par la messagerie du dossier."
        )
    return f"Le dossier est « {dossier.get_etat_display()} » : ses pièces ne se remplacent plus."


def _accorder_les_pieces(dossier: Dossier) -> None:
    """R60, R8: the list of pieces follows what is declared; a piece already handed in is never thrown away."""
    attendues = attendues_de(dossier)
    presentes = {piece.nature: piece for piece in dossier.pieces.select_for_update(of=("self",))}
    for nature, attendue in attendues.items():
        piece = presentes.get(nature)
        if piece is None:
            Piece.objects.create(dossier=dossier, nature=nature, obligatoire=attendue.obligatoire)
        elif piece.obligatoire != attendue.obligatoire:
            piece.obligatoire = attendue.obligatoire
            piece.save()
    for nature in presentes.keys() - attendues.keys():
        piece = presentes[nature]
        if piece.document_id is None:
            piece.delete()
        elif piece.obligatoire:
            piece.obligatoire = False
            piece.save()


def _defaire(acteur: Acteur, dossier: Dossier) -> None:
    """The open request, the draft contract, the agreement and its planned tranches: none has had any effect without a
    signed contract."""
    systeme = Acteur.systeme(acteur.nom)
    for demande in dossier.demandes_complement.select_for_update(of=("self",)).filter(repondue_le__isnull=True):
        demande.repondue_le = timezone.now()
        demande.save()
    for contrat in Contrat.objects.select_for_update(of=("self",)).filter(dossier=dossier, etat=EtatContrat.PREPARE):
        MACHINE_CONTRAT.franchir(contrat, "abandonner", acteur=systeme)
        contrat.save()
    vivantes = [EtatConvention.A_SIGNER, EtatConvention.SIGNEE_STRUCTURE]
    for convention in Convention.objects.select_for_update(of=("self",)).filter(dossier=dossier, etat__in=vivantes):
        MACHINE_CONVENTION.franchir(convention, "annuler", acteur=systeme)
        convention.save()
    tranches = Tranche.objects.select_for_update(of=("self",)).filter(convention__dossier=dossier)
    for tranche in tranches.filter(etat=EtatTranche.PREVUE):
        MACHINE_TRANCHE.franchir(tranche, "annuler", acteur=systeme)
        tranche.save()
