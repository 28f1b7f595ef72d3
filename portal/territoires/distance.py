"""Great-circle distance, which R46 compares with the mobility of a candidate. Pure: no ORM, no I/O."""

import math

import numpy as np

RAYON_TERRE_KM = 6371.0088  # mean radius (IUGG)


def distance_km(latitude_a, longitude_a, latitude_b, longitude_b):
    """R46: kilometres along the great circle between two points in decimal degrees (haversine)."""
    phi_a, phi_b = math.radians(latitude_a), math.radians(latitude_b)
    demi_latitude = (phi_b - phi_a) / 2
    demi_longitude = math.radians(longitude_b - longitude_a) / 2
    corde = math.sin(demi_latitude) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(demi_longitude) ** 2
    # Rounding may push the value a hair above 1 for antipodes.
    return 2 * RAYON_TERRE_KM * math.asin(math.sqrt(min(1.0, corde)))


def distances_km(latitudes_a, longitudes_a, latitudes_b, longitudes_b):
    """R46: the same as `distance_km` on arrays (or scalars) that broadcast together, within 1e-9 km up to 19,900 km.

    The two versions run the same operations in the same order: a candidate on the bound of a mobility must not be
    accepted by a page and refused by the engine. Near the antipodes (no such pair exists in France) the arcsine
    amplifies the last bit of rounding, and the two agree within a metre.
    """
    phi_a = np.radians(np.asarray(latitudes_a, dtype=np.float64))
    phi_b = np.radians(np.asarray(latitudes_b, dtype=np.float64))
    lambda_a = np.asarray(longitudes_a, dtype=np.float64)
    lambda_b = np.asarray(longitudes_b, dtype=np.float64)
    demi_latitude = (phi_b - phi_a) / 2
    demi_longitude = np.radians(lambda_b - lambda_a) / 2
    corde = np.sin(demi_latitude) ** 2 + np.cos(phi_a) * np.cos(phi_b) * np.sin(demi_longitude) ** 2
    return 2 * RAYON_TERRE_KM * np.arcsin(np.sqrt(np.minimum(1.0, corde)))
