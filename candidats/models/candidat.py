"""A person who wants to become conseiller numérique (R40 to R43)."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from candidats.enums import EtatCandidat, Mobilite
from candidats.etats import MACHINE_CANDIDAT
from candidats.pix import ALPHABET, LONGUEUR
from portal.commun.machines import ChampEtat, ModeleAEtat
from portal.commun.models import ModeleDeBase

# What may be proposed (R42, R46): the rows that the indexes of the CVthèque hold.
PROPOSABLE = Q(etat=EtatCandidat.DISPONIBLE, confirme_le__isnull=False)


def nouvel_identifiant_pix() -> str:
    """R45: what Pix sends back with a result. Drawn at random: knowing one says nothing of the others."""
    return "CN" + "".join(secrets.choice(ALPHABET) for _ in range(LONGUEUR))


class CandidatQuerySet(models.QuerySet["Candidat"]):
    def proposables(self) -> CandidatQuerySet:
        """Confirmed, available, neither recruited nor withdrawn (R42, R46)."""
        return self.filter(PROPOSABLE)


class Candidat(ModeleAEtat, ModeleDeBase):
    """One per account; first and last name and e-mail are those of the account (R43)."""

    utilisateur = models.OneToOneField("comptes.Utilisateur", models.PROTECT, related_name="candidat")
    etat = ChampEtat(MACHINE_CANDIDAT)
    confirme_le = models.DateTimeField("adresse confirmée le", null=True, blank=True)
    recherche_emploi = models.BooleanField("demandeur d’emploi", default=False)
    en_emploi = models.BooleanField("en emploi", default=False)
    en_formation = models.BooleanField("en formation", default=False)
    diplome = models.BooleanField("diplômé de la médiation numérique", default=False)
    diplome_nom = models.CharField("nom du diplôme", max_length=200, blank=True)
    experience = models.BooleanField("expérience de la médiation numérique", default=False)
    commune = models.ForeignKey(
        "territoires.Commune", models.PROTECT, related_name="+", verbose_name="commune de résidence"
    )
    mobilite_km = models.PositiveSmallIntegerField("mobilité", choices=Mobilite.choices)
    disponible_le = models.DateField("disponible à partir du")
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    date_naissance = models.DateField("date de naissance")
    interet_coordination = models.BooleanField("intéressé par un poste de coordinateur", default=False)
    motivation = models.TextField("motivation", validators=[MaxLengthValidator(2500)])
    retraite = models.BooleanField("retraité", default=False)
    # R45: never shown to a structure. `pix_partage`: a result is in force and the person agrees to share it.
    identifiant_pix = models.CharField(
        "identifiant Pix", max_length=12, unique=True, default=nouvel_identifiant_pix, editable=False
    )
    pix_consenti_le = models.DateTimeField("accord pour Pix donné le", null=True, blank=True, editable=False)
    pix_retire_le = models.DateTimeField("accord pour Pix retiré le", null=True, blank=True, editable=False)
    pix_partage = models.BooleanField("résultats Pix communiqués", default=False, editable=False)
    # R51: the last sign that the person gave; empty, it is the confirmation of the address.
    disponibilite_confirmee_le = models.DateField("disponibilité confirmée le", null=True, blank=True, editable=False)
    disponibilite_demandee_le = models.DateField("disponibilité demandée le", null=True, blank=True, editable=False)
    # R43: the registration that is kept of the same person.
    fusionne_dans = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="fusionnes",
        verbose_name="réuni avec",
    )

    objects = CandidatQuerySet.as_manager()

    class Meta:
        verbose_name = "candidat"
        constraints = [
            models.CheckConstraint(
                condition=Q(recherche_emploi=True) | Q(en_emploi=True) | Q(en_formation=True) | Q(diplome=True),
                name="candidat_une_situation",
            ),
            models.CheckConstraint(condition=Q(diplome=False) | ~Q(diplome_nom=""), name="candidat_diplome_nomme"),
            models.CheckConstraint(condition=Q(mobilite_km__in=Mobilite.values), name="candidat_mobilite_connue"),
            models.CheckConstraint(condition=Q(retraite=False), name="candidat_non_retraite"),
            models.CheckConstraint(
                condition=Q(etat__in=[EtatCandidat.A_CONFIRMER, EtatCandidat.RETIRE, EtatCandidat.FUSIONNE])
                | Q(confirme_le__isnull=False),
                name="candidat_confirme_date",
            ),
            models.CheckConstraint(
                condition=Q(pix_partage=False) | Q(pix_consenti_le__isnull=False), name="candidat_pix_consenti"
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatCandidat.FUSIONNE, fusionne_dans__isnull=False)
                | (~Q(etat=EtatCandidat.FUSIONNE) & Q(fusionne_dans__isnull=True)),
                name="candidat_fusionne_dans",
            ),
        ]
        # R44: the places and the orders of the CVthèque. Its text search is an index of the database alone.
        # R47: the live search around one post takes a class of mobility, then communes; and who changed lately.
        indexes = [
            models.Index(fields=["modifie_le"], name="candidat_modifie_le"),
            models.Index(
                fields=["commune", "mobilite_km"],
                include=[
                    "id",
                    "disponible_le",
                    "cree_le",
                    "experience",
                    "diplome",
                    "interet_coordination",
                    "utilisateur",
                ],
                condition=PROPOSABLE,
                name="candidat_par_lieu",
            ),
            models.Index(fields=["mobilite_km", "commune"], condition=PROPOSABLE, name="candidat_par_mobilite"),
            models.Index(fields=["disponible_le", "id"], condition=PROPOSABLE, name="candidat_par_date"),
            models.Index(fields=["-cree_le", "-id"], condition=PROPOSABLE, name="candidat_par_inscription"),
            models.Index(
                fields=["-experience", "-cree_le", "-id"], condition=PROPOSABLE, name="candidat_par_experience"
            ),
        ]

    def __str__(self) -> str:
        return self.utilisateur.nom_complet

    @property
    def resultats_pix_en_vigueur(self) -> list[Any]:
        """What the person shares, latest first."""
        if not self.pix_partage:
            return []
        return list(self.resultats_pix.filter(en_vigueur=True).order_by("-partage_le", "-pk"))

    @property
    def dernier_signe_le(self) -> date | None:
        """R51: the last day on which the person said, one way or another, that they look for a post."""
        if self.disponibilite_confirmee_le is not None:
            return self.disponibilite_confirmee_le
        return timezone.localtime(self.confirme_le).date() if self.confirme_le else None


class DoublonCandidatEcarte(ModeleDeBase):
    """Two registrations that look alike and are two people: ANCT said so, they are not shown side by side again."""

    candidat = models.ForeignKey(Candidat, models.CASCADE, related_name="+")
    autre = models.ForeignKey(Candidat, models.CASCADE, related_name="+")
    motif = models.CharField("motif", max_length=250)

    class Meta:
        verbose_name = "doublon de candidat écarté"
        verbose_name_plural = "doublons de candidats écartés"
        constraints = [
            models.UniqueConstraint(fields=["candidat", "autre"], name="doublon_candidat_unique"),
            models.CheckConstraint(condition=Q(candidat__lt=models.F("autre")), name="doublon_candidat_ordre"),
        ]

    def __str__(self) -> str:
        return f"{self.candidat} / {self.autre}"
