"""One funded post, with an identity for life: granted, filled, vacated, transferred, returned."""

from __future__ import annotations

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from portal.commun.machines import ChampEtat, ModeleAEtat
from portal.commun.models import ModeleDeBase
from structures.enums import ETATS_POSTE_COMPTE, EtatPoste
from structures.etats import MACHINE_POSTE
from structures.models.campagne import Campagne
from structures.models.candidature import Candidature
from structures.models.comite import Comite
from structures.models.structure import LieuExercice, Structure
from structures.regimes import CodeRegime


class PosteQuerySet(models.QuerySet["Poste"]):
    def comptes(self) -> PosteQuerySet:
        """Posts that count against an envelope (R15)."""
        return self.filter(etat__in=ETATS_POSTE_COMPTE)

    def a_pourvoir(self) -> PosteQuerySet:
        """Posts to which candidates are proposed (R46): free, in an activated structure."""
        return self.filter(
            etat=EtatPoste.A_POURVOIR, structure__activee_le__isnull=False, structure__participation_fin_le__isnull=True
        )


class Poste(ModeleAEtat, ModeleDeBase):
    """`numero` never changes, whatever structure holds the post."""

    numero = models.PositiveIntegerField("numéro", unique=True)
    structure = models.ForeignKey(Structure, models.PROTECT, related_name="postes")
    campagne = models.ForeignKey(Campagne, models.PROTECT, related_name="postes")
    regime = models.CharField("régime", max_length=30, choices=CodeRegime.choix(), editable=False)
    candidature = models.ForeignKey(Candidature, models.PROTECT, related_name="postes")
    comite = models.ForeignKey(Comite, models.PROTECT, related_name="postes")
    coordinateur = models.BooleanField("poste de coordinateur", default=False)
    etat = ChampEtat(MACHINE_POSTE)
    accorde_le = models.DateField("accordé le")
    demarrage_le = models.DateField("à pourvoir à partir du")
    echeance_recrutement = models.DateField("à pourvoir avant le (R1)")
    lieux = models.ManyToManyField(LieuExercice, blank=True, related_name="postes", verbose_name="lieux d’exercice")
    motif_fin = models.TextField(
        "motif de la restitution ou du retrait", blank=True, validators=[MaxLengthValidator(1000)]
    )
    # R26: withdrawn by the correction of a decision; empty for a deadline that was not kept (R30).
    retire_par = models.ForeignKey(
        Comite,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="postes_retires",
        verbose_name="retiré par la correction du comité",
    )

    objects = PosteQuerySet.as_manager()

    class Meta:
        verbose_name = "poste"
        ordering = ["numero"]
        # The order of the institutions' list, and the watch over deadlines (R30).
        indexes = [models.Index(fields=["echeance_recrutement", "numero"], name="poste_par_echeance")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(etat__in=[EtatPoste.RENDU, EtatPoste.RETIRE]) | ~Q(motif_fin=""), name="poste_fini_motive"
            ),
            models.CheckConstraint(
                condition=Q(retire_par__isnull=True) | Q(etat=EtatPoste.RETIRE), name="poste_retire_par_un_comite"
            ),
        ]

    def __str__(self) -> str:
        return f"Poste n° {self.numero}"


class TransfertPoste(ModeleDeBase):
    """A post that went from one structure to another of the same département, both sides at once (R29)."""

    poste = models.ForeignKey(Poste, models.PROTECT, related_name="transferts")
    de = models.ForeignKey(Structure, models.PROTECT, related_name="+", verbose_name="structure cédante")
    vers = models.ForeignKey(Structure, models.PROTECT, related_name="+", verbose_name="structure qui reprend le poste")
    candidature_avant = models.ForeignKey(Candidature, models.PROTECT, related_name="+")
    candidature = models.ForeignKey(Candidature, models.PROTECT, related_name="transferts")
    comite = models.ForeignKey(Comite, models.PROTECT, null=True, blank=True, related_name="transferts")
    motif = models.TextField("motif", validators=[MaxLengthValidator(1000)])
    effectue_le = models.DateField("effectué le")

    class Meta:
        verbose_name = "transfert de poste"
        verbose_name_plural = "transferts de postes"
        ordering = ["effectue_le", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(de=models.F("vers")), name="transfert_entre_deux_structures")
        ]

    def __str__(self) -> str:
        return f"{self.poste} : {self.de} → {self.vers}"


class DerogationPoste(ModeleDeBase):
    """An extension of the recruitment deadline, with its reason (R1, R30)."""

    poste = models.ForeignKey(Poste, models.PROTECT, related_name="derogations")
    echeance_avant = models.DateField("échéance d’avant")
    echeance = models.DateField("nouvelle échéance")
    motif = models.TextField("motif", validators=[MaxLengthValidator(1000)])

    class Meta:
        verbose_name = "dérogation"

    def __str__(self) -> str:
        return f"{self.poste} jusqu’au {self.echeance:%d/%m/%Y}"
