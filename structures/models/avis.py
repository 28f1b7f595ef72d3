"""The prefect's opinion on an application: every version is kept (R25)."""

from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.db import models
from django.db.models import Q

from portal.commun.models import ModeleDeBase
from structures.enums import SensAvis
from structures.models.candidature import Candidature
from structures.models.structure import Structure


class Avis(ModeleDeBase):
    """One version of an opinion; the last one is `en_vigueur`."""

    candidature = models.ForeignKey(Candidature, models.PROTECT, related_name="avis")
    version = models.PositiveSmallIntegerField("version")
    en_vigueur = models.BooleanField("en vigueur", default=True)
    sens = models.CharField("avis", max_length=20, choices=SensAvis.choices)
    nb_postes = models.PositiveSmallIntegerField("nombre de postes proposé")
    rang = models.PositiveSmallIntegerField("rang dans le département", null=True, blank=True)
    commentaire = models.TextField("commentaire", validators=[MinLengthValidator(10), MaxLengthValidator(1000)])
    structure_cedante = models.ForeignKey(
        Structure,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="structure à qui reprendre un poste",
    )
    auteur = models.ForeignKey("comptes.Utilisateur", models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("comptes.Organisation", models.PROTECT, null=True, related_name="+")
    rendu_le = models.DateTimeField("rendu le")
    # The prefecture ranked its applications: only the rank differs from the version before.
    classement = models.BooleanField("version due au classement", default=False)

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        ordering = ["candidature", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["candidature", "version"], name="avis_version_unique"),
            models.UniqueConstraint(fields=["candidature"], condition=Q(en_vigueur=True), name="avis_un_en_vigueur"),
        ]

    def __str__(self) -> str:
        return f"Avis {self.get_sens_display().lower()} (version {self.version})"

    @property
    def resume(self) -> str:
        """« Favorable, 2 postes, rang 1 » : the opinion in one line, for lists and minutes."""
        rang = f", rang {self.rang}" if self.rang else ""
        return f"{self.get_sens_display()}, {self.nb_postes} poste{'s' if self.nb_postes > 1 else ''}{rang}"
