"""The next best candidates of a post, kept by the engine (R47)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from structures.models import Poste


class ReserveAppariement(models.Model):
    """Who comes next for a post, best first, as of the last run. It promises nothing: each one is checked again, under
    lock, when their turn comes. Derived from the rest, hence without history."""

    poste = models.OneToOneField(Poste, models.CASCADE, primary_key=True, related_name="reserve_appariement")
    candidats = ArrayField(models.BigIntegerField(), verbose_name="candidats suivants")
    calculee_le = models.DateTimeField("calculée le")

    class Meta:
        verbose_name = "réserve d’un poste"
        verbose_name_plural = "réserves des postes"

    def __str__(self) -> str:
        return f"Réserve du poste {self.poste_id}"
