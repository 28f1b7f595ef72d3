"""What a structure in the scheme asks for: more posts (R29), another establishment (R21, R22)."""

from __future__ import annotations

from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from portal.commun.machines import ChampEtat, ModeleAEtat
from portal.commun.models import Document, ModeleDeBase
from structures.enums import EtatChangement, EtatDemande, SensAvis
from structures.etats import MACHINE_CHANGEMENT, MACHINE_DEMANDE
from structures.models.campagne import Campagne
from structures.models.candidature import Candidature
from structures.models.structure import Structure

MOTIF_MAX = 1000


class DemandePostes(ModeleAEtat, ModeleDeBase):
    """More posts for an activated structure, in a campaign that is open; decided by a committee (R29, R26)."""

    structure = models.ForeignKey(Structure, models.PROTECT, related_name="demandes_postes")
    campagne = models.ForeignKey(Campagne, models.PROTECT, related_name="demandes_postes")
    candidature = models.ForeignKey(
        Candidature, models.PROTECT, related_name="demandes_postes", verbose_name="candidature d’origine"
    )
    etat = ChampEtat(MACHINE_DEMANDE)
    nb_postes = models.PositiveSmallIntegerField(
        "postes demandés", validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    demarrage_le = models.DateField("prêt à accueillir à partir du")
    motif = models.TextField("motif", validators=[MaxLengthValidator(MOTIF_MAX)])
    nb_accordes = models.PositiveSmallIntegerField("postes accordés", default=0)
    motif_decision = models.TextField("motif de la décision", blank=True, validators=[MaxLengthValidator(2500)])
    # The prefecture's opinion on the request (R25); its versions are in the history.
    avis_sens = models.CharField("avis", max_length=20, choices=SensAvis.choices, blank=True)
    avis_commentaire = models.TextField("commentaire", blank=True, validators=[MaxLengthValidator(MOTIF_MAX)])
    avis_rendu_le = models.DateTimeField("avis rendu le", null=True, blank=True)

    class Meta:
        verbose_name = "demande de postes"
        verbose_name_plural = "demandes de postes"
        ordering = ["-cree_le"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure"], condition=Q(etat=EtatDemande.EN_COURS), name="demande_postes_une_en_cours"
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatDemande.ACCORDEE, nb_accordes__gte=1)
                | (~Q(etat=EtatDemande.ACCORDEE) & Q(nb_accordes=0)),
                name="demande_postes_accordee_en_a",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatDemande.REFUSEE) | ~Q(motif_decision=""), name="demande_postes_refusee_motivee"
            ),
            models.CheckConstraint(
                condition=Q(avis_sens="", avis_rendu_le__isnull=True)
                | (~Q(avis_sens="") & Q(avis_rendu_le__isnull=False)),
                name="demande_postes_avis_date",
            ),
        ]

    def __str__(self) -> str:
        s = "s" if self.nb_postes > 1 else ""
        return f"Demande de {self.nb_postes} poste{s} – {self.structure.nom}"


class ChangementEtablissement(ModeleAEtat, ModeleDeBase):
    """Another SIRET (or RIDET) for the same body, with the proof: ANCT checks it before anything changes."""

    structure = models.ForeignKey(Structure, models.PROTECT, related_name="changements")
    etat = ChampEtat(MACHINE_CHANGEMENT)
    siret = models.CharField("nouveau SIRET", max_length=14, null=True, blank=True)  # noqa: DJ001 - one of two
    ridet = models.CharField("nouveau RIDET", max_length=10, null=True, blank=True)  # noqa: DJ001 - one of two
    siret_avant = models.CharField("SIRET d’avant", max_length=14, blank=True, editable=False)
    ridet_avant = models.CharField("RIDET d’avant", max_length=10, blank=True, editable=False)
    nom = models.CharField("nom", max_length=250)
    adresse = models.CharField("adresse", max_length=250, blank=True)
    code_postal = models.CharField("code postal", max_length=5)
    commune = models.ForeignKey("territoires.Commune", models.PROTECT, related_name="+")
    categorie_juridique = models.CharField("catégorie juridique (INSEE)", max_length=4, blank=True)
    motif = models.TextField("motif", validators=[MaxLengthValidator(MOTIF_MAX)])
    justificatif = models.ForeignKey(Document, models.PROTECT, related_name="+", verbose_name="justificatif")
    motif_decision = models.TextField("motif de la décision", blank=True, validators=[MaxLengthValidator(MOTIF_MAX)])

    class Meta:
        verbose_name = "changement d’établissement"
        verbose_name_plural = "changements d’établissement"
        ordering = ["-cree_le"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure"], condition=Q(etat=EtatChangement.DEMANDE), name="changement_un_en_cours"
            ),
            models.CheckConstraint(
                condition=Q(siret__isnull=False, ridet__isnull=True) | Q(siret__isnull=True, ridet__isnull=False),
                name="changement_un_seul_identifiant",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatChangement.REFUSE) | ~Q(motif_decision=""), name="changement_refuse_motive"
            ),
        ]

    def __str__(self) -> str:
        return f"Changement d’établissement – {self.nom}"

    @property
    def identifiant(self) -> str:
        return self.siret or self.ridet or ""
