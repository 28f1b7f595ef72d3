"""R24: the density of posts in a département, per commune and per EPCI: a drawing, and a table of the same data."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet, Sum

from portal.territoires.models import Commune, Departement
from structures.models import Candidature, Poste

LARGEUR, HAUTEUR_MAX, MARGE = 640.0, 640.0, 34.0
RAYON_MIN, RAYON_MAX = 6.0, 26.0
POUR = 10_000
# Height of the names in the units of the drawing: on a computer, and on a telephone where the drawing is half as large.
TAILLE_NOM, TAILLE_NOM_PETIT_ECRAN = 13.0, 26.0
LARGEUR_LETTRE = 0.58


@dataclass(slots=True)
class Zone:
    """A commune or an EPCI: what it has, what is asked there, where it is drawn."""

    code: str
    nom: str
    population: int = 0
    postes: int = 0
    candidatures: int = 0
    demandes: int = 0
    points: list[tuple[float, float]] = field(default_factory=list)
    x: str = ""
    y: str = ""
    rayon: str = ""
    losange: str = ""
    # The name on the drawing, where there is room for it: its place, its side of the disc, and whether a telephone
    # has room for it too.
    nom_x: str = ""
    nom_y: str = ""
    ancre: str = ""
    partout: bool = False

    @property
    def densite(self) -> str:
        """Posts for 10,000 inhabitants, as it is written in French."""
        return f"{self.postes * POUR / self.population:.2f}".replace(".", ",") if self.population else ""

    @property
    def bulle(self) -> str:
        """What the drawing says of the place when pointed at."""
        texte = f"{self.nom} : {self.postes} poste{'s' if self.postes > 1 else ''}"
        if not self.candidatures:
            return texte
        return f"{texte}, {self.candidatures} candidature{'s' if self.candidatures > 1 else ''} à examiner"


@dataclass(frozen=True, slots=True)
class Carte:
    departement: Departement
    hauteur: int
    fond: list[tuple[str, str]]
    communes: list[Zone]
    epcis: list[Zone]
    total: Zone

    @property
    def points(self) -> str:
        """All the communes in one stroke, where they are not named."""
        return "".join(point for _, point in self.fond)

    @property
    def vue(self) -> str:
        return f"0 0 {int(LARGEUR)} {self.hauteur}"


def carte_du_departement(departement: Departement, candidatures: QuerySet[Candidature]) -> Carte:
    """R24: posts that count against an envelope, and the applications given, in a constant number of queries."""
    lignes = list(
        Commune.objects.filter(Q(actuelle=True) | Q(structures__isnull=False), departement=departement)
        .order_by("nom_normalise", "code")
        .distinct()
        .values_list("code", "nom", "population", "latitude", "longitude", "epci", "epci__nom")
    )
    projection = _Projection([(latitude, longitude) for *_, latitude, longitude, _, _ in lignes])
    postes = _postes("structure__commune", Q(structure__commune__departement=departement))
    demandes = _demandes(candidatures)
    communes, epcis = {}, {}
    for code, nom, population, latitude, longitude, epci, epci_nom in lignes:
        zone = Zone(code, nom, population or 0, postes.get(code, 0), points=[projection(latitude, longitude)])
        zone.candidatures, zone.demandes = demandes.get(code, (0, 0))
        communes[code] = zone
        if epci:
            groupe = epcis.setdefault(epci, Zone(epci, epci_nom))
            groupe.points += zone.points
            groupe.candidatures += zone.candidatures
            groupe.demandes += zone.demandes
    _compter_les_epcis(epcis)
    total = Zone(departement.code, departement.nom, sum(z.population for z in communes.values()))
    total.postes = sum(z.postes for z in communes.values())
    total.candidatures = sum(z.candidatures for z in communes.values())
    total.demandes = sum(z.demandes for z in communes.values())
    fond = [(zone.nom, f"M{x:.1f} {y:.1f}h0") for zone in communes.values() for x, y in zone.points]
    utiles = [zone for zone in communes.values() if zone.postes or zone.candidatures]
    dessines = [nommer(_dessiner(zones), projection.hauteur) for zones in (utiles, epcis.values())]
    return Carte(departement, projection.hauteur, fond, *dessines, total)


def _postes(champ: str, filtre: Q) -> dict[str, int]:
    groupes = Poste.objects.comptes().filter(filtre).order_by().values_list(champ).annotate(n=Count("pk"))
    return dict(groupes)


def _demandes(candidatures: QuerySet[Candidature]) -> dict[str, tuple[int, int]]:
    groupes = (
        candidatures.order_by().values_list("commune").annotate(n=Count("pk"), postes=Sum("nb_conseillers", default=0))
    )
    return {commune: (nombre, postes) for commune, nombre, postes in groupes}


def _compter_les_epcis(epcis: dict[str, Zone]) -> None:
    """An EPCI may stand over two départements: it is counted whole, as in the lists."""
    postes = _postes("structure__commune__epci", Q(structure__commune__epci__in=epcis))
    habitants = (
        Commune.objects.filter(epci__in=epcis, actuelle=True)
        .order_by()
        .values_list("epci")
        .annotate(n=Sum("population", default=0))
    )
    for code, nombre in postes.items():
        epcis[code].postes = nombre
    for code, nombre in habitants:
        epcis[code].population = nombre


class _Projection:
    """Degrees to the units of the drawing: north up, distances kept around the middle of the département."""

    def __init__(self, points: list[tuple[float, float]]) -> None:
        latitudes, longitudes = [p[0] for p in points] or [0.0], [p[1] for p in points] or [0.0]
        self.nord, self.ouest = max(latitudes), min(longitudes)
        self.cosinus = math.cos(math.radians((self.nord + min(latitudes)) / 2)) or 1.0
        largeur = (max(longitudes) - self.ouest) * self.cosinus
        hauteur = self.nord - min(latitudes)
        utile = LARGEUR - 2 * MARGE
        self.echelle = min(
            utile / largeur if largeur else utile, (HAUTEUR_MAX - 2 * MARGE) / hauteur if hauteur else utile
        )
        self.gauche = MARGE + (utile - largeur * self.echelle) / 2
        self.hauteur = round(hauteur * self.echelle + 2 * MARGE)

    def __call__(self, latitude: float, longitude: float) -> tuple[float, float]:
        x = self.gauche + (longitude - self.ouest) * self.cosinus * self.echelle
        return x, MARGE + (self.nord - latitude) * self.echelle


def _dessiner(zones: Iterable[Zone]) -> list[Zone]:
    """Circles whose surface says the number of posts, a lozenge where applications are; largest drawn first."""
    zones = list(zones)
    plus = max((zone.postes for zone in zones), default=0)
    for zone in zones:
        x = sum(point[0] for point in zone.points) / len(zone.points)
        y = sum(point[1] for point in zone.points) / len(zone.points)
        zone.x, zone.y = f"{x:.1f}", f"{y:.1f}"
        if zone.postes:
            rayon = max(RAYON_MIN, RAYON_MAX * math.sqrt(zone.postes / plus))
            zone.rayon = f"{rayon:.1f}"
        if zone.candidatures:
            zone.losange = f"M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6-6z"
    return sorted(zones, key=lambda zone: (-zone.postes, zone.nom))


# --- names ----------------------------------------------------------------------------------------------------------

Boite = tuple[float, float, float, float]


def nommer(zones: list[Zone], hauteur: float) -> list[Zone]:
    """Write the names that fit, where most posts are first: no name covers another one, nor leaves the drawing.

    Those that a telephone has room for are placed first, as large as it needs them; they keep their place elsewhere.
    """
    poses: list[Boite] = []
    disques = [_autour(zone) for zone in zones if zone.rayon or zone.losange]
    par_importance = sorted(zones, key=lambda zone: (-zone.postes, -zone.candidatures, -zone.population))
    for taille in (TAILLE_NOM_PETIT_ECRAN, TAILLE_NOM):
        for zone in par_importance:
            if not zone.nom_x and (place := _place(zone, taille, poses, disques, hauteur)):
                poses.append(place)
                zone.partout = taille == TAILLE_NOM_PETIT_ECRAN
    return zones


def _autour(zone: Zone) -> Boite:
    x, y, rayon = float(zone.x), float(zone.y), max(float(zone.rayon or 0), RAYON_MIN)
    return x - rayon, y - rayon, x + rayon, y + rayon


def _place(zone: Zone, taille: float, poses: list[Boite], disques: list[Boite], hauteur: float) -> Boite | None:
    """Write the name on the first side of the disc with room for it, on another disc only when no side is free."""
    libres = []
    for ancre, nom_x, nom_y in _cotes(zone, taille):
        largeur = len(zone.nom) * taille * LARGEUR_LETTRE
        if ancre == "middle":
            # Near an edge of the drawing, the name moves in.
            nom_x = min(max(nom_x, largeur / 2), LARGEUR - largeur / 2)
        gauche = nom_x - largeur * {"start": 0, "middle": 0.5, "end": 1}[ancre]
        boite = (gauche, nom_y - taille * 0.8, gauche + largeur, nom_y + taille * 0.25)
        dedans = boite[0] >= 0 and boite[2] <= LARGEUR and boite[1] >= 0 and boite[3] <= hauteur
        if dedans and not any(_se_couvrent(boite, autre) for autre in poses):
            caches = sum(_se_couvrent(boite, disque) for disque in disques)
            libres.append((caches, ancre, nom_x, nom_y, boite))
    if not libres:
        return None
    _, zone.ancre, nom_x, nom_y, boite = min(libres, key=lambda libre: libre[0])
    zone.nom_x, zone.nom_y = f"{nom_x:.1f}", f"{nom_y:.1f}"
    return boite


def _cotes(zone: Zone, taille: float) -> list[tuple[str, float, float]]:
    """Right, left, above, below; in the middle when nothing is drawn there."""
    x, y = float(zone.x), float(zone.y)
    if not (zone.rayon or zone.losange):
        return [("middle", x, y + taille / 3)]
    ecart = max(float(zone.rayon or 0), RAYON_MIN) + 3
    return [
        ("start", x + ecart, y + taille / 3),
        ("end", x - ecart, y + taille / 3),
        ("middle", x, y - ecart - 1),
        ("middle", x, y + ecart + taille * 0.8),
    ]


def _se_couvrent(une: Boite, autre: Boite) -> bool:
    return une[0] < autre[2] and autre[0] < une[2] and une[1] < autre[3] and autre[1] < une[3]
