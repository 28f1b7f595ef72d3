"""A structure's application to host (R20): what was answered, kept as it was answered."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.commun.machines import ChampEtat, ModeleAEtat
from portal.commun.models import ModeleDeBase
from structures.enums import (
    ETATS_CANDIDATURE_VIVANTE,
    LIBELLES_INSTITUTION,
    CasCoordinateur,
    EchellePerimetre,
    EtatCandidature,
    OrigineReponse,
    TypeStructure,
)
from structures.etats import MACHINE_CANDIDATURE
from structures.models.campagne import Campagne
from structures.models.structure import Structure
from structures.regimes import CodeRegime, StatutJuridique


class CandidatureQuerySet(models.QuerySet["Candidature"]):
    def vivantes(self) -> CandidatureQuerySet:
        return self.filter(etat__in=ETATS_CANDIDATURE_VIVANTE)

    def statut_a_trancher(self) -> CandidatureQuerySet:
        """R21: the legal kind is contested and ANCT has not settled it yet."""
        return self.vivantes().exclude(contestation_statut="").filter(statut_tranche_le__isnull=True)

    def a_examiner(self) -> CandidatureQuerySet:
        return self.filter(etat__in=[EtatCandidature.DEPOSEE, EtatCandidature.EXAMEN])


class Candidature(ModeleAEtat, ModeleDeBase):
    """The « 12 questions » and what follows. The `Structure` exists from the confirmation of the e-mail on (R23)."""

    numero = models.PositiveIntegerField("numéro", unique=True, null=True, editable=False)
    campagne = models.ForeignKey(Campagne, models.PROTECT, related_name="candidatures")
    regime = models.CharField("régime", max_length=30, choices=CodeRegime.choix(), editable=False)
    structure = models.ForeignKey(Structure, models.PROTECT, null=True, blank=True, related_name="candidatures")
    etat = ChampEtat(MACHINE_CANDIDATURE)
    confirmee_le = models.DateTimeField("confirmée le", null=True, blank=True)
    reexamen_demande_le = models.DateTimeField("réexamen demandé le", null=True, blank=True)
    reexamen_motif = models.TextField(
        "motif de la demande de réexamen", blank=True, validators=[MaxLengthValidator(2500)]
    )
    correction_demandee = models.TextField("correction demandée", blank=True, validators=[MaxLengthValidator(1000)])
    motif_decision = models.TextField("motif de la décision", blank=True, validators=[MaxLengthValidator(2500)])

    # R20, in the order of the form.
    type = models.CharField("type de structure", max_length=30, choices=TypeStructure.choices)
    statut_juridique = models.CharField("statut juridique", max_length=20, choices=StatutJuridique.choix())
    candidat_identifie = models.BooleanField("candidat déjà identifié")
    candidat_courriel = models.EmailField("adresse du candidat identifié", blank=True)
    nb_conseillers = models.PositiveSmallIntegerField(
        "nombre de conseillers souhaités",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(200)],
        help_text="vide : pas encore connu",
    )
    demarrage_le = models.DateField("prêt à accueillir à partir du")
    siret = models.CharField("SIRET", max_length=14, null=True, blank=True)  # noqa: DJ001 - one of the two identifiers
    ridet = models.CharField("RIDET", max_length=10, null=True, blank=True)  # noqa: DJ001 - one of the two identifiers
    nom = models.CharField("nom de la structure", max_length=250)
    categorie_juridique = models.CharField("catégorie juridique (INSEE)", max_length=4, blank=True)
    adresse = models.CharField("adresse", max_length=250, blank=True)
    code_postal = models.CharField("code postal", max_length=5)
    commune = models.ForeignKey("territoires.Commune", models.PROTECT, related_name="+")
    contact_prenom = models.CharField("prénom", max_length=100)
    contact_nom = models.CharField("nom", max_length=100)
    contact_fonction = models.CharField("fonction", max_length=100)
    contact_courriel = models.EmailField("adresse électronique")
    contact_telephone = models.CharField("téléphone", max_length=20, blank=True)
    motivation = models.TextField("motivation", validators=[MaxLengthValidator(2500)])
    missions = models.TextField("missions et publics prévus", validators=[MaxLengthValidator(2500)])
    partenaires = models.TextField(
        "structures partenaires si le poste est partagé", blank=True, validators=[MaxLengthValidator(1000)]
    )
    poste_existant = models.BooleanField("poste existant à consolider (dérogation)", default=False)
    poste_existant_precisions = models.TextField(
        "précisions sur le poste existant", blank=True, validators=[MaxLengthValidator(1000)]
    )

    # R21: the applicant disagrees with the kind that the legal category gives; ANCT settles.
    contestation_statut = models.TextField(
        "contestation du statut juridique", blank=True, validators=[MaxLengthValidator(1000)]
    )
    statut_tranche_le = models.DateTimeField("statut juridique tranché le", null=True, blank=True)
    statut_tranche_motif = models.TextField(
        "motif de la décision sur le statut juridique", blank=True, validators=[MaxLengthValidator(1000)]
    )

    # Coordinators (S2 II.a).
    coordinateur = models.BooleanField("poste de coordinateur", default=False)
    cas_coordinateur = models.CharField(max_length=20, choices=CasCoordinateur.choices, blank=True)
    coordination_temps_plein = models.BooleanField("coordination à temps plein", null=True)
    perimetre_coordination = models.TextField(
        "périmètre de coordination", blank=True, validators=[MaxLengthValidator(1000)]
    )
    perimetre_echelle = models.CharField(
        "échelle du périmètre", max_length=20, choices=EchellePerimetre.choices, blank=True
    )
    # Codes of départements: those whose employing structures are consulted (S2 I.b).
    perimetre_departements = ArrayField(
        models.CharField(max_length=3), verbose_name="départements du périmètre", default=list, blank=True
    )
    # What each case asks: `structures.coordination`.
    poste_concerne = models.ForeignKey(
        "structures.Poste", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="poste concerné"
    )
    personne_en_poste = models.CharField("personne concernée", max_length=200, blank=True)
    poste_actuel_fin_le = models.DateField("fin du financement ou du contrat actuel", null=True, blank=True)

    objects = CandidatureQuerySet.as_manager()

    class Meta:
        verbose_name = "candidature"
        ordering = ["-cree_le"]
        # The order of the institutions' list: its first page is read without sorting the whole of it.
        indexes = [models.Index(fields=["-confirmee_le", "-id"], name="candidature_par_depot")]
        constraints = [
            models.UniqueConstraint(
                fields=["siret", "regime", "coordinateur"],
                condition=Q(siret__isnull=False, etat__in=ETATS_CANDIDATURE_VIVANTE),
                name="candidature_une_vivante_par_siret",
                violation_error_message="Une candidature de cet établissement est déjà en cours pour cet appel.",
            ),
            models.UniqueConstraint(
                fields=["ridet", "regime", "coordinateur"],
                condition=Q(ridet__isnull=False, etat__in=ETATS_CANDIDATURE_VIVANTE),
                name="candidature_une_vivante_par_ridet",
                violation_error_message="Une candidature de cet établissement est déjà en cours pour cet appel.",
            ),
            models.CheckConstraint(
                condition=Q(siret__isnull=False, ridet__isnull=True) | Q(siret__isnull=True, ridet__isnull=False),
                name="candidature_un_seul_identifiant",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=[EtatCandidature.A_CONFIRMER, EtatCandidature.ABANDONNEE])
                | Q(confirmee_le__isnull=False, structure__isnull=False, numero__isnull=False),
                name="candidature_confirmee_a_sa_structure",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatCandidature.REFUSEE) | ~Q(motif_decision=""), name="candidature_refusee_motivee"
            ),
        ]

    def __str__(self) -> str:
        return f"Candidature {self.numero or '—'} – {self.nom}"

    @property
    def identifiant(self) -> str:
        return self.siret or self.ridet or ""

    @property
    def etat_institution(self) -> str:
        """Label of the state for prefectures and ANCT."""
        return LIBELLES_INSTITUTION[EtatCandidature(self.etat)]


class LieuSouhaite(models.Model):
    """A place of work named in the application; becomes a `LieuExercice` at confirmation."""

    candidature = models.ForeignKey(Candidature, models.CASCADE, related_name="lieux_souhaites")
    nom = models.CharField("nom du lieu", max_length=150)
    commune = models.ForeignKey("territoires.Commune", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "lieu souhaité"
        verbose_name_plural = "lieux souhaités"

    def __str__(self) -> str:
        return self.nom


class EngagementAccepte(models.Model):
    """One commitment accepted, word for word as it stood that day (S0, S1, S2)."""

    candidature = models.ForeignKey(Candidature, models.CASCADE, related_name="engagements")
    cle = models.SlugField(max_length=60)
    texte = models.TextField()
    accepte_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "engagement accepté"
        verbose_name_plural = "engagements acceptés"
        constraints = [models.UniqueConstraint(fields=["candidature", "cle"], name="engagement_accepte_unique")]

    def __str__(self) -> str:
        return self.cle


class ConsultationCoordinateur(ModeleDeBase):
    """The answer of one employing structure of the perimeter to be coordinated (S2 I.b).

    It answers by a signed link; when it has not answered in time, its silence is recorded as such.
    """

    candidature = models.ForeignKey(Candidature, models.CASCADE, related_name="consultations")
    nom = models.CharField("structure consultée", max_length=250)
    courriel = models.EmailField("adresse électronique", blank=True)
    structure = models.ForeignKey(
        Structure, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="structure du dispositif"
    )
    interrogee_le = models.DateTimeField("interrogée le", null=True, blank=True)
    repondre_avant_le = models.DateField("réponse attendue avant le", null=True, blank=True)
    relancee_le = models.DateTimeField("relancée le", null=True, blank=True)
    silence_le = models.DateTimeField("silence constaté le", null=True, blank=True)
    favorable = models.BooleanField("réponse favorable", null=True)
    commentaire = models.TextField(blank=True, validators=[MaxLengthValidator(1000)])
    repondu_le = models.DateTimeField(null=True, blank=True)
    origine_reponse = models.CharField(
        "origine de la réponse", max_length=10, choices=OrigineReponse.choices, blank=True
    )

    class Meta:
        verbose_name = "consultation"
        constraints = [
            models.CheckConstraint(
                condition=Q(repondu_le__isnull=True, favorable__isnull=True)
                | Q(repondu_le__isnull=False, favorable__isnull=False),
                name="consultation_reponse_datee",
            ),
            models.CheckConstraint(
                condition=Q(silence_le__isnull=True) | Q(interrogee_le__isnull=False),
                name="consultation_silence_si_interrogee",
            ),
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def tardive(self) -> bool:
        """Answered after the day that was asked for: the answer counts, and is told as late."""
        if self.repondu_le is None or self.repondre_avant_le is None:
            return False
        return timezone.localdate(self.repondu_le) > self.repondre_avant_le
