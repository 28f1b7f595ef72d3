"""What a candidate answers to a proposal (R51)."""

from __future__ import annotations

from django.utils import timezone

from candidats import notifications, suites
from candidats.actions.communs import (
    SYSTEME,
    annuler_entretiens,
    exiger_soi,
    signer,
    verrouiller_poste,
    verrouiller_relation,
)
from candidats.actions.validation import exiger_avant_contrat
from candidats.enums import EtatMiseEnRelation
from candidats.etats import MACHINE_MISE_EN_RELATION
from candidats.models import MiseEnRelation
from candidats.regles import MotifDeclin, verifier_motif
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, TransitionInterdite, exiger
from portal.commun.evenements import emettre
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from structures import actions as structures


@verbe
def manifester_interet(*, acteur: Acteur, mise_en_relation: MiseEnRelation) -> MiseEnRelation:
    """R51: « Je suis intéressé ». The structure is told once; saying it again changes nothing."""
    if not acteur.est(Role.CANDIDAT, Role.SYSTEME):
        raise AccesRefuse("Seule la personne concernée dit son intérêt pour un poste.")
    signer(acteur, mise_en_relation.candidat_id)
    mise_en_relation = verrouiller_relation(mise_en_relation)
    exiger_soi(acteur, mise_en_relation.candidat)
    if not mise_en_relation.vivante:
        raise TransitionInterdite("Cette proposition n’attend plus de réponse.")
    if mise_en_relation.interet_candidat_le is None:
        mise_en_relation.interet_candidat_le = timezone.now()
        mise_en_relation._change_reason = "La personne a dit que le poste l’intéresse"
        mise_en_relation.save()
        notifications.annoncer_a_la_structure("interet", mise_en_relation)
    return mise_en_relation


@verbe
def decliner(*, acteur: Acteur, mise_en_relation: MiseEnRelation, motif: str, precisions: str = "") -> MiseEnRelation:
    """R51: the candidate says no; even after a validation, as long as the contract is not signed."""
    # The post first: a validated pair gives it back (order of locks).
    poste = verrouiller_poste(mise_en_relation.poste_id)
    signer(acteur, mise_en_relation.candidat_id)
    mise_en_relation = verrouiller_relation(mise_en_relation)
    exiger_soi(acteur, mise_en_relation.candidat)
    MACHINE_MISE_EN_RELATION.verifier(mise_en_relation, "decliner", acteur)
    exiger(verifier_motif(motif, precisions, MotifDeclin))
    etait_validee = mise_en_relation.etat == EtatMiseEnRelation.VALIDEE
    if etait_validee:
        exiger_avant_contrat(poste)
    MACHINE_MISE_EN_RELATION.franchir(mise_en_relation, "decliner", acteur=acteur)
    mise_en_relation.motif, mise_en_relation.precisions = motif, precisions.strip()
    mise_en_relation._change_reason = mise_en_relation.motif_libelle
    mise_en_relation.save()
    annuler_entretiens(mise_en_relation)
    notifications.annoncer_a_la_structure("declin", mise_en_relation)
    if etait_validee:
        emettre("validation.annulee", mise_en_relation=mise_en_relation)
        # `poste.libere` brings the next best candidates.
        structures.liberer_poste(acteur=SYSTEME, poste=poste, motif="La personne choisie a décliné le poste")
    else:
        suites.poste_a_completer(poste.pk)
    return mise_en_relation
