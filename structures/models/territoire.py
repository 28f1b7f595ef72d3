"""What is known of places for the prefects' review: priority facts (R24)."""

from django.db import models
from django.db.models import Q

from portal.commun.models import ModeleDeBase


class Fait(models.TextChoices):
    """R24; the values are the fields of `Structure` that say it of one structure."""

    ACTION_COEUR_DE_VILLE = "action_coeur_de_ville", "Action Cœur de Ville"
    PETITES_VILLES_DE_DEMAIN = "petites_villes_de_demain", "Petites Villes de Demain"
    QUARTIER_PRIORITAIRE = "quartier_prioritaire", "Quartier prioritaire (QPV)"
    ZONE_RURALE = "zone_rurale", "Zone de revitalisation rurale (ZRR/FRR)"
    FRANCE_SERVICES = "france_services", "France services"


class FaitPrioritaire(ModeleDeBase):
    """One line of an official list: a fact about a commune, or about one establishment.

    Kept so that it also holds for the structures that apply after the import.
    """

    fait = models.CharField("fait", max_length=30, choices=Fait.choices)
    commune = models.ForeignKey("territoires.Commune", models.PROTECT, null=True, blank=True, related_name="+")
    siret = models.CharField("SIRET", max_length=14, blank=True)
    source = models.CharField("source", max_length=200)

    class Meta:
        verbose_name = "fait prioritaire"
        verbose_name_plural = "faits prioritaires"
        constraints = [
            models.UniqueConstraint(
                fields=["fait", "commune"], condition=Q(siret=""), name="fait_prioritaire_commune_unique"
            ),
            models.UniqueConstraint(
                fields=["fait", "siret"], condition=~Q(siret=""), name="fait_prioritaire_siret_unique"
            ),
            models.CheckConstraint(
                condition=Q(siret="", commune__isnull=False) | (~Q(siret="") & Q(commune__isnull=True)),
                name="fait_prioritaire_commune_ou_siret",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_fait_display()} – {self.siret or self.commune}"
