"""Verbs of the structure on its filed application: correct it, have it examined again, withdraw it (R28, R29, R31).

Who acts holds the follow-up link (`secret`), or is in the structure's space, or is ANCT.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.evenements import emettre
from portal.commun.jetons import revoquer_jetons
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from structures import notifications
from structures.actions.candidatures import (
    creer_lieux_exercice,
    enregistrer_lignes,
    refuser_doublon,
    remplir,
    reporter_sur_structure,
    verifier,
)
from structures.actions.concertation import verrouiller_candidature
from structures.actions.postes import clore_poste, verrouiller_structure
from structures.consultations import interroger
from structures.depot import REPONSES
from structures.enums import EtatCandidature, EtatComite, EtatPoste
from structures.etats import MACHINE_CANDIDATURE
from structures.models import Candidature, Poste
from structures.regles import MOTIF_MAX, peut_demander_correction, peut_demander_reexamen
from structures.suivi_candidature import USAGE_CONFIRMATION, candidature_du_suivi

ETATS_DECIDES = frozenset({EtatCandidature.RETENUE, EtatCandidature.ACTIVEE, EtatCandidature.REFUSEE})
MOTIF_MIN = 10


@verbe
def reprendre_pour_correction(
    *, acteur: Acteur, candidature: Candidature | None = None, secret: str = "", motif: str = ""
) -> Candidature:
    """R31: the structure takes its application back to correct it, until it is decided.

    Once on the agenda of a committee it is no longer taken back alone: the prefecture or ANCT hands it back.
    """
    candidature = ouvrir_candidature(acteur, candidature, secret)
    if not peut_demander_correction(decidee=candidature.etat in ETATS_DECIDES):
        raise TransitionInterdite("Le comité a rendu sa décision : cette candidature ne se corrige plus.")
    ligne = candidature.lignes_comite.filter(comite__etat=EtatComite.PREPARATION).select_related("comite").first()
    if ligne is not None:
        raise TransitionInterdite(
            f"Votre candidature est à l’ordre du jour du comité du {ligne.comite.date:%d/%m/%Y} : "
            "demandez à votre préfecture de vous la rendre pour correction."
        )
    MACHINE_CANDIDATURE.franchir(candidature, "reprendre", acteur=acteur)
    candidature.correction_demandee = motif.strip() or "Reprise par la structure pour correction."
    candidature.save()
    notifications.annoncer_reprise(candidature)
    return candidature


@verbe
def corriger(
    *,
    acteur: Acteur,
    donnees: Mapping[str, Any],
    lieux: Iterable[Mapping[str, Any]] = (),
    consultations: Iterable[Mapping[str, str]] = (),
    candidature: Candidature | None = None,
    secret: str = "",
) -> Candidature:
    """R31: the corrected application is filed again. The establishment, its type and the call stay what they were.

    A structure that has no space yet follows its corrected application; later, it changes its own data itself.
    """
    candidature = ouvrir_candidature(acteur, candidature, secret)
    MACHINE_CANDIDATURE.verifier(candidature, "corriger", acteur)
    lieux, cas = list(lieux), candidature.cas_coordinateur
    # The legal kind is contested when the application is filed, and settled by ANCT (R21).
    corrigeables = [nom for nom in REPONSES if nom in donnees and nom != "contestation_statut"]
    remplir(candidature, {nom: donnees[nom] for nom in corrigeables})
    acceptes = candidature.engagements.values_list("cle", flat=True)
    verifier(candidature, lieux, acceptes, timezone.localdate(), cas_admis=cas)
    MACHINE_CANDIDATURE.franchir(candidature, "corriger", acteur=acteur)
    candidature.correction_demandee = ""
    candidature.save()
    enregistrer_lignes(candidature, lieux, consultations)
    _aligner_la_structure(candidature)
    interroger(candidature)
    notifications.annoncer_suite(candidature, "candidature_corrigee")
    emettre("candidature.deposee", candidature=candidature)
    return candidature


@verbe
def demander_reexamen(
    *, acteur: Acteur, motif: str, candidature: Candidature | None = None, secret: str = ""
) -> Candidature:
    """R28: a refused structure asks once; the application is examined again with its reason."""
    candidature = ouvrir_candidature(acteur, candidature, secret)
    MACHINE_CANDIDATURE.verifier(candidature, "reexaminer", acteur)
    refusee = candidature.etat == EtatCandidature.REFUSEE
    if not peut_demander_reexamen(refusee=refusee, deja_demande=candidature.reexamen_demande_le is not None):
        raise RegleNonRespectee("R28", "Le réexamen a déjà été demandé : il ne se demande qu’une fois.")
    motif = _exiger_motif(motif, "R28", "Expliquez ce qui justifie un nouvel examen")
    refuser_doublon(candidature)
    MACHINE_CANDIDATURE.franchir(candidature, "reexaminer", acteur=acteur)
    candidature.reexamen_demande_le, candidature.reexamen_motif = candidature.etat_le, motif
    candidature.save()
    notifications.annoncer_suite(candidature, "candidature_reexamen")
    emettre("candidature.deposee", candidature=candidature)
    return candidature


@verbe
def abandonner(*, acteur: Acteur, motif: str, candidature: Candidature | None = None, secret: str = "") -> Candidature:
    """R29: withdraw an application, whatever its progress. Its free posts are returned; an occupied one prevents it."""
    candidature = ouvrir_candidature(acteur, candidature, secret)
    motif = _exiger_motif(motif, "R29", "Indiquez pourquoi vous abandonnez cette candidature")
    MACHINE_CANDIDATURE.verifier(candidature, "abandonner", acteur)
    if secret and candidature.etat == EtatCandidature.ACTIVEE:
        # A link in an old mailbox must not return the posts of a structure that has its own space and people.
        raise AccesRefuse("Votre structure est activée : abandonnez cette candidature depuis son espace.")
    if candidature.structure_id is not None:
        _rendre_les_postes(acteur, candidature, motif)
    MACHINE_CANDIDATURE.franchir(candidature, "abandonner", acteur=acteur)
    candidature.save()
    revoquer_jetons(usage=USAGE_CONFIRMATION, objet=candidature)
    notifications.annoncer_suite(candidature, "candidature_abandonnee")
    return candidature


def ouvrir_candidature(acteur: Acteur, candidature: Candidature | None, secret: str) -> Candidature:
    """The application under lock, for who may act on it."""
    if secret:
        candidature = candidature_du_suivi(secret)
    elif candidature is None or acteur.est(Role.VISITEUR):
        raise AccesRefuse("Ouvrez le lien de suivi reçu par courriel pour agir sur cette candidature.")
    candidature = verrouiller_candidature(candidature)
    organisation = candidature.structure.organisation_id if candidature.structure else None
    if acteur.est(Role.STRUCTURE) and not secret and acteur.organisation_id != organisation:
        raise AccesRefuse("Cette candidature est celle d’une autre structure.")
    return candidature


def _exiger_motif(motif: str, regle: str, consigne: str) -> str:
    motif = motif.strip()
    if len(motif) < MOTIF_MIN:
        raise RegleNonRespectee(regle, f"{consigne}, en {MOTIF_MIN} caractères au moins.", "motif")
    if len(motif) > MOTIF_MAX:
        raise RegleNonRespectee(regle, f"Ce texte ne peut pas dépasser {MOTIF_MAX} caractères.", "motif")
    return motif


def _rendre_les_postes(acteur: Acteur, candidature: Candidature, motif: str) -> None:
    structure = verrouiller_structure(candidature.structure)
    postes = list(
        Poste.objects.comptes().filter(candidature=candidature).select_for_update(of=("self",)).order_by("pk")
    )
    occupes = [poste for poste in postes if poste.etat != EtatPoste.A_POURVOIR]
    if occupes:
        numeros = ", ".join(f"n° {poste.numero}" for poste in occupes)
        message = f"Un poste occupé ne peut pas être rendu ({numeros}) : la candidature ne peut pas être abandonnée."
        raise RegleNonRespectee("R29", message)
    for poste in postes:
        clore_poste(acteur, poste, "rendre", motif[:1000], structure)


def _aligner_la_structure(candidature: Candidature) -> None:
    structure = verrouiller_structure(candidature.structure)
    autres = structure.candidatures.exclude(pk=candidature.pk).filter(confirmee_le__isnull=False)
    if structure.activee_le is None and not autres.exists():
        reporter_sur_structure(candidature, structure)
        structure.save()
        souhaites = set(candidature.lieux_souhaites.values_list("nom", "commune"))
        for lieu in structure.lieux.all():
            if (lieu.nom, lieu.commune_id) not in souhaites:
                lieu.delete()
    creer_lieux_exercice(candidature)
