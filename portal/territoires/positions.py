"""Give every commune a point, from the most exact source available, and say which one it was. Pure: no ORM.

Order, the same for the packaged data and for the official API: the commune's own point, the mean of localities inside
it, a point noted by hand, the mean of the communes that share its postal code, the mean of its EPCI, the mean of its
département. Means are taken only over points of the first three kinds, so that no mean is a mean of means.
"""

from collections import defaultdict

from .enums import Precision
from .zones import zone_du_departement

# Scattered islands and forest communes, where the mean of an archipelago or of an EPCI would lie hundreds of
# kilometres away. Noted to a tenth of a degree or better, at the main village or in the middle of the island.
POINTS_FIXES = {
    # Guadeloupe: islands
    "97110": (16.304, -61.078),  # La Désirade
    "97130": (15.853, -61.640),  # Terre-de-Bas
    "97131": (15.867, -61.582),  # Terre-de-Haut
    # Guyane: villages of the forest
    "97313": (4.891, -52.492),  # Montsinéry-Tonnegrande
    "97314": (4.210, -51.668),  # Ouanary
    "97352": (3.623, -53.207),  # Saül
    "97356": (3.170, -52.342),  # Camopi
    "97358": (4.823, -53.283),  # Saint-Élie
    "97362": (3.806, -54.151),  # Papaichton
    # Terres australes et antarctiques françaises
    "98411": (-37.796, 77.571),  # Îles Saint-Paul et Nouvelle-Amsterdam
    "98412": (-49.349, 70.219),  # Archipel des Kerguelen
    "98413": (-46.432, 51.857),  # Archipel des Crozet
    "98414": (-66.663, 140.002),  # La Terre-Adélie
    "98415": (-11.553, 47.285),  # Îles Éparses de l'océan Indien (Glorieuses)
    # Polynésie française
    "98711": (-17.353, -145.509),  # Anaa
    "98713": (-15.243, -146.617),  # Arutua
    "98716": (-16.055, -145.655),  # Fakarava
    "98717": (-15.823, -140.887),  # Fangatau
    "98718": (-10.466, -138.668),  # Fatu-Hiva
    "98721": (-17.537, -142.610),  # Hikueru
    "98722": (-17.600, -149.310),  # Hitiaa O Te Ra
    "98726": (-16.627, -143.570),  # Makemo
    "98727": (-14.458, -146.052),  # Manihi
    "98728": (-16.446, -152.251),  # Maupiti
    "98730": (-14.171, -141.272),  # Napuka
    "98732": (-19.278, -138.772),  # Nukutavake
    "98737": (-14.817, -138.813),  # Pukapuka
    "98739": (-23.866, -147.662),  # Raivavae
    "98740": (-14.967, -147.645),  # Rangiroa
    "98741": (-27.617, -144.334),  # Rapa
    "98743": (-22.648, -152.806),  # Rimatara
    "98745": (-16.610, -151.496),  # Tahaa
    "98746": (-9.942, -139.103),  # Tahuata
    "98749": (-14.482, -145.035),  # Takaroa
    "98750": (-16.836, -151.361),  # Taputapuatea
    "98751": (-17.347, -138.446),  # Tatakoto
    "98753": (-23.373, -149.482),  # Tubuai
    "98755": (-20.771, -138.564),  # Tureia
    "98756": (-8.921, -139.532),  # Ua-Huka
    "98757": (-9.358, -140.048),  # Ua-Pou
    # Nouvelle-Calédonie
    "98806": (-21.664, 165.778),  # Farino
    "98816": (-21.692, 165.678),  # Moindou
    "98828": (-21.643, 165.846),  # Sarraméa
    "98833": (-21.396, 165.828),  # Kouaoua
    # Île de Clipperton
    "98901": (10.303, -109.217),
}


def moyenne(points):
    """Arithmetic mean of close points, to the metre; none of our groups straddles the 180th meridian."""
    return tuple(round(sum(valeurs) / len(points), 5) for valeurs in zip(*points, strict=True))


class SansPoint(ValueError):
    """A commune for which not even its département gives a point: the data are not usable as they are."""


def completer(communes):
    """Fill `latitude`, `longitude` and `precision` of the rows that have none; the others are returned untouched."""
    avec_point = []
    for commune in communes:
        if commune.latitude is None and commune.code in POINTS_FIXES:
            latitude, longitude = POINTS_FIXES[commune.code]
            commune = commune._replace(latitude=latitude, longitude=longitude, precision=Precision.CONSTANTE.value)
        avec_point.append(commune)

    # No mean crosses the sea (R46): a group is always cut by zone.
    groupes = defaultdict(list)
    for commune in avec_point:
        if commune.latitude is not None:
            for groupe in groupes_de(commune):
                groupes[groupe].append((commune.latitude, commune.longitude))

    return [commune if commune.latitude is not None else situer(commune, groupes) for commune in avec_point]


def groupes_de(commune):
    """The groups whose mean may stand for the commune, in the order of preference."""
    zone = zone_du_departement(commune.departement)
    for code in sorted(commune.codes_postaux):
        yield Precision.POSTAL.value, zone, code
    if commune.epci:
        yield Precision.EPCI.value, zone, commune.epci
    yield Precision.DEPARTEMENT.value, zone, commune.departement


def situer(commune, groupes):
    for groupe in groupes_de(commune):
        if points := groupes.get(groupe):
            latitude, longitude = moyenne(points)
            return commune._replace(latitude=latitude, longitude=longitude, precision=groupe[0])
    raise SansPoint(f"Aucun point pour {commune.nom} ({commune.code}).")
