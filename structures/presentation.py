"""Who may apply to what, told before anything is filled in (R20, DOMAIN §4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from structures.enums import EtatCampagne
from structures.models import Campagne
from structures.questionnaire import regimes_possibles, types_eligibles
from structures.regimes import TypeStructure


@dataclass(frozen=True)
class Appel:
    """An open call: for whom, and the types of structures that it names."""

    campagne: Campagne
    pour_qui: str
    types: list[str]
    coordinateur: bool


@dataclass(frozen=True)
class Appels:
    """`sans_appel`: the types of structures to which no call is open; `prochains`: what opens later."""

    ouverts: list[Appel]
    sans_appel: list[str]
    prochains: list[Campagne]

    @property
    def pour_coordinateurs(self) -> bool:
        return any(appel.coordinateur for appel in self.ouverts)


def presenter_les_appels(campagnes: Iterable[Campagne], le: dt.date) -> Appels:
    campagnes = list(campagnes)
    ouverts = [
        Appel(
            campagne,
            campagne.donnees_regime.pour_qui,
            [genre.libelle for genre in types_eligibles(campagne.donnees_regime)],
            campagne.donnees_regime.coordinateur,
        )
        for campagne in campagnes
    ]
    regimes = {campagne.regime for campagne in campagnes}
    sans = [genre.libelle for genre in TypeStructure if not regimes & set(regimes_possibles(genre))]
    return Appels(ouverts, sans, prochains_appels(le))


def prochains_appels(le: dt.date) -> list[Campagne]:
    """Announced with their date, not open yet."""
    return list(Campagne.objects.filter(etat=EtatCampagne.OUVERTE, ouvre_le__gt=le).order_by("ouvre_le", "code"))
