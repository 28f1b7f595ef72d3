"""Official communes, and SIRET numbers that nobody else has."""

from __future__ import annotations

import itertools

from portal.commun.normalisation import normaliser_lieu
from portal.territoires.models import CodePostal, Commune, Departement
from portal.territoires.zones import zone_du_departement
from tests.comptes.factories import departement as creer_departement

# code → nom, département (code, nom, région), latitude, longitude, code postal, population.
LIEUX: dict[str, tuple[str, tuple[str, str, str], float, float, str, int]] = {
    "03190": ("Moulins", ("03", "Allier", "84"), 46.56459, 3.33243, "03000", 19206),
    "03310": ("Vichy", ("03", "Allier", "84"), 46.12709, 3.42577, "03200", 25115),
    "03185": ("Montluçon", ("03", "Allier", "84"), 46.34015, 2.60254, "03100", 33147),
    "03095": ("Cusset", ("03", "Allier", "84"), 46.13452, 3.45639, "03300", 13316),
    "63113": ("Clermont-Ferrand", ("63", "Puy-de-Dôme", "84"), 45.77969, 3.08682, "63000", 147751),
    "75056": ("Paris", ("75", "Paris", "11"), 48.85341, 2.3488, "75001", 2103778),
    "97411": ("Saint-Denis", ("974", "La Réunion", "04"), -20.88231, 55.4504, "97400", 155634),
    "98818": ("Nouméa", ("988", "Nouvelle-Calédonie", "988"), -22.27407, 166.44884, "98800", 94285),
}


def lieu(code: str = "03190") -> Commune:
    """An official commune, created when the territories are not loaded."""
    commune = Commune.objects.filter(pk=code).first()
    if commune is not None:
        return commune
    nom, (code_dep, nom_dep, region), latitude, longitude, postal, population = LIEUX[code]
    if not Departement.objects.filter(pk=code_dep).exists():
        creer_departement(code_dep, nom_dep, region)
    departement = Departement.objects.get(pk=code_dep)
    commune = Commune.objects.create(
        code=code,
        nom=nom,
        nom_normalise=normaliser_lieu(nom),
        departement=departement,
        region_id=departement.region_id,
        zone=zone_du_departement(code_dep),
        population=population,
        latitude=latitude,
        longitude=longitude,
        precision="commune",
    )
    CodePostal.objects.create(code=postal, commune=commune)
    return commune


def siret_valide(rang: int) -> str:
    """The `rang`-th SIRET of our own, whose two checks pass (R21)."""

    def cle(chiffres: str) -> str:
        total = 0
        for position, chiffre in enumerate(reversed(chiffres + "0")):
            valeur = int(chiffre) * (2 if position % 2 else 1)
            total += valeur - 9 if valeur > 9 else valeur
        return chiffres + str(-total % 10)

    return cle(cle(f"{21000000 + rang:08d}") + "0001")


_rangs = itertools.count(1)


def siret_suivant() -> str:
    """A SIRET that no other object of the process has, structure or application."""
    return siret_valide(next(_rangs))
