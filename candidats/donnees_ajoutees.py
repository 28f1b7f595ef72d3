"""Sections of the download of one's data (R111): Pix results, and the grids that interviewers filled."""

from __future__ import annotations

from typing import Any

from candidats.grille import CRITERES, Avis
from candidats.models import Candidat, Evaluation


def accord_pix(candidat: Candidat) -> dict[str, Any]:
    """R45: the agreement, and the identifier by which Pix knows the person."""
    return {
        "identifiant": candidat.identifiant_pix,
        "accord_le": candidat.pix_consenti_le,
        "retrait_le": candidat.pix_retire_le,
    }


def resultats_pix(candidat: Candidat) -> list[dict[str, Any]]:
    """R45: every result kept, in force or not."""
    return [
        {
            "campagne": resultat.campagne_nom,
            "partage_le": resultat.partage_le,
            "palier": resultat.niveau_en_mots,
            "maitrise": "" if resultat.maitrise is None else str(resultat.maitrise),
            "badges_obtenus": resultat.badges_obtenus,
            "competences": [f"{c['nom']} : {c['taux'] or 'non évaluée'}" for c in resultat.competences],
            "en_vigueur": resultat.en_vigueur,
        }
        for resultat in candidat.resultats_pix.order_by("partage_le", "pk")
    ]


def evaluations(candidat: Candidat) -> list[dict[str, Any]]:
    """R52: what was written of the person after interviews; the body, never the interviewer's name."""
    grilles = Evaluation.objects.filter(mise_en_relation__candidat=candidat).select_related(
        "mise_en_relation__poste__structure"
    )
    avis = dict(Avis.choix())
    return [
        {
            "structure": evaluation.mise_en_relation.poste.structure.nom,
            "poste": evaluation.mise_en_relation.poste.numero,
            "le": evaluation.modifie_le,
            "niveaux": [f"{c.libelle} : {evaluation.notes[c.code]}" for c in CRITERES if c.code in evaluation.notes],
            "avis": avis[evaluation.avis],
            "commentaire": evaluation.commentaire,
        }
        for evaluation in grilles.order_by("cree_le", "pk")
    ]
