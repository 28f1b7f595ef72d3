"""Where each post stands on the journey of DOMAIN §3, what comes next, who must act and by when.

Every page of a structure's space shows it. A post's journey crosses four floors: each floor registers a supplier that
says what it knows of a list of posts, and the highest floor that has something to say is heard. A supplier answers for
the whole list at once, so that the number of queries does not depend on the number of posts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.commun.acteurs import Acteur

if TYPE_CHECKING:
    from structures.models import Poste

# The nine steps of S0, the eight of S1 (DOMAIN §3).
ETAPES = {
    1: "Candidature de la structure",
    2: "Concertation et comité",
    3: "Propositions de candidats",
    4: "Entretiens et validation",
    5: "Dossier de subvention",
    6: "Organisme de formation",
    7: "Contrat et convention",
    8: "Formation et prise de poste",
    9: "Activité et versements",
}


@dataclass(frozen=True, slots=True)
class Situation:
    """`qui` is a name people understand (« Vous », « La Banque des Territoires »); `url` is where the reader acts."""

    etape: int
    libelle: str
    suite: str
    qui: str
    avant_le: dt.date | None = None
    url: str = ""
    en_retard: bool = False

    @property
    def etape_libelle(self) -> str:
        return ETAPES[self.etape]


Fournisseur = Callable[[Sequence["Poste"], Acteur], dict[int, Situation]]

_fournisseurs: dict[int, Fournisseur] = {}
ETAGE_STRUCTURES, ETAGE_CANDIDATS, ETAGE_SUBVENTIONS, ETAGE_FORMATION, ETAGE_ACTIVITE = range(5)


def enregistrer(etage: int, fournisseur: Fournisseur) -> None:
    """Called once per floor at start-up."""
    _fournisseurs[etage] = fournisseur


def situations(postes: Sequence[Poste], acteur: Acteur) -> dict[int, Situation]:
    """The situation of each post, by its key; the highest floor wins."""
    resultat: dict[int, Situation] = {}
    for etage in sorted(_fournisseurs):
        resultat.update(_fournisseurs[etage](postes, acteur))
    return resultat
