"""The mails of the subsidy file (R113): who is told what, at which step. No identity data ever enters one (R112)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from portal.commun import courriels
from portal.commun.roles import Role
from portal.comptes.models import Organisation, Rattachement, TypeOrganisation
from structures.destinataires import adresses_administrateurs
from structures.models import Structure
from structures.regimes import ContactFormation
from subventions.enums import EtatPiece
from subventions.models import DemandeComplement, Dossier, MessageDossier, Piece
from subventions.suivi import en_ordre, instruction_de, regime_de

# --- recipients -----------------------------------------------------------------------------------------------------


def adresses_bdt() -> list[str]:
    """The address of the team; those of its agents when it has none."""
    equipes = Organisation.objects.filter(type=TypeOrganisation.BDT)
    services = list(equipes.exclude(courriel="").order_by("pk").values_list("courriel", flat=True))
    if services:
        return services
    return list(
        Rattachement.objects.en_vigueur()
        .filter(role=Role.BDT, organisation__in=equipes)
        .order_by("pk")
        .values_list("utilisateur__email", flat=True)
    )


def adresses_gestionnaire(dossier: Dossier) -> list[str]:
    """Whoever is in charge of the file, while in post; the team otherwise."""
    if dossier.gestionnaire_id is not None:
        en_poste = Rattachement.objects.en_vigueur().filter(utilisateur=dossier.gestionnaire_id, role=Role.BDT)
        adresse = en_poste.values_list("utilisateur__email", flat=True).first()
        if adresse:
            return [adresse]
    return adresses_bdt()


def adresses_structure(structure: Structure) -> list[str]:
    """Those who manage the structure's space; its contact while nobody has joined."""
    return adresses_administrateurs(structure) or [structure.contact_courriel]


# --- from the structure ---------------------------------------------------------------------------------------------


def annoncer_ouverture(dossier: Dossier) -> None:
    pieces = [str(piece) for piece in en_ordre(dossier.pieces.filter(obligatoire=True))]
    _a_la_structure("dossier_ouvert", dossier, pieces=pieces, echeance=dossier.poste.echeance_recrutement)


def annoncer_depot(dossier: Dossier, *, second: bool) -> None:
    """BdT gets the file, the structure a receipt with what R2 promises."""
    instruction = _instruction(dossier)
    if second:
        _au_gestionnaire("dossier_depose", dossier, second=True, instruction=instruction)
    else:
        _a_bdt("dossier_depose", dossier, second=False, instruction=instruction)
    # R80: in the public call the training body makes the first move.
    contacter = regime_de(dossier).contact_formation is ContactFormation.STRUCTURE
    _a_la_structure("depot_recu", dossier, second=second, instruction=instruction, contacter=contacter)


def annoncer_reponse(dossier: Dossier, demande: DemandeComplement) -> None:
    _au_gestionnaire("complement_repondu", dossier, demande=demande, instruction=_instruction(dossier))
    _a_la_structure("reponse_recue", dossier, instruction=_instruction(dossier))


def annoncer_piece_remplacee(piece: Piece) -> None:
    _au_gestionnaire("piece_remplacee", piece.dossier, piece=piece)


def annoncer_cloture(dossier: Dossier, motif: str, *, prevenir_bdt: bool) -> None:
    """BdT is told of the files it had received only."""
    if prevenir_bdt:
        _au_gestionnaire("dossier_clos_bdt", dossier, motif=motif)
    _a_la_structure("dossier_clos", dossier, motif=motif)


# --- from the Banque des Territoires and ANCT -----------------------------------------------------------------------


def annoncer_complement(dossier: Dossier, demande: DemandeComplement) -> None:
    refusees = en_ordre(dossier.pieces.filter(etat=EtatPiece.REFUSEE))
    _a_la_structure("complement_demande", dossier, demande=demande, refusees=refusees)


def annoncer_refus(piece: Piece) -> None:
    """A piece refused while the structure is completing its file: the request it read did not name it."""
    _a_la_structure("piece_refusee", piece.dossier, piece=piece)


def annoncer_conformite(dossier: Dossier) -> None:
    _a_la_structure("dossier_conforme", dossier)


def annoncer_rejet(dossier: Dossier) -> None:
    _a_la_structure("dossier_rejete", dossier)


def annoncer_dispense(dossier: Dossier) -> None:
    _a_la_structure("annonce_dispensee", dossier)


# --- both ways ------------------------------------------------------------------------------------------------------


def annoncer_message(message: MessageDossier) -> None:
    """The text stays in the portal: people write what should not travel by mail (R112)."""
    if message.auteur_role == Role.BDT:
        _a_la_structure("message_structure", message.dossier)
    else:
        _au_gestionnaire("message_bdt", message.dossier)


# --- shared ---------------------------------------------------------------------------------------------------------


def contexte_structure(dossier: Dossier) -> dict[str, Any]:
    return {
        "dossier": dossier,
        "structure": dossier.structure,
        "poste": dossier.poste,
        "candidat": dossier.candidat,
        "lien": courriels.lien("subventions:dossier_structure", dossier.uuid),
    }


def contexte_bdt(dossier: Dossier) -> dict[str, Any]:
    return {**contexte_structure(dossier), "lien": courriels.lien("subventions:dossier_bdt", dossier.uuid)}


def _instruction(dossier: Dossier) -> Any:
    return instruction_de(dossier, dossier.demandes_complement.all(), timezone.localdate())


def _a_la_structure(modele: str, dossier: Dossier, **contexte: Any) -> None:
    courriels.envoyer(
        f"subventions/{modele}",
        destinataires=adresses_structure(dossier.structure),
        contexte={**contexte_structure(dossier), **contexte},
        objet=dossier,
    )


def _a_bdt(modele: str, dossier: Dossier, **contexte: Any) -> None:
    courriels.envoyer(
        f"subventions/{modele}",
        destinataires=adresses_bdt(),
        contexte={**contexte_bdt(dossier), **contexte},
        objet=dossier,
    )


def _au_gestionnaire(modele: str, dossier: Dossier, **contexte: Any) -> None:
    courriels.envoyer(
        f"subventions/{modele}",
        destinataires=adresses_gestionnaire(dossier),
        contexte={**contexte_bdt(dossier), **contexte},
        objet=dossier,
    )
