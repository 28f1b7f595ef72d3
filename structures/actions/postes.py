"""Verbs on one post: reserved, filled, free again, returned, withdrawn, given more time (R1, R29, R30, R53).

Upper floors call the first three. The structure is locked before its posts when counting them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.dates import ajouter_mois
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, exiger
from portal.commun.evenements import emettre
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.commun.verrous import sous_verrou
from structures import droits, notifications, notifications_postes
from structures.enums import ETATS_A_RECRUTER, EtatPoste
from structures.etats import MACHINE_POSTE
from structures.models import Candidature, DerogationPoste, LieuExercice, Poste, Structure
from structures.regles import echeance_recrutement, en_retard, met_fin_a_la_participation, verifier_restitution

MOTIF_MAX = 1000
PROLONGATION_MAX_MOIS = 24


@verbe
def reserver_poste(*, acteur: Acteur, poste: Poste) -> Poste:
    """R53: the post is kept for the validated candidate; of two at once, the second is refused."""
    poste = verrouiller_poste(poste)
    exiger_son_poste(acteur, poste)
    MACHINE_POSTE.verifier(poste, "reserver", acteur)
    if poste.structure.activee_le is None:
        raise RegleNonRespectee("R27", "La structure n’est pas encore activée : elle ne peut pas recruter.")
    MACHINE_POSTE.franchir(poste, "reserver", acteur=acteur)
    poste.save()
    return poste


@verbe
def liberer_poste(*, acteur: Acteur, poste: Poste, motif: str) -> Poste:
    """The post can be filled again. R68: after a contract ended, the time to recruit starts anew; a validation that is
    undone gives no more time than there was."""
    poste = verrouiller_poste(poste)
    exiger_son_poste(acteur, poste)
    etait_pourvu = poste.etat == EtatPoste.POURVU
    MACHINE_POSTE.franchir(poste, "liberer", acteur=acteur)
    if etait_pourvu:
        nouvelle = echeance_recrutement(
            poste.campagne.donnees_regime,
            comite_le=poste.accorde_le,
            notifie_le=poste.accorde_le,
            remis_a_pourvoir_le=timezone.localdate(),
        )
        poste.echeance_recrutement = max(poste.echeance_recrutement, nouvelle.date)
    poste.save()
    emettre("poste.libere", poste=poste)
    return poste


@verbe
def pourvoir_poste(*, acteur: Acteur, poste: Poste) -> Poste:
    """The contract is signed: the post is filled."""
    poste = verrouiller_poste(poste)
    exiger_son_poste(acteur, poste)
    MACHINE_POSTE.franchir(poste, "pourvoir", acteur=acteur)
    poste.save()
    return poste


@verbe
def rendre_poste(*, acteur: Acteur, poste: Poste, motif: str) -> Poste:
    """R29: return a free post, with a reason. Returning the last one ends the participation."""
    return rendre_postes(acteur=acteur, postes=[poste], motif=motif)[0]


@verbe
def rendre_postes(*, acteur: Acteur, postes: Iterable[Poste], motif: str) -> list[Poste]:
    """R29: return one or several free posts of a structure at once, all or none, with one reason and one mail."""
    postes = sorted(postes, key=lambda poste: poste.pk)
    if not postes:
        raise RegleNonRespectee("R29", "Choisissez au moins un poste à rendre.", "postes")
    structure = verrouiller_structure(postes[0].structure)
    postes = [verrouiller_poste(poste) for poste in postes]
    for poste in postes:
        exiger_son_poste(acteur, poste)
        if poste.structure_id != structure.pk:
            raise RegleNonRespectee("R29", "Ces postes ne sont pas ceux d’une même structure.", "postes")
        MACHINE_POSTE.verifier(poste, "rendre", acteur)
    exiger(verifier_restitution(postes_libres=len(postes), a_rendre=len(postes), motif=motif))
    for poste in postes:
        clore_poste(acteur, poste, "rendre", motif, structure)
    if len(postes) == 1:
        notifications.annoncer_fin_de_poste(postes[0], "poste_rendu")
    else:
        notifications_postes.annoncer_restitution(postes)
    return postes


@verbe
def retirer_poste(*, acteur: Acteur, poste: Poste, motif: str) -> Poste:
    """R30: ANCT withdraws a post that was not filled in time."""
    structure = verrouiller_structure(poste.structure)
    poste = verrouiller_poste(poste)
    MACHINE_POSTE.verifier(poste, "retirer", acteur)
    if not en_retard(poste.echeance_recrutement, timezone.localdate()):
        message = f"Le délai de recrutement court jusqu’au {poste.echeance_recrutement:%d/%m/%Y} inclus."
        raise RegleNonRespectee("R30", message)
    if not motif.strip():
        raise RegleNonRespectee("R30", "Indiquez le motif du retrait : il est communiqué à la structure.", "motif")
    clore_poste(acteur, poste, "retirer", motif, structure)
    notifications.annoncer_fin_de_poste(poste, "poste_retire")
    return poste


@verbe
def proroger_poste(*, acteur: Acteur, poste: Poste, echeance: dt.date, motif: str) -> Poste:
    """R1, R30: ANCT gives more time to recruit, with a reason; an extension never shortens a delay."""
    droits.PROLONGER.exiger(acteur)
    poste = verrouiller_poste(poste)
    # With a validated person too: the contract is not signed yet, and the delay still runs.
    if poste.etat not in ETATS_A_RECRUTER:
        raise RegleNonRespectee("R30", "Seul un poste à pourvoir a un délai de recrutement à prolonger.")
    aujourdhui = timezone.localdate()
    if echeance <= max(poste.echeance_recrutement, aujourdhui):
        message = "Indiquez une date à venir, postérieure à l’échéance actuelle."
        raise RegleNonRespectee("R30", message, "echeance")
    if echeance > ajouter_mois(aujourdhui, PROLONGATION_MAX_MOIS):
        message = f"Une prolongation ne dépasse pas {PROLONGATION_MAX_MOIS} mois à partir d’aujourd’hui."
        raise RegleNonRespectee("R30", message, "echeance")
    motif = exiger_motif(motif)
    avant = poste.echeance_recrutement
    DerogationPoste.objects.create(poste=poste, echeance_avant=avant, echeance=echeance, motif=motif)
    poste.echeance_recrutement = echeance
    poste.save()
    notifications.annoncer_prolongation(poste, avant, motif)
    return poste


# --- shared by the other verbs --------------------------------------------------------------------------------------


def verrouiller_poste(poste: Poste) -> Poste:
    """The post under lock, with what the rules and the mails read: it may just have been transferred."""
    return sous_verrou(
        Poste, poste.pk, "structure__commune__departement", "structure__organisation", "campagne", "candidature"
    )


def verrouiller_structure(structure: Structure) -> Structure:
    """The row that serialises what counts the posts of a structure."""
    return Structure.objects.select_for_update(of=("self",), no_key=True).get(pk=structure.pk)


def exiger_son_poste(acteur: Acteur, poste: Poste) -> None:
    """A representative acts on the posts of their own structure only."""
    if acteur.est(Role.STRUCTURE) and poste.structure.organisation_id != acteur.organisation_id:
        raise AccesRefuse("Ce poste est celui d’une autre structure.")


def clore_poste(acteur: Acteur, poste: Poste, transition: str, motif: str, structure: Structure) -> None:
    """R29: end one post, and the participation with the last one; the caller holds the locks and tells people."""
    poste.motif_fin = exiger_motif(motif)
    MACHINE_POSTE.franchir(poste, transition, acteur=acteur)
    poste.save()
    finir_participation(structure)
    emettre("poste.ferme", poste=poste)


def finir_participation(structure: Structure) -> None:
    """R29: without any post left, the participation ends; the caller holds the lock on the structure."""
    restants = Poste.objects.comptes().filter(structure=structure).count()
    if met_fin_a_la_participation(restants) and structure.participation_fin_le is None:
        structure.participation_fin_le = timezone.now()
        structure.save(update_fields=["participation_fin_le", "modifie_le"])


def lieux_de(candidature: Candidature) -> list[LieuExercice]:
    """The places of work that the application named, as the structure holds them; none means the seat (R46)."""
    souhaites = candidature.lieux_souhaites.filter(nom=OuterRef("nom"), commune=OuterRef("commune"))
    return list(LieuExercice.objects.filter(Exists(souhaites), structure=candidature.structure_id).order_by("pk"))


def exiger_motif(motif: str) -> str:
    motif = motif.strip()
    if not motif:
        raise RegleNonRespectee("R29", "Indiquez le motif.", "motif")
    if len(motif) > MOTIF_MAX:
        raise RegleNonRespectee("R29", f"Le motif ne peut pas dépasser {MOTIF_MAX} caractères.", "motif")
    return motif
