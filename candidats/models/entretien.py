"""An interview between a structure and a candidate (R52)."""

from django.core.validators import MaxLengthValidator
from django.db import models

from candidats.etats import MACHINE_ENTRETIEN
from candidats.models.mise_en_relation import MiseEnRelation
from portal.commun.machines import ChampEtat, ModeleAEtat
from portal.commun.models import ModeleDeBase


class Entretien(ModeleAEtat, ModeleDeBase):
    """One proposed slot; a new proposal cancels the earlier one."""

    mise_en_relation = models.ForeignKey(MiseEnRelation, models.PROTECT, related_name="entretiens")
    debut = models.DateTimeField("date et heure")
    duree_min = models.PositiveSmallIntegerField("durée en minutes", default=45)
    lieu = models.CharField("lieu ou lien de visioconférence", max_length=250)
    message = models.TextField("message au candidat", blank=True, validators=[MaxLengthValidator(1000)])
    etat = ChampEtat(MACHINE_ENTRETIEN)

    class Meta:
        verbose_name = "entretien"
        ordering = ["debut"]

    def __str__(self) -> str:
        return f"Entretien du {self.debut:%d/%m/%Y %H:%M}"
