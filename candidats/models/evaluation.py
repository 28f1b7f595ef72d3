"""What an interviewer thinks of a candidate for a post (R52)."""

from __future__ import annotations

from django.core.validators import MaxLengthValidator
from django.db import models

from candidats import grille
from candidats.models.mise_en_relation import MiseEnRelation
from portal.commun.models import ModeleDeBase


class Evaluation(ModeleDeBase):
    """One grid per interviewer and pair, read by the structure alone; part of what the person may ask for (R111)."""

    mise_en_relation = models.ForeignKey(MiseEnRelation, models.PROTECT, related_name="evaluations")
    auteur = models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+")
    # Criterion → level; a criterion that is not there was not evaluated.
    notes = models.JSONField("niveaux par critère", default=dict, blank=True)
    avis = models.CharField("avis d’ensemble", max_length=20, choices=grille.Avis.choix())
    commentaire = models.TextField("commentaire", blank=True, validators=[MaxLengthValidator(2000)])

    class Meta:
        verbose_name = "évaluation"
        ordering = ["cree_le", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["mise_en_relation", "auteur"], name="evaluation_une_par_auteur"),
        ]

    def __str__(self) -> str:
        return f"Évaluation de {self.mise_en_relation.candidat} par {self.auteur.nom_complet}"
