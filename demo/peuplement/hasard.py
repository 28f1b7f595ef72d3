"""What is drawn: names, places weighted by population, identifiers with their check digits."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Min
from stdnum import luhn

from portal.territoires.models import Commune

PRENOMS = [
    "Amina",
    "Antoine",
    "Aurélie",
    "Baptiste",
    "Camille",
    "Cécile",
    "Chloé",
    "Claire",
    "David",
    "Élodie",
    "Émilie",
    "Fatou",
    "Florian",
    "Gaëlle",
    "Hugo",
    "Inès",
    "Jeanne",
    "Julien",
    "Karim",
    "Laura",
    "Léa",
    "Lucas",
    "Manon",
    "Marie",
    "Mathieu",
    "Mehdi",
    "Nadia",
    "Nicolas",
    "Noémie",
    "Olivier",
    "Paul",
    "Pauline",
    "Quentin",
    "Rachid",
    "Romain",
    "Salomé",
    "Samuel",
    "Sarah",
    "Sofia",
    "Sophie",
    "Théo",
    "Thomas",
    "Valentin",
    "Vincent",
    "Yasmine",
    "Yves",
    "Zoé",
]
NOMS = [
    "André",
    "Arnaud",
    "Aubert",
    "Barbier",
    "Benali",
    "Bernard",
    "Bertrand",
    "Blanc",
    "Bonnet",
    "Boyer",
    "Brun",
    "Carpentier",
    "Chevalier",
    "Clément",
    "Colin",
    "David",
    "Denis",
    "Diallo",
    "Dubois",
    "Dufour",
    "Dumont",
    "Dupont",
    "Durand",
    "Fabre",
    "Faure",
    "Fontaine",
    "Fournier",
    "Garnier",
    "Gauthier",
    "Gérard",
    "Girard",
    "Guérin",
    "Henry",
    "Hoarau",
    "Lambert",
    "Laurent",
    "Lefebvre",
    "Legrand",
    "Leroux",
    "Leroy",
    "Lopez",
    "Lucas",
    "Marchand",
    "Marie",
    "Martin",
    "Masson",
    "Mercier",
    "Meunier",
    "Michel",
    "Moreau",
    "Morel",
    "Morin",
    "Nguyen",
    "Nicolas",
    "Noël",
    "Payet",
    "Perrin",
    "Petit",
    "Renaud",
    "Richard",
    "Rivière",
    "Robert",
    "Roche",
    "Roux",
    "Roy",
    "Sanchez",
    "Simon",
    "Traoré",
    "Vidal",
    "Vincent",
]


@dataclass(frozen=True)
class Lieu:
    """A commune with one of its postal codes."""

    code: str
    nom: str
    code_postal: str
    departement: str
    region: str


class Tirage:
    """Everything random of one run, from one seed."""

    def __init__(self, graine: int, sauf: Collection[str] = ()) -> None:
        self.graine = graine
        self.alea = random.Random(graine)  # noqa: S311 - sample data, not secrets
        lignes = list(
            Commune.objects.actuelles()
            .filter(codes_postaux__isnull=False)
            .annotate(postal=Min("codes_postaux__code"))
            .order_by("code")
            .values_list("code", "nom", "postal", "departement_id", "region_id", "population")
        )
        # `sauf`: départements whose structures are told elsewhere (the Allier of the demo); people live everywhere.
        self.sauf = frozenset(sauf)
        self.lieux = [Lieu(*ligne[:5]) for ligne in lignes]
        # People live where people live; small communes still come out.
        self._poids = list(itertools.accumulate((ligne[5] or 0) ** 0.85 + 20 for ligne in lignes))

    def communes(self, nombre: int) -> list[Lieu]:
        return self.alea.choices(self.lieux, cum_weights=self._poids, k=nombre)

    def sieges(self, nombre: int) -> list[Lieu]:
        """Where structures are: anywhere but in the départements left out."""
        retenus: list[Lieu] = []
        while len(retenus) < nombre:
            tires = self.communes(nombre - len(retenus))
            retenus += [lieu for lieu in tires if lieu.departement not in self.sauf]
        return retenus

    def personne(self) -> tuple[str, str]:
        return self.alea.choice(PRENOMS), self.alea.choice(NOMS)

    def jour(self, origine: dt.date, entre: int, et: int) -> dt.date:
        return origine + dt.timedelta(days=self.alea.randint(entre, et))

    def siret(self, rang: int) -> str:
        """A SIRET whose SIREN and NIC have the right check digits; `rang` makes it unique for a seed (R21)."""
        base = f"{2 + self.graine % 7}{self.graine % 10:01d}{rang:06d}"
        siren = base + luhn.calc_check_digit(base)
        return siren + "0001" + luhn.calc_check_digit(siren + "0001")
