"""Who receives the mails about an application or its structure (R27, R113)."""

from __future__ import annotations

from typing import NamedTuple

from portal.commun.roles import Role
from portal.comptes.models import Organisation, Rattachement, TypeOrganisation
from structures.models import Structure


def adresses_prefecture(departement: str) -> list[str]:
    """The address of the prefecture's service; those of its agents when it has none."""
    prefectures = Organisation.objects.filter(type=TypeOrganisation.PREFECTURE, departements=departement)
    services = list(prefectures.exclude(courriel="").order_by("pk").values_list("courriel", flat=True))
    if services:
        return services
    return list(
        Rattachement.objects.en_vigueur()
        .filter(organisation__in=prefectures, role=Role.PREFECTURE)
        .order_by("pk")
        .values_list("utilisateur__email", flat=True)
    )


def adresses_du_service(prefecture: Organisation) -> list[str]:
    """The address of one prefecture, or those of its agents."""
    if prefecture.courriel:
        return [prefecture.courriel]
    agents = Rattachement.objects.en_vigueur().filter(organisation=prefecture, role=Role.PREFECTURE)
    return list(agents.order_by("pk").values_list("utilisateur__email", flat=True))


def adresses_administrateurs(structure: Structure) -> list[str]:
    """The people who manage the structure's space."""
    return list(
        Rattachement.objects.en_vigueur()
        .filter(organisation=structure.organisation_id, role=Role.STRUCTURE, administrateur=True)
        .order_by("pk")
        .values_list("utilisateur__email", flat=True)
    )


class Lecteurs(NamedTuple):
    """Who is written to in a structure: those who can open its space, and the contact when that person cannot."""

    espace: list[str]
    sans_compte: list[str]


def lecteurs(structure: Structure, contact: str = "") -> Lecteurs:
    """The administrators of the space, and the contact: with them when a member, apart otherwise (R27, R113).

    A mail never links to the space for somebody who has no account in it.
    """
    contact = (contact or structure.contact_courriel).strip()
    membres = list(
        Rattachement.objects.en_vigueur()
        .filter(organisation=structure.organisation_id, role=Role.STRUCTURE)
        .order_by("pk")
        .values_list("utilisateur__email", "administrateur")
    )
    adresses = [adresse for adresse, administrateur in membres if administrateur]
    siennes = [adresse for adresse, _ in membres if adresse.lower() == contact.lower()]
    return Lecteurs(list(dict.fromkeys([*siennes, *adresses])), [] if siennes or not contact else [contact])
