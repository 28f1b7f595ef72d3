"""The body that hosts and employs conseillers, and the places where they work."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from portal.commun.affichage import INSECABLE
from portal.commun.models import ModeleDeBase
from structures.enums import TypeStructure
from structures.models.territoire import Fait
from structures.regimes import StatutJuridique


class StructureQuerySet(models.QuerySet["Structure"]):
    def en_propre(self) -> StructureQuerySet:
        """Without those merged into another, which are kept for their history only."""
        return self.filter(fusionnee_dans__isnull=True)


class Structure(ModeleDeBase):
    """One establishment (SIRET, or RIDET in New Caledonia): uniqueness is on it, not on the SIREN (R22)."""

    organisation = models.OneToOneField("comptes.Organisation", models.PROTECT, related_name="structure")
    siret = models.CharField("SIRET", max_length=14, null=True, blank=True)  # noqa: DJ001 - unique when present
    ridet = models.CharField("RIDET", max_length=10, null=True, blank=True)  # noqa: DJ001 - unique when present
    nom = models.CharField("nom", max_length=250)
    nom_normalise = models.CharField(max_length=250, editable=False, db_index=True)
    type = models.CharField("type", max_length=30, choices=TypeStructure.choices)
    statut_juridique = models.CharField("statut juridique", max_length=20, choices=StatutJuridique.choix())
    categorie_juridique = models.CharField("catégorie juridique (INSEE)", max_length=4, blank=True)
    adresse = models.CharField("adresse", max_length=250, blank=True)
    code_postal = models.CharField("code postal", max_length=5)
    commune = models.ForeignKey("territoires.Commune", models.PROTECT, related_name="structures")
    contact_prenom = models.CharField("prénom du contact", max_length=100)
    contact_nom = models.CharField("nom du contact", max_length=100)
    contact_fonction = models.CharField("fonction du contact", max_length=100)
    contact_courriel = models.EmailField("adresse électronique du contact")
    contact_telephone = models.CharField("téléphone du contact", max_length=20, blank=True)
    activee_le = models.DateTimeField("activée le", null=True, blank=True)
    participation_fin_le = models.DateTimeField("fin de participation le", null=True, blank=True)
    fusionnee_dans = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="fusionnees", verbose_name="fusionnée dans"
    )
    fusionnee_le = models.DateTimeField("fusionnée le", null=True, blank=True)
    # R24: facts shown to prefects.
    action_coeur_de_ville = models.BooleanField("Action Cœur de Ville", default=False)
    petites_villes_de_demain = models.BooleanField("Petites Villes de Demain", default=False)
    quartier_prioritaire = models.BooleanField("quartier prioritaire (QPV)", default=False)
    zone_rurale = models.BooleanField("zone de revitalisation rurale (ZRR/FRR)", default=False)
    france_services = models.BooleanField("France services", default=False)
    # Those that somebody told, official lists apart: a list that no longer names the place does not take them back.
    faits_declares = ArrayField(
        models.CharField(max_length=30, choices=Fait.choices),
        verbose_name="faits renseignés à la main",
        default=list,
        blank=True,
        editable=False,
    )

    objects = StructureQuerySet.as_manager()

    class Meta:
        verbose_name = "structure"
        constraints = [
            models.CheckConstraint(
                condition=Q(fusionnee_dans__isnull=True, fusionnee_le__isnull=True)
                | Q(fusionnee_dans__isnull=False, fusionnee_le__isnull=False),
                name="structure_fusion_datee",
            ),
            models.UniqueConstraint(fields=["siret"], condition=Q(siret__isnull=False), name="structure_siret_unique"),
            models.UniqueConstraint(fields=["ridet"], condition=Q(ridet__isnull=False), name="structure_ridet_unique"),
            models.CheckConstraint(
                condition=Q(siret__isnull=False, ridet__isnull=True) | Q(siret__isnull=True, ridet__isnull=False),
                name="structure_un_seul_identifiant",
            ),
            models.CheckConstraint(
                condition=Q(siret__isnull=True) | Q(siret__regex=r"^\d{14}$"), name="structure_siret_forme"
            ),
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def identifiant(self) -> str:
        return self.siret or self.ridet or ""

    @property
    def identifiant_nomme(self) -> str:
        return f"{'SIRET' if self.siret else 'RIDET'}{INSECABLE}{self.identifiant}"

    @property
    def designation(self) -> str:
        """Name and number: two structures may have one name, and nothing else tells them apart (R22)."""
        return f"{self.nom} ({self.identifiant_nomme})"

    @property
    def departement_id(self) -> str:
        """From the commune, never from the postal code (R7, hard case 14)."""
        return self.commune.departement_id


class LieuExercice(ModeleDeBase):
    """A place of work of a structure; distances start from there, or from the seat when there is none (R46)."""

    structure = models.ForeignKey(Structure, models.PROTECT, related_name="lieux")
    nom = models.CharField("nom du lieu", max_length=150)
    adresse = models.CharField("adresse", max_length=250, blank=True)
    commune = models.ForeignKey("territoires.Commune", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "lieu d’exercice"
        verbose_name_plural = "lieux d’exercice"
        constraints = [models.UniqueConstraint(fields=["structure", "nom", "commune"], name="lieu_exercice_unique")]

    def __str__(self) -> str:
        return f"{self.nom} ({self.commune.nom})"


class DoublonEcarte(ModeleDeBase):
    """Two structures that look alike and are two: ANCT said so, they are not shown side by side again."""

    structure = models.ForeignKey(Structure, models.CASCADE, related_name="+")
    autre = models.ForeignKey(Structure, models.CASCADE, related_name="+")
    motif = models.CharField("motif", max_length=250)

    class Meta:
        verbose_name = "doublon écarté"
        verbose_name_plural = "doublons écartés"
        constraints = [
            models.UniqueConstraint(fields=["structure", "autre"], name="doublon_ecarte_unique"),
            models.CheckConstraint(condition=Q(structure__lt=models.F("autre")), name="doublon_ecarte_ordre"),
        ]

    def __str__(self) -> str:
        return f"{self.structure} / {self.autre}"
