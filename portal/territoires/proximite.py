"""The communes around places: a box on latitude and longitude, then the exact great circle (R46)."""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, degrees, radians
from typing import Protocol

import numpy as np
from django.db.models import Q

from .distance import RAYON_TERRE_KM, distances_km
from .models import Commune

# Slack of the box, in km; the exact distance decides afterwards.
TOLERANCE_KM = 0.1


class Point(Protocol):
    """A place and the zone that nobody leaves to go to work (R46)."""

    latitude: float
    longitude: float
    zone: str


def communes_proches(points: Iterable[Point], rayon_km: float, *, outre_mer: bool = False) -> dict[str, float]:
    """INSEE code → km to the nearest of these points, bound included; one query.

    Without crossing the sea, unless `outre_mer`: Saint-Barthélemy is 30 km from Saint-Martin, and another zone.
    Communes that left the official list are there too: people may still be registered in one.
    """
    points = list(points)
    communes = Commune.objects.filter(_boites(points, rayon_km, outre_mer)).order_by()
    lignes = list(communes.values_list("code", "latitude", "longitude", "zone"))
    codes = [ligne[0] for ligne in lignes]
    latitudes = np.array([ligne[1] for ligne in lignes], dtype=np.float64)
    longitudes = np.array([ligne[2] for ligne in lignes], dtype=np.float64)
    zones = np.array([ligne[3] for ligne in lignes], dtype=object)
    proches: dict[str, float] = {}
    for point in points:
        distances = distances_km(latitudes, longitudes, point.latitude, point.longitude)
        for rang in np.flatnonzero((distances <= rayon_km) & ((zones == point.zone) | outre_mer)):
            code, distance = codes[rang], float(distances[rang])
            proches[code] = min(distance, proches.get(code, distance))
    return proches


def _boites(points: list[Point], rayon_km: float, outre_mer: bool) -> Q:
    filtre = Q(pk__in=[])
    marge = degrees((rayon_km + TOLERANCE_KM) / RAYON_TERRE_KM)
    for point in points:
        marge_longitude = marge / max(0.1, cos(radians(min(89.0, abs(point.latitude) + marge))))
        filtre |= Q(
            **({} if outre_mer else {"zone": point.zone}),
            latitude__range=(point.latitude - marge, point.latitude + marge),
            longitude__range=(point.longitude - marge_longitude, point.longitude + marge_longitude),
        )
    return filtre
