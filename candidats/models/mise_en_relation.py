"""One (post, candidate) pair, proposed by the engine or chosen by hand (R46 to R54)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from candidats import regles
from candidats.enums import (
    ETATS_VALIDES,
    ETATS_VIVANTS,
    LIBELLES_CANDIDAT,
    EtatMiseEnRelation,
    MotifCloture,
    Origine,
    Taille,
)
from candidats.etats import MACHINE_MISE_EN_RELATION
from candidats.models.candidat import Candidat
from portal.commun.acteurs import Acteur
from portal.commun.machines import ChampEtat, ModeleAEtat
from portal.commun.models import ModeleDeBase
from portal.commun.roles import Role
from structures.models import Poste


class MiseEnRelationQuerySet(models.QuerySet["MiseEnRelation"]):
    def vivantes(self) -> MiseEnRelationQuerySet:
        return self.filter(etat__in=ETATS_VIVANTS)

    def du_moteur(self) -> MiseEnRelationQuerySet:
        """What counts against the caps of R47 and R48: live and proposed by the engine, not chosen by hand."""
        return self.vivantes().filter(origine=Origine.MOTEUR)

    def validees(self) -> MiseEnRelationQuerySet:
        return self.filter(etat__in=ETATS_VALIDES)


class MiseEnRelation(ModeleAEtat, ModeleDeBase):
    """A re-hire on the same post later is a new row: only one row of a pair is not lapsed at a time."""

    poste = models.ForeignKey(Poste, models.PROTECT, related_name="mises_en_relation")
    candidat = models.ForeignKey(Candidat, models.PROTECT, related_name="mises_en_relation")
    origine = models.CharField("origine", max_length=20, choices=Origine.choices)
    etat = ChampEtat(MACHINE_MISE_EN_RELATION)
    distance_km = models.FloatField("distance en km", null=True, blank=True)
    score = models.FloatField("score", null=True, blank=True)
    explication = models.JSONField("explication du score", default=list, blank=True)
    motif = models.CharField("motif", max_length=40, blank=True)
    precisions = models.TextField("précisions", blank=True, validators=[MaxLengthValidator(1000)])
    interet_candidat_le = models.DateTimeField("le candidat s’est dit intéressé le", null=True, blank=True)
    validee_le = models.DateTimeField("validée le", null=True, blank=True)
    recrutee_le = models.DateField("recrutée le", null=True, blank=True)
    # R50: each undoing ends the links « Pas intéressé » that were sent before it.
    retablie_fois = models.PositiveSmallIntegerField("nombre de fois où un refus a été annulé", default=0)
    taille_tenue = models.CharField("taille de la tenue", max_length=5, choices=Taille.choices, blank=True)

    objects = MiseEnRelationQuerySet.as_manager()

    # The interviews cancelled with the pair by the verb at work, for the calendar files of its mails (R52).
    entretiens_annules: Sequence[Any] = ()

    class Meta:
        verbose_name = "mise en relation"
        verbose_name_plural = "mises en relation"
        constraints = [
            models.UniqueConstraint(
                fields=["poste", "candidat"],
                condition=~Q(etat=EtatMiseEnRelation.CADUQUE),
                name="mise_en_relation_unique",
            ),
            models.UniqueConstraint(fields=["poste"], condition=Q(etat__in=ETATS_VALIDES), name="poste_un_valide"),
            models.UniqueConstraint(fields=["candidat"], condition=Q(etat__in=ETATS_VALIDES), name="candidat_un_poste"),
            models.CheckConstraint(
                condition=~Q(etat__in=ETATS_VALIDES) | Q(validee_le__isnull=False),
                name="mise_en_relation_validee_datee",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatMiseEnRelation.RECRUTEE) | Q(recrutee_le__isnull=False),
                name="mise_en_relation_recrutee_datee",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=[EtatMiseEnRelation.ECARTEE]) | ~Q(motif=""),
                name="mise_en_relation_ecartee_motivee",
            ),
        ]
        indexes = [models.Index(fields=["poste", "etat"]), models.Index(fields=["candidat", "etat"])]

    COULEURS_ETATS = {
        EtatMiseEnRelation.NOUVELLE: "new",
        EtatMiseEnRelation.PRESELECTIONNEE: "info",
        EtatMiseEnRelation.ENTRETIEN: "info",
        EtatMiseEnRelation.VALIDEE: "success",
        EtatMiseEnRelation.RECRUTEE: "success",
    }

    def __str__(self) -> str:
        return f"{self.candidat} – {self.poste}"

    def libelle_etat(self, acteur: Acteur | None = None) -> str:
        """The words of who reads: a candidate is not told the vocabulary of structures."""
        if acteur is not None and acteur.est(Role.CANDIDAT):
            return self.etat_candidat
        return self.get_etat_display()

    @property
    def vivante(self) -> bool:
        return self.etat in ETATS_VIVANTS

    @property
    def validee(self) -> bool:
        return self.etat in ETATS_VALIDES

    @property
    def motif_libelle(self) -> str:
        """The reason in words; empty when there is none."""
        motifs = {
            EtatMiseEnRelation.ECARTEE: regles.MotifEcart.choix(),
            EtatMiseEnRelation.DECLINEE: regles.MotifDeclin.choix(),
            EtatMiseEnRelation.CADUQUE: MotifCloture.choices,
        }
        return dict(motifs.get(EtatMiseEnRelation(self.etat), [])).get(self.motif, "")

    @property
    def etat_candidat(self) -> str:
        """Label of the state for the candidate."""
        return LIBELLES_CANDIDAT[EtatMiseEnRelation(self.etat)]
