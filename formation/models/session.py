"""Placement tests, sessions and enrolments (R81 to R84)."""

from __future__ import annotations

from django.core.validators import MaxLengthValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from formation.enums import (
    ETATS_INSCRIPTION_VIVANTE,
    EtatInscription,
    EtatPositionnement,
    EtatSession,
    Heures,
    Modalite,
)
from formation.etats import MACHINE_INSCRIPTION, MACHINE_POSITIONNEMENT, MACHINE_SESSION
from formation.models.organisme import Organisme
from formation.regles import SEUIL_PRESENTIEL
from portal.commun.machines import ChampEtat, ModeleAEtat
from portal.commun.models import Document, ModeleDeBase
from subventions.models import Dossier


class Positionnement(ModeleAEtat, ModeleDeBase):
    """The placement test of one person for one file: slot, then hours."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="positionnements")
    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="positionnements")
    etat = ChampEtat(MACHINE_POSITIONNEMENT)
    # Empty only for a person exempted without a test (R84).
    creneau = models.DateTimeField("date et heure du test", null=True, blank=True)
    lieu = models.CharField("lieu ou lien", max_length=250, blank=True)
    resultat_le = models.DateField("résultat enregistré le", null=True, blank=True)
    heures = models.PositiveSmallIntegerField("durée de formation", choices=Heures.choices, null=True, blank=True)
    commentaire = models.TextField("commentaire", blank=True, validators=[MaxLengthValidator(1000)])
    justificatif = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "test de positionnement"
        verbose_name_plural = "tests de positionnement"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=~Q(etat=EtatPositionnement.ANNULE), name="positionnement_un_par_dossier"
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatPositionnement.PASSE) | Q(heures__isnull=False, resultat_le__isnull=False),
                name="positionnement_passe_a_son_resultat",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatPositionnement.DISPENSE) | Q(justificatif__isnull=False),
                name="positionnement_dispense_justifiee",
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatPositionnement.DISPENSE) | Q(creneau__isnull=False),
                name="positionnement_a_son_creneau",
            ),
        ]

    COULEURS_ETATS = {
        EtatPositionnement.PROPOSE: "info",
        EtatPositionnement.PASSE: "success",
        EtatPositionnement.DISPENSE: "success",
    }

    def __str__(self) -> str:
        return f"Test du {timezone.localtime(self.creneau):%d/%m/%Y}" if self.creneau else "Dispense de formation"


class SessionFormation(ModeleAEtat, ModeleDeBase):
    """A session of one body: place or remote, dates, hours, capacity, closing date."""

    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="sessions")
    modalite = models.CharField("modalité", max_length=20, choices=Modalite.choices)
    commune = models.ForeignKey("territoires.Commune", models.PROTECT, null=True, blank=True, related_name="+")
    lieu = models.CharField("adresse ou lien", max_length=250)
    heures = models.PositiveSmallIntegerField("durée", choices=Heures.choices)
    debut = models.DateField("début")
    fin = models.DateField("fin")
    cloture_le = models.DateField("clôture des inscriptions")
    capacite = models.PositiveSmallIntegerField("nombre de places", validators=[MinValueValidator(1)])
    etat = ChampEtat(MACHINE_SESSION)

    class Meta:
        verbose_name = "session de formation"
        verbose_name_plural = "sessions de formation"
        ordering = ["debut"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__gt=F("debut")) & Q(cloture_le__lte=F("debut")), name="session_dates_ordonnees"
            ),
            models.CheckConstraint(
                condition=Q(modalite=Modalite.DISTANCE) | Q(commune__isnull=False), name="session_presentiel_situee"
            ),
            models.CheckConstraint(
                condition=Q(modalite=Modalite.DISTANCE) | Q(capacite__gte=SEUIL_PRESENTIEL),
                name="session_presentiel_assez_de_places",
            ),
        ]

    COULEURS_ETATS = {
        EtatSession.OUVERTE: "new",
        EtatSession.CONFIRMEE: "success",
        EtatSession.REPORTEE: "warning",
        EtatSession.ANNULEE: "error",
    }

    def __str__(self) -> str:
        return f"Session du {self.debut:%d/%m/%Y} ({self.organisme.nom})"

    @property
    def est_ouverte(self) -> bool:
        return self.etat in (EtatSession.OUVERTE, EtatSession.CONFIRMEE)


class Inscription(ModeleAEtat, ModeleDeBase):
    """The enrolment of the person of one file in one session."""

    session = models.ForeignKey(SessionFormation, models.PROTECT, related_name="inscriptions")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="inscriptions")
    etat = ChampEtat(MACHINE_INSCRIPTION)
    inscrite_le = models.DateTimeField("inscrit le", auto_now_add=True)
    depart_le = models.DateField("départ en formation le", null=True, blank=True)

    class Meta:
        verbose_name = "inscription"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(etat__in=ETATS_INSCRIPTION_VIVANTE), name="inscription_une_par_dossier"
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=[EtatInscription.PARTIE, EtatInscription.TERMINEE]) | Q(depart_le__isnull=False),
                name="inscription_partie_datee",
            ),
        ]

    COULEURS_ETATS = {
        EtatInscription.INSCRITE: "info",
        EtatInscription.ATTENTE: "warning",
        EtatInscription.PROPOSEE: "warning",
        EtatInscription.PARTIE: "success",
        EtatInscription.TERMINEE: "success",
    }

    def __str__(self) -> str:
        return f"Inscription à {self.session}"
