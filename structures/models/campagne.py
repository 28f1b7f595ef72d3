"""A campaign opens a regime between two dates with an envelope of posts and money (R15)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from portal.commun.machines import ChampEtat, ModeleAEtat
from portal.commun.models import ModeleDeBase
from structures.enums import EtatCampagne
from structures.etats import MACHINE_CAMPAGNE
from structures.regimes import CodeRegime, Regime, obtenir_regime


class CampagneQuerySet(models.QuerySet["Campagne"]):
    def ouvertes(self, le: dt.date) -> CampagneQuerySet:
        """Campaigns in which an application may be filed on `le`."""
        return self.filter(etat=EtatCampagne.OUVERTE, ouvre_le__lte=le).filter(
            Q(ferme_le__isnull=True) | Q(ferme_le__gte=le)
        )


class Campagne(ModeleAEtat, ModeleDeBase):
    """One wave of one call. ANCT opens and closes it; the historic ones are data."""

    code = models.SlugField("code", max_length=60, unique=True)
    nom = models.CharField("nom", max_length=150)
    regime = models.CharField("régime", max_length=30, choices=CodeRegime.choix())
    ouvre_le = models.DateField("ouvre le")
    ferme_le = models.DateField("ferme le", null=True, blank=True)
    enveloppe_postes = models.PositiveIntegerField("postes de l’enveloppe")
    enveloppe_montant = models.DecimalField(
        "montant de l’enveloppe", max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    # R4: ANCT may set another clock than the regime's without a release.
    horloge = models.CharField("départ des échéances (si différent du régime)", max_length=30, blank=True)
    etat = ChampEtat(MACHINE_CAMPAGNE)

    objects = CampagneQuerySet.as_manager()

    class Meta:
        verbose_name = "campagne"
        ordering = ["-ouvre_le", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ferme_le__isnull=True) | Q(ferme_le__gte=F("ouvre_le")),
                name="campagne_dates_ordonnees",
                violation_error_message="La date de fermeture doit suivre la date d’ouverture.",
            )
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def donnees_regime(self) -> Regime:
        return obtenir_regime(self.regime)
