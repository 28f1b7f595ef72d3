"""Interviews (R50, R52): one proposal of one to three slots at a time, with calendar files on each side."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from candidats import notifications
from candidats.actions.communs import (
    annuler_entretiens,
    exiger_soi,
    exiger_structure,
    signer,
    verrouiller_relation,
)
from candidats.creneaux import verifier_creneaux
from candidats.enums import ETATS_OUVERTS, EtatEntretien
from candidats.etats import MACHINE_ENTRETIEN, MACHINE_MISE_EN_RELATION
from candidats.models import Entretien, MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import RegleNonRespectee, exiger
from portal.commun.roles import Role
from portal.commun.verbes import verbe


@verbe
def inviter_entretien(
    *,
    acteur: Acteur,
    mise_en_relation: MiseEnRelation,
    debuts: Sequence[datetime],
    duree_min: int = 45,
    lieu: str,
    message: str = "",
) -> list[Entretien]:
    """R52: propose one to three slots; what was still open is cancelled, the candidate reads all of it in one mail."""
    mise_en_relation = verrouiller_relation(mise_en_relation)
    exiger_structure(acteur, mise_en_relation.poste.structure)
    MACHINE_MISE_EN_RELATION.verifier(mise_en_relation, "inviter", acteur)
    exiger(verifier_creneaux(debuts, duree_min=duree_min, lieu=lieu, maintenant=timezone.now()))
    champs = {"duree_min": duree_min, "lieu": lieu.strip(), "message": message.strip()}
    ouverts = Entretien.objects.filter(mise_en_relation=mise_en_relation, etat__in=ETATS_OUVERTS)
    memes = ouverts.filter(debut__in=debuts, **champs)
    if memes.count() == len(debuts) == ouverts.count():
        raise RegleNonRespectee("R52", "Cet entretien est déjà proposé, à cette date et dans ce lieu.", "debut")
    annuler_entretiens(mise_en_relation)
    MACHINE_MISE_EN_RELATION.franchir(mise_en_relation, "inviter", acteur=acteur)
    mise_en_relation.save()
    proposition = uuid.uuid4()
    creneaux = [
        Entretien.objects.create(
            mise_en_relation=mise_en_relation,
            proposition=proposition,
            debut=debut,
            etat_par_id=acteur.utilisateur_id,
            etat_role=acteur.role,
            **champs,
        )
        for debut in sorted(debuts)
    ]
    annules = mise_en_relation.entretiens_annules
    notifications.annoncer_creneaux("entretien_propose", creneaux, a_qui=Role.CANDIDAT, annules=annules)
    if annules:
        notifications.annoncer_creneaux("entretien_change_structure", creneaux, a_qui=Role.STRUCTURE, annules=annules)
    return creneaux


@verbe
def modifier_entretien(
    *, acteur: Acteur, entretien: Entretien, debut: datetime, duree_min: int, lieu: str, message: str = ""
) -> Entretien:
    """R52: the same event, changed in both calendars. Another moment is asked again; another place is only told."""
    entretien = _prendre(acteur, entretien)
    MACHINE_ENTRETIEN.verifier(entretien, "deplacer", acteur)
    exiger(verifier_creneaux([debut], duree_min=duree_min, lieu=lieu, maintenant=timezone.now()))
    nouveaux = {"debut": debut, "duree_min": duree_min, "lieu": lieu.strip(), "message": message.strip()}
    if nouveaux == {nom: getattr(entretien, nom) for nom in nouveaux}:
        raise RegleNonRespectee("R52", "Rien n’a changé : cet entretien est déjà prévu ainsi.", "debut")
    freres = _ouverts(entretien.mise_en_relation).exclude(pk=entretien.pk)
    if freres.filter(debut=debut).exists():
        raise RegleNonRespectee("R52", "Cette date est déjà dans votre proposition.", "debut")
    etait_accepte = entretien.etat == EtatEntretien.ACCEPTE
    if debut != entretien.debut:
        MACHINE_ENTRETIEN.franchir(entretien, "deplacer", acteur=acteur)
    for nom, valeur in nouveaux.items():
        setattr(entretien, nom, valeur)
    entretien.sequence += 1
    entretien.save()
    notifications.annoncer_creneaux("entretien_modifie", [entretien], a_qui=Role.CANDIDAT)
    if etait_accepte:
        notifications.annoncer_creneaux("entretien_change_structure", [entretien], a_qui=Role.STRUCTURE)
    return entretien


@verbe
def repondre_entretien(*, acteur: Acteur, entretien: Entretien, accepte: bool, mot: str = "") -> Entretien:
    """R51, R52: the candidate chooses this slot, which cancels the others; or none suits; or they can no longer come.

    Declining the post itself is another verb.
    """
    signer(acteur, entretien.mise_en_relation.candidat_id)
    entretien = _prendre(acteur, entretien)
    nom = "accepter" if accepte else "annuler"
    MACHINE_ENTRETIEN.verifier(entretien, nom, acteur)
    if accepte and entretien.debut <= timezone.now():
        raise RegleNonRespectee("R52", "Cette date est passée : demandez à la structure d’en proposer une autre.")
    if len(mot.strip()) > 500:
        raise RegleNonRespectee("R52", "Écrivez votre mot en 500 caractères au plus.", "mot")
    entretien.mot = mot.strip()
    _franchir(entretien, nom, acteur)
    autres = [
        _franchir(autre, "annuler", acteur) for autre in _ouverts(entretien.mise_en_relation).exclude(pk=entretien.pk)
    ]
    if accepte:
        notifications.annoncer_creneaux("entretien_accepte", [entretien], a_qui=Role.STRUCTURE, annules=autres)
        notifications.annoncer_creneaux("entretien_confirme", [entretien], a_qui=Role.CANDIDAT, annules=autres)
        return entretien
    annules = sorted([entretien, *autres], key=lambda creneau: creneau.debut)
    for modele, a_qui in (("entretien_impossible", Role.STRUCTURE), ("entretien_decline", Role.CANDIDAT)):
        notifications.annoncer_creneaux(modele, [], a_qui=a_qui, annules=annules, mot=entretien.mot)
    return entretien


@verbe
def annuler_entretien(*, acteur: Acteur, entretien: Entretien) -> Entretien:
    """The structure takes one slot away; both calendars are updated."""
    entretien = _prendre(acteur, entretien)
    etait_accepte = entretien.etat == EtatEntretien.ACCEPTE
    _franchir(entretien, "annuler", acteur)
    restants = list(_ouverts(entretien.mise_en_relation))
    notifications.annoncer_creneaux("entretien_annule", restants, a_qui=Role.CANDIDAT, annules=[entretien])
    if etait_accepte:
        notifications.annoncer_creneaux("entretien_change_structure", [], a_qui=Role.STRUCTURE, annules=[entretien])
    return entretien


@verbe
def passer_entretien(*, acteur: Acteur, entretien: Entretien) -> Entretien:
    """The interview took place; what else was proposed for it has no object any more."""
    return _constater(acteur, entretien, "passer")


@verbe
def constater_absence(*, acteur: Acteur, entretien: Entretien) -> Entretien:
    """R52: « La personne n’est pas venue ». She is told, and can say so if it is wrong; it closes nothing."""
    entretien = _constater(acteur, entretien, "constater_absence")
    notifications.annoncer_creneaux("entretien_absence", [entretien], a_qui=Role.CANDIDAT, agenda=False)
    return entretien


def _constater(acteur: Acteur, entretien: Entretien, nom: str) -> Entretien:
    entretien = _prendre(acteur, entretien)
    MACHINE_ENTRETIEN.verifier(entretien, nom, acteur)
    if entretien.debut > timezone.now():
        raise RegleNonRespectee("R52", "Cet entretien n’a pas encore eu lieu.")
    memes = _ouverts(entretien.mise_en_relation).filter(proposition=entretien.proposition).exclude(pk=entretien.pk)
    annules = [_franchir(autre, "annuler", acteur) for autre in memes]
    MACHINE_ENTRETIEN.franchir(entretien, nom, acteur=acteur)
    entretien.save()
    a_venir = [creneau for creneau in annules if creneau.debut > timezone.now()]
    if a_venir:
        notifications.annoncer_creneaux("entretien_annule", [], a_qui=Role.CANDIDAT, annules=a_venir)
    return entretien


def _franchir(entretien: Entretien, nom: str, acteur: Acteur) -> Entretien:
    """A change that calendars must follow."""
    MACHINE_ENTRETIEN.franchir(entretien, nom, acteur=acteur)
    entretien.sequence += 1
    entretien.save()
    return entretien


def _ouverts(mise_en_relation: MiseEnRelation) -> QuerySet[Entretien]:
    """The slots of the pair still open, under lock."""
    ouverts = Entretien.objects.select_for_update(of=("self",), no_key=True).filter(
        mise_en_relation=mise_en_relation, etat__in=ETATS_OUVERTS
    )
    return ouverts.select_related(
        "mise_en_relation__poste__structure__organisation",
        "mise_en_relation__poste__structure__commune",
        "mise_en_relation__candidat__utilisateur",
    ).order_by("debut", "pk")


def _prendre(acteur: Acteur, entretien: Entretien) -> Entretien:
    # The pair first (order of locks).
    mise_en_relation = verrouiller_relation(entretien.mise_en_relation)
    exiger_structure(acteur, mise_en_relation.poste.structure)
    exiger_soi(acteur, mise_en_relation.candidat)
    entretien = Entretien.objects.select_for_update(of=("self",), no_key=True).get(pk=entretien.pk)
    entretien.mise_en_relation = mise_en_relation
    return entretien
