"""Who looked at a candidate's data, so that the person knows (R44, R111)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from candidats.enums import NatureConsultation
from candidats.models.candidat import Candidat
from portal.commun.roles import Role


class ConsultationCandidat(models.Model):
    """One line per person who looked, kind of look and day: opening a page twice says nothing more.

    The readings of a CV are those of its document (`portal.commun.models.LectureDocument`).
    """

    candidat = models.ForeignKey(Candidat, models.CASCADE, related_name="consultations")
    utilisateur = models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("comptes.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField("en tant que", max_length=20, choices=Role.choices)
    nature = models.CharField("nature", max_length=20, choices=NatureConsultation.choices)
    le = models.DateField("le", default=timezone.localdate)

    class Meta:
        verbose_name = "consultation d’un profil"
        verbose_name_plural = "consultations de profils"
        ordering = ["-le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidat", "utilisateur", "organisation", "role", "nature", "le"],
                nulls_distinct=False,
                name="consultation_une_par_jour",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} – {self.le:%Y-%m-%d}"
