"""R25: what an opinion says, when it is another one, the row of its next version."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import RegleNonRespectee
from structures.models import Avis, Candidature, Structure


@dataclass(frozen=True, slots=True)
class ContenuAvis:
    """R25: what an opinion says."""

    sens: str
    nb_postes: int
    rang: int | None
    commentaire: str
    structure_cedante_id: int | None = None

    @classmethod
    def de(cls, avis: Avis) -> ContenuAvis:
        return cls(avis.sens, avis.nb_postes, avis.rang, avis.commentaire, avis.structure_cedante_id)


def version_suivante(acteur: Acteur, candidature: Candidature, courant: Avis | None, contenu: ContenuAvis) -> Avis:
    """The row of the next version, not saved."""
    return Avis(
        candidature=candidature,
        version=courant.version + 1 if courant else 1,
        sens=contenu.sens,
        nb_postes=contenu.nb_postes,
        rang=contenu.rang,
        commentaire=contenu.commentaire,
        structure_cedante_id=contenu.structure_cedante_id,
        auteur_id=acteur.utilisateur_id,
        organisation_id=acteur.organisation_id,
        rendu_le=timezone.now(),
    )


def change_l_avis(candidature: Candidature, courant: Avis, contenu: ContenuAvis) -> bool:
    """False for the same opinion again; R28: said again after a request for re-examination, it counts once."""
    if contenu != ContenuAvis.de(courant):
        return True
    demande = candidature.reexamen_demande_le
    # A ranking is no answer to the request.
    return demande is not None and not candidature.avis.filter(rendu_le__gte=demande, classement=False).exists()


def verifier_cedante(candidature: Candidature, cedante: Structure) -> None:
    """R25: the structure to take a post from holds posts, in the same département."""
    if cedante.pk == candidature.structure_id:
        raise RegleNonRespectee("R25", "Choisissez une autre structure que celle qui candidate.", "structure_cedante")
    if cedante.departement_id != candidature.commune.departement_id:
        raise RegleNonRespectee("R25", "Choisissez une structure du même département.", "structure_cedante")
    if not cedante.postes.comptes().exists():
        raise RegleNonRespectee("R25", "Cette structure n’a aucun poste à céder.", "structure_cedante")
