"""People, the bodies they belong to, and the roles they hold there (DOMAIN §2)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from portal.commun.models import HistoriqueSigne, HistoriqueUtile, ModeleDeBase, ModeleIdentifie, auteur_du_journal
from portal.commun.roles import ROLES_AGENTS, Role


class UtilisateurManager(BaseUserManager["Utilisateur"]):
    """E-mail addresses are compared without case (R43) and stored in lower case."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **champs: Any) -> Utilisateur:
        utilisateur = self.model(email=self.normalize_email(email).lower(), **champs)
        utilisateur.set_password(password)
        utilisateur.save(using=self._db)
        return utilisateur

    def create_superuser(self, email: str, password: str | None = None, **champs: Any) -> Utilisateur:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **champs)

    def get_by_natural_key(self, username: str | None) -> Utilisateur:
        return self.get(email__iexact=username)


class Utilisateur(AbstractBaseUser, PermissionsMixin, ModeleIdentifie):
    """A person. One account per person (R43); what they may do comes from their `Rattachement`s."""

    email = models.EmailField("adresse électronique", max_length=254)
    prenom = models.CharField("prénom", max_length=100, blank=True)
    nom = models.CharField("nom", max_length=100, blank=True)
    is_active = models.BooleanField("actif", default=True)
    is_staff = models.BooleanField("accès à l’administration", default=False)
    date_joined = models.DateTimeField("inscrit le", default=timezone.now)

    objects = UtilisateurManager()
    # A password, even hashed, has no place in a history (R112).
    history = HistoriqueUtile(
        bases=[HistoriqueSigne],
        get_user=auteur_du_journal,
        excluded_fields=["password", "last_login"],
        history_change_reason_field=models.TextField(null=True),  # noqa: DJ001 - the library leaves it null
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = "utilisateur"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="utilisateur_courriel_unique",
                violation_error_message="Un compte existe déjà avec cette adresse.",
            )
        ]
        # Few accounts are closed: lists that leave them out need not look at all the others.
        indexes = [models.Index(fields=["id"], condition=models.Q(is_active=False), name="utilisateur_ferme")]

    def __str__(self) -> str:
        return self.nom_complet or self.email

    @property
    def nom_complet(self) -> str:
        return f"{self.prenom} {self.nom}".strip()

    def get_full_name(self) -> str:
        return self.nom_complet

    def get_short_name(self) -> str:
        return self.prenom


class TypeOrganisation(models.TextChoices):
    STRUCTURE = "structure", "Structure"
    PREFECTURE = "prefecture", "Préfecture"
    SGAR = "sgar", "SGAR"
    ANCT = "anct", "ANCT"
    BDT = "bdt", "Banque des Territoires"
    ORGANISME = "organisme", "Organisme de formation"
    HUB = "hub", "Hub"


class Organisation(ModeleDeBase):
    """A body in whose name people act. A structure or a training body is one row here and one on its own floor."""

    type = models.CharField("type", max_length=20, choices=TypeOrganisation.choices)
    nom = models.CharField("nom", max_length=250)
    departements = models.ManyToManyField("territoires.Departement", blank=True, related_name="+")
    regions = models.ManyToManyField("territoires.Region", blank=True, related_name="+")
    courriel = models.EmailField("adresse électronique du service", blank=True)

    class Meta:
        verbose_name = "organisation"

    def __str__(self) -> str:
        return self.nom


class RattachementQuerySet(models.QuerySet["Rattachement"]):
    def en_vigueur(self) -> RattachementQuerySet:
        return self.filter(fin_le__isnull=True, utilisateur__is_active=True)


class Rattachement(ModeleDeBase):
    """A role that a person holds, in a body (or by themselves for a candidate or a conseiller)."""

    utilisateur = models.ForeignKey(Utilisateur, models.PROTECT, related_name="rattachements")
    role = models.CharField(
        "rôle", max_length=20, choices=[(r.value, r.label) for r in Role if r not in (Role.SYSTEME, Role.VISITEUR)]
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="rattachements")
    administrateur = models.BooleanField("peut inviter et retirer des collègues", default=False)
    signataire = models.BooleanField("peut signer pour l’organisation", default=False)
    fin_le = models.DateTimeField("retiré le", null=True, blank=True)

    objects = RattachementQuerySet.as_manager()

    class Meta:
        verbose_name = "rattachement"
        constraints = [
            models.UniqueConstraint(
                fields=["utilisateur", "role", "organisation"],
                condition=models.Q(fin_le__isnull=True),
                nulls_distinct=False,
                name="rattachement_unique_en_vigueur",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    organisation__isnull=True,
                    role__in=[Role.CANDIDAT, Role.CONSEILLER, Role.COORDINATEUR, Role.SUPPORT],
                )
                | models.Q(organisation__isnull=False),
                name="rattachement_role_dans_une_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} – {self.organisation}" if self.organisation_id else self.get_role_display()

    @property
    def est_agent(self) -> bool:
        return self.role in ROLES_AGENTS


class EtatInvitation(models.TextChoices):
    ENVOYEE = "envoyee", "Envoyée"
    ACCEPTEE = "acceptee", "Acceptée"
    ANNULEE = "annulee", "Annulée"


class Invitation(ModeleDeBase):
    """An invitation to join a body, sent by mail with a single-use link that can be renewed (R27)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invitations")
    role = models.CharField("rôle", max_length=20, choices=Role.choices)
    courriel = models.EmailField("adresse électronique")
    prenom = models.CharField("prénom", max_length=100, blank=True)
    nom = models.CharField("nom", max_length=100, blank=True)
    administrateur = models.BooleanField(default=False)
    signataire = models.BooleanField(default=False)
    etat = models.CharField("état", max_length=20, choices=EtatInvitation.choices, default=EtatInvitation.ENVOYEE)
    invite_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, blank=True, related_name="+")
    acceptee_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "invitation"
        constraints = [
            models.UniqueConstraint(
                Lower("courriel"),
                "organisation",
                "role",
                condition=models.Q(etat=EtatInvitation.ENVOYEE),
                name="invitation_unique_en_attente",
            ),
            models.CheckConstraint(
                condition=models.Q(etat=EtatInvitation.ACCEPTEE, acceptee_le__isnull=False)
                | (~models.Q(etat=EtatInvitation.ACCEPTEE) & models.Q(acceptee_le__isnull=True)),
                name="invitation_acceptee_datee",
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation de {self.courriel}"
