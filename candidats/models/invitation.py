"""A candidate whom a structure already knows, invited by e-mail (R49)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from candidats.enums import EtatInvitation
from candidats.etats import MACHINE_INVITATION
from candidats.models.mise_en_relation import MiseEnRelation
from portal.commun.machines import ChampEtat, ModeleAEtat
from portal.commun.models import ModeleDeBase
from structures.models import Poste


class InvitationCandidat(ModeleAEtat, ModeleDeBase):
    """The pair is made when the person is registered and has confirmed the address, whatever the link used."""

    poste = models.ForeignKey(Poste, models.PROTECT, related_name="invitations_candidat")
    courriel = models.EmailField("adresse électronique du candidat")
    etat = ChampEtat(MACHINE_INVITATION)
    mise_en_relation = models.OneToOneField(
        MiseEnRelation, models.PROTECT, null=True, blank=True, related_name="invitation"
    )

    class Meta:
        verbose_name = "invitation d’un candidat"
        verbose_name_plural = "invitations de candidats"
        ordering = ["-cree_le"]
        constraints = [
            models.UniqueConstraint(
                "poste",
                Lower("courriel"),
                condition=models.Q(etat=EtatInvitation.ENVOYEE),
                name="invitation_candidat_une_en_attente",
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation pour le {self.poste}"
