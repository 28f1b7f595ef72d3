"""The subsidy file instructed by the Banque des Territoires (R60, R61)."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxLengthValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from candidats.models import MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.machines import ChampEtat, ModeleAEtat
from portal.commun.models import Document, ModeleDeBase
from portal.commun.roles import Role
from structures.models import Poste, Structure
from structures.regimes import StatutJuridique
from subventions.enums import LIBELLES_BDT, EtatDossier, EtatPiece, NaturePiece
from subventions.etats import MACHINE_DOSSIER, MACHINE_PIECE


class Dossier(ModeleAEtat, ModeleDeBase):
    """One live file per validated candidate, opened by « Valider cette candidature » (R53).

    A validation that is undone closes its file; validating the same person again opens another one.
    """

    numero = models.PositiveIntegerField("numéro", unique=True)
    mise_en_relation = models.ForeignKey(MiseEnRelation, models.PROTECT, related_name="dossiers")
    poste = models.ForeignKey(Poste, models.PROTECT, related_name="dossiers")
    structure = models.ForeignKey(Structure, models.PROTECT, related_name="dossiers")
    etat = ChampEtat(MACHINE_DOSSIER)
    statut_juridique = models.CharField("statut juridique", max_length=20, choices=StatutJuridique.choix())
    gestionnaire = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="gestionnaire"
    )
    depose_le = models.DateTimeField("déposé le", null=True, blank=True)
    conforme_le = models.DateTimeField("conforme le", null=True, blank=True)
    motif_rejet = models.TextField("motif du rejet", blank=True, validators=[MaxLengthValidator(2500)])
    # R60: identity of those who bind the structure; read by the structure and BdT only (R112).
    president_nom = models.CharField("président ou maire : prénom et nom", max_length=200, blank=True)
    president_naissance = models.DateField("président ou maire : date de naissance", null=True, blank=True)
    dgs_nom = models.CharField("directeur général : prénom et nom", max_length=200, blank=True)
    dgs_naissance = models.DateField("directeur général : date de naissance", null=True, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    aides = models.DecimalField(
        "aides CUI-CIE/PEC déjà versées pour ce poste (R8)",
        max_digits=10,
        decimal_places=2,
        default=Decimal("0.00"),
        validators=[MinValueValidator(Decimal(0))],
    )
    cofinancement = models.TextField("autres financements du poste", blank=True, validators=[MaxLengthValidator(1000)])
    # R3
    annonce_url = models.URLField("adresse de l’annonce sur emploi-territorial", blank=True)
    annonce_le = models.DateField("annonce publiée le", null=True, blank=True)
    annonce_dispense_motif = models.TextField(
        "dispense d’annonce : motif", blank=True, validators=[MaxLengthValidator(1000)]
    )
    # R62, R80, R84: facts that the training floor brings down.
    formation_contactee_le = models.DateField("organisme de formation contacté le", null=True, blank=True)
    depart_formation_le = models.DateField("départ en formation le", null=True, blank=True)
    exempte_formation_le = models.DateField("exempté de formation le", null=True, blank=True)

    class Meta:
        verbose_name = "dossier de subvention"
        verbose_name_plural = "dossiers de subvention"
        ordering = ["numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["mise_en_relation"], condition=~Q(etat=EtatDossier.CLOS), name="dossier_un_vivant_par_candidat"
            ),
            models.CheckConstraint(
                condition=Q(etat__in=[EtatDossier.CONSTITUTION, EtatDossier.CLOS]) | Q(depose_le__isnull=False),
                name="dossier_depose_date",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatDossier.CONFORME) | Q(conforme_le__isnull=False), name="dossier_conforme_date"
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatDossier.REJETE) | ~Q(motif_rejet=""), name="dossier_rejete_motive"
            ),
        ]

    COULEURS_ETATS = {
        EtatDossier.CONSTITUTION: "new",
        EtatDossier.DEPOSE: "info",
        EtatDossier.COMPLEMENT: "warning",
        EtatDossier.CONFORME: "success",
        EtatDossier.REJETE: "error",
    }

    def __str__(self) -> str:
        return f"Dossier n° {self.numero}"

    def libelle_etat(self, acteur: Acteur | None = None) -> str:
        """The words of who reads."""
        return self.get_etat_display() if acteur is None or acteur.est(Role.STRUCTURE) else self.etat_bdt

    @property
    def candidat(self):
        return self.mise_en_relation.candidat

    @property
    def etat_bdt(self) -> str:
        """Label of the state for the Banque des Territoires."""
        return LIBELLES_BDT[EtatDossier(self.etat)]


class Piece(ModeleAEtat, ModeleDeBase):
    """One expected piece of a file."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="pieces")
    nature = models.CharField("nature", max_length=30, choices=NaturePiece.choices)
    obligatoire = models.BooleanField("obligatoire", default=True)
    etat = ChampEtat(MACHINE_PIECE)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    motif_refus = models.TextField("motif du refus", blank=True, validators=[MaxLengthValidator(1000)])

    class Meta:
        verbose_name = "pièce"
        constraints = [
            models.UniqueConstraint(fields=["dossier", "nature"], name="piece_unique"),
            models.CheckConstraint(
                condition=Q(etat=EtatPiece.ATTENDUE) | Q(document__isnull=False), name="piece_recue_a_son_document"
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatPiece.REFUSEE) | ~Q(motif_refus=""), name="piece_refusee_motivee"
            ),
        ]

    COULEURS_ETATS = {
        EtatPiece.RECUE: "info",
        EtatPiece.ACCEPTEE: "success",
        EtatPiece.REFUSEE: "error",
    }

    def __str__(self) -> str:
        return self.get_nature_display()


class DemandeComplement(ModeleDeBase):
    """A request for complements: the clock of R2 stops from `demandee_le` to `repondue_le`."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="demandes_complement")
    texte = models.TextField("ce qui est demandé", validators=[MaxLengthValidator(2500)])
    demandee_le = models.DateTimeField("demandée le")
    repondue_le = models.DateTimeField("répondue le", null=True, blank=True)
    reponse = models.TextField("réponse", blank=True, validators=[MaxLengthValidator(2500)])

    class Meta:
        verbose_name = "demande de complément"
        ordering = ["demandee_le"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(repondue_le__isnull=True), name="demande_complement_une_ouverte"
            )
        ]

    def __str__(self) -> str:
        return f"Demande du {self.demandee_le:%d/%m/%Y}"


class MessageDossier(ModeleDeBase):
    """A message inside a file, with its read receipt."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="messages")
    auteur = models.ForeignKey("comptes.Utilisateur", models.PROTECT, null=True, related_name="+")
    auteur_role = models.CharField(max_length=20)
    texte = models.TextField("message", validators=[MaxLengthValidator(2500)])
    lu_le = models.DateTimeField("lu le", null=True, blank=True)

    class Meta:
        verbose_name = "message"
        ordering = ["cree_le"]

    def __str__(self) -> str:
        return f"Message du {self.cree_le:%d/%m/%Y}"
