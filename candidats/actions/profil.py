"""What candidates decide about themselves: profile, availability, withdrawal (R40, R51, R55)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from candidats import notifications, suites
from candidats.actions import distances
from candidats.actions.communs import (
    clore,
    exiger_soi,
    verrouiller_candidat,
    verrouiller_vivantes,
)
from candidats.actions.inscription import CHAMPS_PROFIL
from candidats.actions.invitations import accueillir_invite
from candidats.enums import ETATS_VALIDES, EtatCandidat, EtatMiseEnRelation, MotifCloture, Origine
from candidats.etats import MACHINE_CANDIDAT
from candidats.models import Candidat, MiseEnRelation
from candidats.regles import verifier_inscription
from candidats.signes import noter_signe
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, exiger
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.comptes import actions as comptes


@verbe
def modifier_profil(*, acteur: Acteur, candidat: Candidat, donnees: Mapping[str, Any]) -> Candidat:
    """R40, R55: new answers act at once: pairs that they end or make possible follow."""
    candidat = _prendre(acteur, candidat)
    exiger(verifier_inscription(donnees, timezone.localdate()))
    for nom in CHAMPS_PROFIL:
        if nom in donnees:
            setattr(candidat, nom, donnees[nom])
    if acteur.est(Role.CANDIDAT):
        noter_signe(candidat)
    candidat.save()
    if donnees.get("prenom") and donnees.get("nom"):
        comptes.changer_identite(
            acteur=acteur, utilisateur=candidat.utilisateur, prenom=donnees["prenom"], nom=donnees["nom"]
        )
    distances.actualiser(candidat=candidat)
    suites.candidat_a_proposer(candidat)
    return candidat


@verbe
def suspendre(*, acteur: Acteur, candidat: Candidat) -> Candidat:
    """R51: « Je ne suis plus disponible ». What a structure has decided stays, and it is told (hard case 18)."""
    candidat = _prendre(acteur, candidat)
    MACHINE_CANDIDAT.franchir(candidat, "suspendre", acteur=acteur)
    candidat.save()
    vivantes = verrouiller_vivantes(candidat=candidat)
    indecises = [paire for paire in vivantes if paire.etat == EtatMiseEnRelation.NOUVELLE]
    clore([p for p in indecises if p.origine == Origine.MOTEUR], MotifCloture.INDISPONIBLE)
    restantes = [paire for paire in vivantes if paire.vivante]
    notifications.annoncer_changement_a_la_structure(restantes)
    notifications.annoncer_etat(candidat)
    _completer(vivantes)
    return candidat


@verbe
def reprendre(*, acteur: Acteur, candidat: Candidat) -> Candidat:
    """R51: available again, after a pause or a withdrawal."""
    candidat = _prendre(acteur, candidat)
    if candidat.confirme_le is None:
        raise RegleNonRespectee("R42", "Confirmez d’abord votre adresse électronique.")
    # R41 is checked again: time has passed.
    exiger(verifier_inscription({nom: getattr(candidat, nom) for nom in CHAMPS_PROFIL}, timezone.localdate()))
    MACHINE_CANDIDAT.franchir(candidat, "reprendre", acteur=acteur)
    noter_signe(candidat)
    candidat.save()
    accueillir_invite(candidat)
    notifications.annoncer_etat(candidat)
    suites.candidat_a_proposer(candidat)
    return candidat


@verbe
def retirer(*, acteur: Acteur, candidat: Candidat, motif: str = "") -> Candidat:
    """R51: the person leaves; every live pair is closed and the structures that had chosen them are told."""
    candidat = _prendre(acteur, candidat)
    if MiseEnRelation.objects.filter(candidat=candidat, etat__in=ETATS_VALIDES).exists():
        raise RegleNonRespectee(
            "R53", "Une structure a validé votre candidature : déclinez-la d’abord, puis retirez-vous."
        )
    MACHINE_CANDIDAT.franchir(candidat, "retirer", acteur=acteur)
    candidat.save()
    vivantes = verrouiller_vivantes(candidat=candidat)
    choisies = [paire for paire in vivantes if paire.etat != EtatMiseEnRelation.NOUVELLE]
    clore(vivantes, MotifCloture.RETRAIT)
    notifications.annoncer_changement_a_la_structure(choisies)
    notifications.annoncer_etat(candidat)
    _completer(vivantes)
    return candidat


def _prendre(acteur: Acteur, candidat: Candidat) -> Candidat:
    if not acteur.est(Role.CANDIDAT, Role.ANCT, Role.SYSTEME):
        raise AccesRefuse("Chaque personne change elle-même son profil et sa disponibilité.")
    candidat = verrouiller_candidat(candidat.pk)
    exiger_soi(acteur, candidat)
    if candidat.etat == EtatCandidat.RECRUTE and not acteur.est(Role.SYSTEME):
        raise RegleNonRespectee("R54", "Votre recrutement est enregistré : votre profil de candidat ne change plus.")
    return candidat


def _completer(paires: list[MiseEnRelation]) -> None:
    for poste_id in sorted({paire.poste_id for paire in paires if not paire.vivante}):
        suites.poste_a_completer(poste_id)
