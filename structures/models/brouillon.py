"""An application being filled in, kept between two visits (R20)."""

from django.db import models

from portal.commun.models import ModeleIdentifie
from structures.models.campagne import Campagne


class BrouillonCandidature(ModeleIdentifie):
    """What was typed, step by step, as it was typed; resumed from the mail. No history: it is nobody's act yet.

    `etapes`: for each step of the form, its fields as they were posted. Deleted when the application is sent, or by the
    nightly clean-up when it was left.
    """

    courriel = models.EmailField("adresse électronique", blank=True)
    campagne = models.ForeignKey(Campagne, models.SET_NULL, null=True, blank=True, related_name="+")
    etapes = models.JSONField(default=dict)
    annexes = models.JSONField(default=dict)
    etape = models.SlugField("étape atteinte", max_length=30, blank=True)
    lien_envoye_le = models.DateTimeField("lien de reprise envoyé le", null=True, blank=True)

    class Meta:
        verbose_name = "brouillon de candidature"
        verbose_name_plural = "brouillons de candidature"

    def __str__(self) -> str:
        return f"Brouillon du {self.cree_le:%d/%m/%Y}"
