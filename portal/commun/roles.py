"""The roles of DOMAIN §2, in one list used by memberships, transitions, access and history."""

from django.db import models


class Role(models.TextChoices):
    """Acting role of a person; `systeme` is the portal's own jobs and commands."""

    STRUCTURE = "structure", "Structure"
    CANDIDAT = "candidat", "Candidat"
    PREFECTURE = "prefecture", "Préfecture"
    SGAR = "sgar", "SGAR"
    ANCT = "anct", "ANCT"
    BDT = "bdt", "Banque des Territoires"
    ORGANISME = "organisme", "Organisme de formation"
    CONSEILLER = "conseiller", "Conseiller numérique"
    COORDINATEUR = "coordinateur", "Coordinateur"
    HUB = "hub", "Hub"
    SUPPORT = "support", "Support"
    VISITEUR = "visiteur", "Visiteur"
    SYSTEME = "systeme", "Portail (automatique)"


# Agents of the State and of its operators: a second factor is compulsory outside the demo.
ROLES_AGENTS = frozenset({Role.PREFECTURE, Role.SGAR, Role.ANCT, Role.BDT, Role.SUPPORT})
# Roles that work in the admin site.
ROLES_ADMIN = frozenset({Role.PREFECTURE, Role.SGAR, Role.ANCT, Role.SUPPORT})
