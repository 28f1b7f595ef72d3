"""The subsidy agreement, its signatures, its schedule and its suspensions (R63 to R65, R13)."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxLengthValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from portal.commun.acteurs import Acteur
from portal.commun.machines import ChampEtat, ModeleAEtat
from portal.commun.models import Document, ModeleDeBase
from portal.commun.roles import Role
from structures.regimes import Horloge
from subventions.enums import LIBELLES_CONVENTION_STRUCTURE, EtatConvention, EtatTranche, Partie
from subventions.etats import MACHINE_CONVENTION, MACHINE_TRANCHE
from subventions.models.dossier import Dossier

_MONTANT = {"max_digits": 10, "decimal_places": 2, "validators": [MinValueValidator(Decimal(0))]}


class Convention(ModeleAEtat, ModeleDeBase):
    """Generated from the regime, the amounts and the schedule; the file never changes once signed."""

    numero = models.CharField("numéro", max_length=30, unique=True)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="conventions")
    etat = ChampEtat(MACHINE_CONVENTION)
    base = models.DecimalField("montant de base", **_MONTANT)
    majoration = models.DecimalField("majoration outre-mer", **_MONTANT)
    deductions = models.DecimalField("déductions", **_MONTANT)
    montant = models.DecimalField("montant de la subvention", **_MONTANT)
    duree_mois = models.PositiveSmallIntegerField("durée couverte en mois")
    calcul = models.JSONField("détail du calcul", default=list)
    horloge = models.CharField("départ des échéances (R4)", max_length=30, choices=Horloge.choix())
    evenement_le = models.DateField("date de l’événement de départ", null=True, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    empreinte = models.CharField("empreinte du document", max_length=64)
    signee_le = models.DateTimeField("signée par toutes les parties le", null=True, blank=True)

    class Meta:
        verbose_name = "convention"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=~Q(etat=EtatConvention.ANNULEE), name="convention_une_par_dossier"
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatConvention.SIGNEE) | Q(signee_le__isnull=False), name="convention_signee_datee"
            ),
        ]

    COULEURS_ETATS = {
        EtatConvention.A_SIGNER: "new",
        EtatConvention.SIGNEE_STRUCTURE: "info",
        EtatConvention.SIGNEE: "success",
        EtatConvention.ANNULEE: "error",
    }

    def __str__(self) -> str:
        return f"Convention n° {self.numero}"

    def libelle_etat(self, acteur: Acteur | None = None) -> str:
        """The words of who reads."""
        if acteur is not None and acteur.est(Role.STRUCTURE):
            return LIBELLES_CONVENTION_STRUCTURE.get(EtatConvention(self.etat)) or self.get_etat_display()
        return self.get_etat_display()


class SignatureConvention(ModeleDeBase):
    """Who signed what (the hash of the file), when, for which party."""

    convention = models.ForeignKey(Convention, models.PROTECT, related_name="signatures")
    partie = models.CharField("partie", max_length=20, choices=Partie.choices)
    signataire = models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+")
    signataire_nom = models.CharField("nom du signataire", max_length=200)
    signataire_fonction = models.CharField("fonction du signataire", max_length=150)
    signee_le = models.DateTimeField("signée le")
    empreinte = models.CharField("empreinte de ce qui a été signé", max_length=64)

    class Meta:
        verbose_name = "signature"
        constraints = [models.UniqueConstraint(fields=["convention", "partie"], name="signature_une_par_partie")]

    def __str__(self) -> str:
        return f"{self.signataire_nom} ({self.get_partie_display()})"


class Tranche(ModeleAEtat, ModeleDeBase):
    """One scheduled payment. Paid rows never change (R12); a correction is an opposite line."""

    convention = models.ForeignKey(Convention, models.PROTECT, related_name="tranches")
    rang = models.PositiveSmallIntegerField("rang")
    pourcentage = models.DecimalField("part en %", max_digits=5, decimal_places=2)
    montant = models.DecimalField("montant", **_MONTANT)
    mois = models.PositiveSmallIntegerField("mois après l’événement")
    prevue_le = models.DateField("prévue le", null=True, blank=True)
    etat = ChampEtat(MACHINE_TRANCHE)
    exigible_le = models.DateField("exigible depuis le", null=True, blank=True)
    payee_le = models.DateField("payée le", null=True, blank=True)
    reference_paiement = models.CharField("référence du paiement", max_length=60, blank=True)

    class Meta:
        verbose_name = "tranche"
        ordering = ["convention", "rang"]
        constraints = [
            models.UniqueConstraint(fields=["convention", "rang"], name="tranche_rang_unique"),
            models.CheckConstraint(
                condition=~Q(etat__in=[EtatTranche.EXIGIBLE, EtatTranche.VALIDEE, EtatTranche.PAYEE])
                | Q(exigible_le__isnull=False, prevue_le__isnull=False),
                name="tranche_exigible_datee",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatTranche.PAYEE) | (Q(payee_le__isnull=False) & ~Q(reference_paiement="")),
                name="tranche_payee_referencee",
            ),
        ]
        indexes = [models.Index(fields=["etat", "prevue_le"])]

    COULEURS_ETATS = {
        EtatTranche.EXIGIBLE: "success",
        EtatTranche.VALIDEE: "info",
        EtatTranche.PAYEE: "info",
        EtatTranche.ANNULEE: "error",
    }

    def __str__(self) -> str:
        return f"Tranche {self.rang} de {self.convention.numero}"


class Suspension(ModeleDeBase):
    """Payments stopped with a reason; lifting resumes on the original dates (R13)."""

    convention = models.ForeignKey(Convention, models.PROTECT, related_name="suspensions")
    motif = models.TextField("motif", validators=[MaxLengthValidator(2500)])
    ouverte_le = models.DateTimeField("ouverte le")
    levee_le = models.DateTimeField("levée le", null=True, blank=True)
    motif_levee = models.TextField("motif de la levée", blank=True, validators=[MaxLengthValidator(2500)])

    class Meta:
        verbose_name = "suspension"
        constraints = [
            models.UniqueConstraint(
                fields=["convention"], condition=Q(levee_le__isnull=True), name="suspension_une_ouverte"
            )
        ]

    def __str__(self) -> str:
        return f"Suspension du {self.ouverte_le:%d/%m/%Y}"
