"""The grid that each interviewer fills in (R52)."""

from __future__ import annotations

from collections.abc import Mapping

from candidats.actions.communs import exiger_structure, verrouiller_relation
from candidats.grille import verifier_grille
from candidats.models import Evaluation, MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, TransitionInterdite, exiger
from portal.commun.roles import Role
from portal.commun.verbes import verbe


@verbe
def evaluer(
    *, acteur: Acteur, mise_en_relation: MiseEnRelation, notes: Mapping[str, int], avis: str, commentaire: str = ""
) -> Evaluation:
    """R52: one's own grid, first or again, until somebody is validated or the pair is over.

    The pair is locked: a grid does not change under the eyes of who validates.
    """
    if not acteur.est(Role.STRUCTURE) or acteur.utilisateur_id is None:
        raise AccesRefuse("Seuls les membres de la structure évaluent un candidat.")
    mise_en_relation = verrouiller_relation(mise_en_relation)
    exiger_structure(acteur, mise_en_relation.poste.structure)
    if not mise_en_relation.vivante:
        raise TransitionInterdite("Cette candidature n’est plus en cours : les évaluations ne changent plus.")
    exiger(verifier_grille(notes, avis))
    evaluation = Evaluation.objects.filter(mise_en_relation=mise_en_relation, auteur=acteur.utilisateur_id).first()
    evaluation = evaluation or Evaluation(mise_en_relation=mise_en_relation, auteur_id=acteur.utilisateur_id)
    evaluation.notes, evaluation.avis, evaluation.commentaire = dict(notes), avis, commentaire.strip()
    evaluation.save()
    return evaluation
