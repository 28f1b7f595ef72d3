"""An interview between a structure and a candidate (R52)."""

from __future__ import annotations

import uuid

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from candidats.enums import EtatEntretien
from candidats.etats import MACHINE_ENTRETIEN
from candidats.models.mise_en_relation import MiseEnRelation
from portal.commun.machines import ChampEtat, ModeleAEtat
from portal.commun.models import ModeleDeBase


class Entretien(ModeleAEtat, ModeleDeBase):
    """One slot, proposed with up to two others; the one that is chosen cancels them, a new proposal cancels all."""

    mise_en_relation = models.ForeignKey(MiseEnRelation, models.PROTECT, related_name="entretiens")
    proposition = models.UUIDField(
        "proposition", default=uuid.uuid4, editable=False, help_text="Commun aux créneaux proposés ensemble."
    )
    debut = models.DateTimeField("date et heure")
    duree_min = models.PositiveSmallIntegerField("durée en minutes", default=45)
    lieu = models.CharField("lieu ou lien de visioconférence", max_length=250)
    message = models.TextField("message au candidat", blank=True, validators=[MaxLengthValidator(1000)])
    mot = models.TextField("mot du candidat", blank=True, validators=[MaxLengthValidator(500)])
    # The version of the calendar event: each change that people must take into their calendar adds one.
    sequence = models.PositiveSmallIntegerField("version de l’événement d’agenda", default=0)
    etat = ChampEtat(MACHINE_ENTRETIEN)

    class Meta:
        verbose_name = "entretien"
        ordering = ["debut"]
        constraints = [
            models.UniqueConstraint(
                fields=["mise_en_relation"], condition=Q(etat=EtatEntretien.ACCEPTE), name="entretien_un_accepte"
            )
        ]

    def __str__(self) -> str:
        return f"Entretien du {self.debut:%d/%m/%Y %H:%M}"
