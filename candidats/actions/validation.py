"""« Valider cette candidature » (R53), its undoing before the contract, and the recruitment (R54)."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils import timezone

from candidats import notifications, suites
from candidats.actions.communs import (
    SYSTEME,
    annuler_entretiens,
    clore,
    exiger_structure,
    verrouiller_candidat,
    verrouiller_poste,
    verrouiller_relation,
    verrouiller_vivantes,
)
from candidats.actions.inscription import CHAMPS_PROFIL
from candidats.enums import ETATS_VALIDES, EtatCandidat, EtatMiseEnRelation, MotifCloture, Taille
from candidats.etats import MACHINE_CANDIDAT, MACHINE_MISE_EN_RELATION
from candidats.models import Candidat, MiseEnRelation
from candidats.regles import MotifEcart, verifier_inscription, verifier_validation
from candidats.signes import noter_signe
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite, bloquants, exiger
from portal.commun.evenements import emettre
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from structures import actions as structures
from structures.enums import EtatPoste
from structures.models import Poste


@verbe
def valider(*, acteur: Acteur, mise_en_relation: MiseEnRelation, taille_tenue: str) -> MiseEnRelation:
    """R53: one validated candidate per post, one post per person.

    Two clicks at the same second wait for each other on the post, then on the candidate: the second one reads what the
    first has done and is refused with a sentence. The subsidy file opens on `candidature.validee`.
    """
    poste, candidat, mise_en_relation = _verrouiller_tout(mise_en_relation)
    exiger_structure(acteur, poste.structure)
    exiger(verifier_validation(**_faits(poste, candidat, mise_en_relation)))
    MACHINE_MISE_EN_RELATION.verifier(mise_en_relation, "valider", acteur)
    if taille_tenue not in Taille.values:
        raise RegleNonRespectee("R53", "Choisissez la taille de la tenue.", "taille_tenue")
    MACHINE_MISE_EN_RELATION.franchir(mise_en_relation, "valider", acteur=acteur)
    mise_en_relation.validee_le = mise_en_relation.etat_le
    mise_en_relation.taille_tenue = taille_tenue
    mise_en_relation.save()
    mise_en_relation.poste = structures.reserver_poste(acteur=acteur, poste=poste)
    notifications.annoncer_au_candidat("validation", mise_en_relation)
    notifications.annoncer_a_la_structure("validation_structure", mise_en_relation)
    emettre("candidature.validee", mise_en_relation=mise_en_relation)
    return mise_en_relation


@verbe
def annuler_validation(
    *, acteur: Acteur, mise_en_relation: MiseEnRelation, motif: str, precisions: str = ""
) -> MiseEnRelation:
    """R50: undo a validation as long as the contract is not signed; the post is free again.

    `motif` is a code of `MotifEcart`, or a sentence (of BdT, of ANCT) kept as the precision of « Autre raison ».
    """
    poste, _, mise_en_relation = _verrouiller_tout(mise_en_relation)
    exiger_structure(acteur, poste.structure)
    MACHINE_MISE_EN_RELATION.verifier(mise_en_relation, "annuler", acteur)
    exiger_avant_contrat(poste)
    if motif not in set(MotifEcart):
        motif, precisions = MotifEcart.AUTRE, precisions or motif
    if motif == MotifEcart.AUTRE and not precisions.strip():
        raise RegleNonRespectee("R50", "Précisez votre raison en quelques mots.", "precisions")
    MACHINE_MISE_EN_RELATION.franchir(mise_en_relation, "annuler", acteur=acteur)
    mise_en_relation.motif, mise_en_relation.precisions = motif, precisions.strip()[:1000]
    mise_en_relation._change_reason = mise_en_relation.motif_libelle
    mise_en_relation.save()
    annuler_entretiens(mise_en_relation)
    notifications.annoncer_au_candidat("validation_annulee", mise_en_relation)
    emettre("validation.annulee", mise_en_relation=mise_en_relation)
    # `poste.libere` brings the next best candidates.
    structures.liberer_poste(acteur=acteur, poste=poste, motif="Validation de la candidature annulée")
    return mise_en_relation


@verbe
def constater_recrutement(*, acteur: Acteur, mise_en_relation: MiseEnRelation, le: date) -> MiseEnRelation:
    """R54: the person leaves for training: recruited. What else was live for them, or for the post, lapses."""
    poste, candidat, mise_en_relation = _verrouiller_tout(mise_en_relation)
    MACHINE_MISE_EN_RELATION.franchir(mise_en_relation, "recruter", acteur=acteur)
    mise_en_relation.recrutee_le = le
    mise_en_relation.save()
    MACHINE_CANDIDAT.franchir(candidat, "recruter", acteur=acteur)
    candidat.save()
    annuler_entretiens(mise_en_relation)
    autres = verrouiller_vivantes_de(poste, candidat)
    de_la_personne = [paire for paire in autres if paire.candidat_id == candidat.pk]
    du_poste = [paire for paire in autres if paire.candidat_id != candidat.pk]
    etats_avant = {paire.pk: paire.etat for paire in de_la_personne}
    clore(de_la_personne, MotifCloture.RECRUTE)
    clore(du_poste, MotifCloture.POSTE_POURVU)
    notifications.annoncer_recrutement(mise_en_relation, de_la_personne, du_poste, etats_avant)
    for poste_id in sorted({paire.poste_id for paire in de_la_personne}):
        suites.poste_a_completer(poste_id)
    return mise_en_relation


@verbe
def corriger_recrutement(*, acteur: Acteur, mise_en_relation: MiseEnRelation, le: date, motif: str) -> MiseEnRelation:
    """R54: the date of the departure was wrong, so was that of the recruitment."""
    if not acteur.est(Role.ORGANISME, Role.SYSTEME):
        raise AccesRefuse("L’organisme de formation corrige la date du départ.")
    mise_en_relation = verrouiller_relation(mise_en_relation)
    if mise_en_relation.etat != EtatMiseEnRelation.RECRUTEE:
        raise TransitionInterdite("Le recrutement n’est pas, ou plus, en cours : sa date ne se corrige pas.")
    mise_en_relation.recrutee_le = le
    mise_en_relation.save()
    return mise_en_relation


@verbe
def terminer_recrutement(
    *, acteur: Acteur, mise_en_relation: MiseEnRelation, motif: str, redevient_disponible: bool = False
) -> MiseEnRelation:
    """R68: the contract is over: the pair ends, the person is free and the post can be filled again, by the same
    person too (hard case 6). Whoever ended the contract says whether the person wishes to be proposed again."""
    poste, candidat, mise_en_relation = _verrouiller_tout(mise_en_relation)
    MACHINE_MISE_EN_RELATION.verifier(mise_en_relation, "terminer", acteur)
    motif = motif.strip()
    if not motif:
        raise RegleNonRespectee("R68", "Indiquez pourquoi le contrat a pris fin.", "motif")
    MACHINE_MISE_EN_RELATION.franchir(mise_en_relation, "terminer", acteur=acteur)
    mise_en_relation.motif, mise_en_relation.precisions = MotifCloture.FIN_CONTRAT, motif[:1000]
    mise_en_relation.save()
    MACHINE_CANDIDAT.franchir(candidat, "liberer", acteur=acteur)
    candidat.save()
    if redevient_disponible and _peut_revenir(candidat):
        MACHINE_CANDIDAT.franchir(candidat, "reprendre", acteur=SYSTEME)
        noter_signe(candidat)
        candidat.save()
        suites.candidat_a_proposer(candidat)
    notifications.annoncer_fin_de_contrat(mise_en_relation)
    # `poste.libere` brings the next best candidates.
    mise_en_relation.poste = structures.liberer_poste(acteur=acteur, poste=poste, motif=motif)
    return mise_en_relation


def _peut_revenir(candidat: Candidat) -> bool:
    """R41: time has passed; whoever is too old by now stays free, and is told so."""
    reponses = {nom: getattr(candidat, nom) for nom in CHAMPS_PROFIL}
    return not bloquants(verifier_inscription(reponses, timezone.localdate()))


def verrouiller_vivantes_de(poste: Poste, candidat: Candidat) -> list[MiseEnRelation]:
    """Live pairs of the post and of the person, in one pass by key."""
    cles = MiseEnRelation.objects.vivantes().filter(Q(poste=poste) | Q(candidat=candidat)).values_list("pk", flat=True)
    return verrouiller_vivantes(pk__in=list(cles))


def exiger_avant_contrat(poste: Poste) -> None:
    """The post is held by a signed contract: the way out is a breach of contract (R68)."""
    if poste.etat != EtatPoste.RESERVE:
        raise RegleNonRespectee("R53", "Le contrat est signé : la validation ne peut plus être annulée.")


def _verrouiller_tout(mise_en_relation: MiseEnRelation) -> tuple[Poste, Candidat, MiseEnRelation]:
    """Post, candidate, pair, always in this order: two validations at once wait, never lock each other out."""
    poste = verrouiller_poste(mise_en_relation.poste_id)
    candidat = verrouiller_candidat(mise_en_relation.candidat_id)
    mise_en_relation = verrouiller_relation(mise_en_relation)
    mise_en_relation.poste, mise_en_relation.candidat = poste, candidat
    return poste, candidat, mise_en_relation


def _faits(poste: Poste, candidat: Candidat, mise_en_relation: MiseEnRelation) -> dict[str, bool]:
    valides = MiseEnRelation.objects.filter(etat__in=ETATS_VALIDES)
    return {
        "poste_libre": poste.etat == EtatPoste.A_POURVOIR,
        "poste_a_un_valide": valides.filter(poste=poste).exists(),
        "candidat_valide_ailleurs": valides.filter(candidat=candidat).exclude(poste=poste).exists(),
        "candidat_recrute": candidat.etat == EtatCandidat.RECRUTE,
    }
