"""People and bodies for every test: one trait per role, with its territory when the role has one.

`RattachementFactory(anct=True).utilisateur` is an agent ready to sign in: address confirmed, second factor in place.
"""

from __future__ import annotations

from typing import Any

import factory
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from factory.django import DjangoModelFactory

from portal.commun.acteurs import Acteur
from portal.commun.roles import ROLES_ADMIN, ROLES_AGENTS, Role
from portal.comptes import acces
from portal.comptes.models import Invitation, Organisation, Rattachement, TypeOrganisation, Utilisateur
from portal.territoires.models import Departement, Region

MOT_DE_PASSE = "Tilleul-Ardoise-2031"


def departement(code: str = "03", nom: str = "Allier", region: str = "84") -> Departement:
    """The département, created when the territories are not loaded."""
    return Departement.objects.filter(code=code).first() or Departement.objects.create(
        code=code, nom=nom, nom_normalise=nom.lower(), zone="metropole", region=_region(region)
    )


def _region(code: str = "84", nom: str = "Auvergne-Rhône-Alpes") -> Region:
    return Region.objects.get_or_create(code=code, defaults={"nom": nom, "nom_normalise": nom.lower()})[0]


class UtilisateurFactory(DjangoModelFactory):
    """Address confirmed unless `confirme=False`; second factor when `second_facteur=True`."""

    class Meta:
        model = Utilisateur
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"personne{n}@exemple.fr")
    prenom = factory.Sequence(lambda n: f"Camille{n}")
    nom = "Durand"
    password = factory.django.Password(MOT_DE_PASSE)

    @factory.post_generation
    def confirme(self, create: bool, valeur: bool | None, **kwargs: Any) -> None:
        if create and valeur is not False:
            EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)

    @factory.post_generation
    def second_facteur(self, create: bool, valeur: bool | None, **kwargs: Any) -> None:
        if create and valeur:
            activer_second_facteur(self)


def activer_second_facteur(utilisateur: Utilisateur) -> str:
    """Give a TOTP application, once, and return its secret."""
    if not Authenticator.objects.filter(user=utilisateur, type=Authenticator.Type.TOTP).exists():
        secret = generate_totp_secret()
        TOTP.activate(utilisateur, secret)
        return secret
    return ""


class OrganisationFactory(DjangoModelFactory):
    """A structure by default; `prefecture=True`, `sgar=True`, `anct=True`… for the others (Allier, its région).

    `codes_departements=["15"]` and `codes_regions=["27"]` choose another territory.
    """

    class Meta:
        model = Organisation
        skip_postgeneration_save = True

    class Params:
        prefecture = factory.Trait(type=TypeOrganisation.PREFECTURE, nom="Préfecture de l’Allier")
        sgar = factory.Trait(type=TypeOrganisation.SGAR, nom="SGAR Auvergne-Rhône-Alpes")
        anct = factory.Trait(type=TypeOrganisation.ANCT, nom="ANCT")
        bdt = factory.Trait(type=TypeOrganisation.BDT, nom="Banque des Territoires")
        organisme = factory.Trait(type=TypeOrganisation.ORGANISME, nom="Centre de formation")
        hub = factory.Trait(type=TypeOrganisation.HUB, nom="Hub Auvergne-Rhône-Alpes")

    type = TypeOrganisation.STRUCTURE
    nom = factory.Sequence(lambda n: f"Commune n° {n}")

    @factory.post_generation
    def codes_departements(self, create: bool, codes: list[str] | None, **kwargs: Any) -> None:
        codes = ["03"] if codes is None and self.type == TypeOrganisation.PREFECTURE else codes
        if create and codes:
            self.departements.set([departement(code) for code in codes])

    @factory.post_generation
    def codes_regions(self, create: bool, codes: list[str] | None, **kwargs: Any) -> None:
        regionale = self.type in (TypeOrganisation.SGAR, TypeOrganisation.HUB)
        codes = ["84"] if codes is None and regionale else codes
        if create and codes:
            self.regions.set([_region(code) for code in codes])


def _trait(role: Role) -> factory.Trait:
    if role.value in TypeOrganisation.values and role is not Role.STRUCTURE:
        return factory.Trait(role=role, organisation=factory.SubFactory(OrganisationFactory, **{role.value: True}))
    return factory.Trait(role=role, organisation=None)


class RattachementFactory(DjangoModelFactory):
    """A structure's representative by default; one trait per other role, named as the role."""

    class Meta:
        model = Rattachement
        skip_postgeneration_save = True

    class Params:
        prefecture = _trait(Role.PREFECTURE)
        sgar = _trait(Role.SGAR)
        anct = _trait(Role.ANCT)
        bdt = _trait(Role.BDT)
        organisme = _trait(Role.ORGANISME)
        hub = _trait(Role.HUB)
        support = _trait(Role.SUPPORT)
        candidat = _trait(Role.CANDIDAT)
        conseiller = _trait(Role.CONSEILLER)
        coordinateur = _trait(Role.COORDINATEUR)

    utilisateur = factory.SubFactory(UtilisateurFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.STRUCTURE

    @factory.post_generation
    def acces_du_role(self, create: bool, valeur: Any, **kwargs: Any) -> None:
        """What the verb `rattacher` and the compulsory second factor would have given."""
        if not create:
            return
        if self.role in ROLES_ADMIN and not self.utilisateur.is_staff:
            self.utilisateur.is_staff = True
            self.utilisateur.save(update_fields=["is_staff"])
        if self.role in ROLES_AGENTS and valeur is not False:
            activer_second_facteur(self.utilisateur)


class InvitationFactory(DjangoModelFactory):
    """A pending invitation; its link is sent by the verbs `inviter` and `renouveler_invitation`."""

    class Meta:
        model = Invitation

    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.STRUCTURE
    courriel = factory.Sequence(lambda n: f"collegue{n}@exemple.fr")
    prenom = "Sacha"
    nom = "Martin"


def acteur(role: Role | str, **champs: Any) -> Acteur:
    """An actor of this role with a real person behind it: `acteur(Role.ANCT)`, `acteur("structure")`."""
    role = Role(role)
    rattachement = RattachementFactory(**({} if role is Role.STRUCTURE else {role.value: True}), **champs)
    return acces.acteur_de(rattachement.utilisateur, rattachement)
