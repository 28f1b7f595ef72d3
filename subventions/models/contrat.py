"""The labour contract between structure and person for one post (R62)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from portal.commun.machines import ChampEtat, ModeleAEtat
from portal.commun.models import Document, ModeleDeBase
from structures.regimes import NatureContrat
from subventions.enums import EtatContrat
from subventions.etats import MACHINE_CONTRAT
from subventions.models.dossier import Dossier


class Contrat(ModeleAEtat, ModeleDeBase):
    """One per file; `poste` and `candidat` are copied for the unique constraints."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="contrat")
    poste = models.ForeignKey("structures.Poste", models.PROTECT, related_name="contrats")
    candidat = models.ForeignKey("candidats.Candidat", models.PROTECT, related_name="contrats")
    nature = models.CharField("nature du contrat", max_length=20, choices=NatureContrat.choix())
    debut = models.DateField("début")
    fin = models.DateField("fin", null=True, blank=True)
    salaire_brut = models.DecimalField("salaire brut mensuel", max_digits=8, decimal_places=2)
    temps_plein = models.BooleanField("temps plein, 35 heures")
    etat = ChampEtat(MACHINE_CONTRAT)
    signe_le = models.DateField("signé le", null=True, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "contrat de travail"
        verbose_name_plural = "contrats de travail"
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__isnull=True) | Q(fin__gt=F("debut")), name="contrat_fin_apres_debut"
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatContrat.SIGNE) | Q(signe_le__isnull=False), name="contrat_signe_date"
            ),
            models.UniqueConstraint(fields=["poste"], condition=Q(etat=EtatContrat.SIGNE), name="contrat_un_par_poste"),
            models.UniqueConstraint(
                fields=["candidat"], condition=Q(etat=EtatContrat.SIGNE), name="contrat_un_par_personne"
            ),
        ]

    COULEURS_ETATS = {
        EtatContrat.PREPARE: "info",
        EtatContrat.SIGNE: "success",
        EtatContrat.ROMPU: "error",
    }

    def __str__(self) -> str:
        return f"Contrat du {self.debut:%d/%m/%Y}"
