"""When two registrations are probably one person, and what becomes of their pairs for one post (R43). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.commun.normalisation import normaliser

# The furthest of two pairs of one person for one post is kept. What the structure has gone on with comes before what
# either side once declined: it is the later will of both; a proposal that nobody answered comes last.
AVANCEMENT = {
    "nouvelle": 0,
    "ecartee": 1,
    "declinee": 2,
    "preselectionnee": 3,
    "entretien": 4,
    "validee": 5,
    "recrutee": 6,
}


@dataclass(frozen=True, slots=True)
class Identite:
    """What two registrations are compared by: accents, case and hyphens do not count."""

    prenom: str
    nom: str
    naissance: date

    @property
    def noms(self) -> tuple[str, str]:
        return normaliser(self.prenom), normaliser(self.nom)


def ressemblance(une: Identite, autre: Identite) -> str:
    """R43: why these two look like one person, in words; empty when they do not."""
    if une.naissance != autre.naissance or not any(une.noms):
        return ""
    if une.noms == autre.noms:
        return "mêmes nom, prénom et date de naissance"
    if une.noms == autre.noms[::-1]:
        return "même date de naissance, nom et prénom inversés"
    return ""


def avancement(etat: str) -> int:
    """How far a pair that is not closed has gone."""
    return AVANCEMENT[str(etat)]
