"""Interviews (R50, R52): one proposed slot at a time, with a calendar file on each side."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from candidats import notifications
from candidats.actions.communs import annuler_entretiens, exiger_soi, exiger_structure, verrouiller_relation
from candidats.enums import EtatEntretien
from candidats.etats import MACHINE_ENTRETIEN, MACHINE_MISE_EN_RELATION
from candidats.models import Entretien, MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import RegleNonRespectee
from portal.commun.roles import Role
from portal.commun.verbes import verbe

ETATS_OUVERTS = (EtatEntretien.PROPOSE, EtatEntretien.ACCEPTE)
DUREES_MIN = (30, 45, 60, 90)


@verbe
def inviter_entretien(
    *,
    acteur: Acteur,
    mise_en_relation: MiseEnRelation,
    debut: datetime,
    duree_min: int = 45,
    lieu: str,
    message: str = "",
) -> Entretien:
    """R52: propose a slot; an earlier one still open is cancelled, the candidate gets both in one mail."""
    mise_en_relation = verrouiller_relation(mise_en_relation)
    exiger_structure(acteur, mise_en_relation.poste.structure)
    MACHINE_MISE_EN_RELATION.verifier(mise_en_relation, "inviter", acteur)
    if debut <= timezone.now():
        raise RegleNonRespectee("R52", "Choisissez une date et une heure à venir.", "debut")
    if duree_min not in DUREES_MIN:
        raise RegleNonRespectee("R52", "Choisissez une durée dans la liste.", "duree_min")
    if not lieu.strip():
        raise RegleNonRespectee("R52", "Indiquez le lieu ou le lien de visioconférence.", "lieu")
    lieu, message = lieu.strip(), message.strip()
    deja = Entretien.objects.filter(
        mise_en_relation=mise_en_relation, etat__in=ETATS_OUVERTS, debut=debut, duree_min=duree_min, lieu=lieu
    )
    if deja.filter(message=message).exists():
        raise RegleNonRespectee("R52", "Cet entretien est déjà proposé, à cette date et dans ce lieu.", "debut")
    annuler_entretiens(mise_en_relation)
    MACHINE_MISE_EN_RELATION.franchir(mise_en_relation, "inviter", acteur=acteur)
    mise_en_relation.save()
    entretien = Entretien.objects.create(
        mise_en_relation=mise_en_relation,
        debut=debut,
        duree_min=duree_min,
        lieu=lieu,
        message=message,
        etat_par_id=acteur.utilisateur_id,
        etat_role=acteur.role,
    )
    notifications.annoncer_entretien("entretien_propose", entretien, a_qui=Role.CANDIDAT)
    return entretien


@verbe
def repondre_entretien(*, acteur: Acteur, entretien: Entretien, accepte: bool, motif: str = "") -> Entretien:
    """R51: the candidate accepts the slot, or cannot come; declining the post itself is another verb."""
    entretien = _prendre(acteur, entretien)
    MACHINE_ENTRETIEN.franchir(entretien, "accepter" if accepte else "annuler", acteur=acteur)
    if accepte and entretien.debut <= timezone.now():
        raise RegleNonRespectee("R52", "Cette date est passée : demandez à la structure d’en proposer une autre.")
    entretien.save()
    modele = "entretien_accepte" if accepte else "entretien_impossible"
    notifications.annoncer_entretien(modele, entretien, a_qui=Role.STRUCTURE, annule=not accepte)
    return entretien


@verbe
def annuler_entretien(*, acteur: Acteur, entretien: Entretien, motif: str = "") -> Entretien:
    """The structure cancels; the candidate's calendar is updated."""
    entretien = _prendre(acteur, entretien)
    MACHINE_ENTRETIEN.franchir(entretien, "annuler", acteur=acteur)
    entretien.save()
    notifications.annoncer_entretien("entretien_annule", entretien, a_qui=Role.CANDIDAT, annule=True)
    return entretien


@verbe
def passer_entretien(*, acteur: Acteur, entretien: Entretien) -> Entretien:
    """The interview took place."""
    entretien = _prendre(acteur, entretien)
    MACHINE_ENTRETIEN.verifier(entretien, "passer", acteur)
    if entretien.debut > timezone.now():
        raise RegleNonRespectee("R52", "Cet entretien n’a pas encore eu lieu.")
    MACHINE_ENTRETIEN.franchir(entretien, "passer", acteur=acteur)
    entretien.save()
    return entretien


def _prendre(acteur: Acteur, entretien: Entretien) -> Entretien:
    # The pair first (order of locks).
    mise_en_relation = verrouiller_relation(entretien.mise_en_relation)
    exiger_structure(acteur, mise_en_relation.poste.structure)
    exiger_soi(acteur, mise_en_relation.candidat)
    entretien = Entretien.objects.select_for_update(of=("self",), no_key=True).get(pk=entretien.pk)
    entretien.mise_en_relation = mise_en_relation
    return entretien
