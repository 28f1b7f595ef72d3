"""Training bodies, their lots, and how a structure reached them (R80)."""

from __future__ import annotations

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from formation.enums import Modalite
from portal.commun.models import ModeleDeBase
from subventions.models import Dossier


class Organisme(ModeleDeBase):
    organisation = models.OneToOneField("comptes.Organisation", models.PROTECT, related_name="organisme")
    nom = models.CharField("nom", max_length=200, unique=True)
    courriel = models.EmailField("adresse électronique")
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    contact = models.CharField("personne à contacter", max_length=200, blank=True)

    class Meta:
        verbose_name = "organisme de formation"
        verbose_name_plural = "organismes de formation"

    def __str__(self) -> str:
        return self.nom


class Lot(ModeleDeBase):
    """A part of the national contract: régions in person, or the whole country remotely (S1 step 5)."""

    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="lots")
    nom = models.CharField("nom", max_length=150)
    modalite = models.CharField("modalité", max_length=20, choices=Modalite.choices)
    national = models.BooleanField("tout le territoire", default=False)
    regions = models.ManyToManyField("territoires.Region", blank=True, related_name="+")

    class Meta:
        verbose_name = "lot"
        constraints = [
            models.CheckConstraint(
                condition=Q(modalite=Modalite.DISTANCE) | Q(national=False), name="lot_presentiel_territorial"
            ),
            models.UniqueConstraint(fields=["organisme", "nom"], name="lot_nom_unique"),
        ]

    def __str__(self) -> str:
        return self.nom


class PriseDeContact(ModeleDeBase):
    """The contact between structure and training body: who, when, what was said (R80)."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="prises_de_contact")
    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="prises_de_contact")
    par_organisme = models.BooleanField("à l’initiative de l’organisme", default=False)
    contacte_le = models.DateField("contact pris le")
    message = models.TextField("message", blank=True, validators=[MaxLengthValidator(2500)])

    class Meta:
        verbose_name = "prise de contact"
        verbose_name_plural = "prises de contact"
        constraints = [models.UniqueConstraint(fields=["dossier", "organisme"], name="prise_de_contact_unique")]

    def __str__(self) -> str:
        return f"{self.organisme} – {self.contacte_le:%d/%m/%Y}"
