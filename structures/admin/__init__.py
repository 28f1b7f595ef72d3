"""The institutions' pages: prefectures, SGAR (read only) and ANCT work in the administration (DOMAIN §2)."""

from structures.admin import (
    a_faire,
    campagnes,
    candidatures,
    changements,
    comites,
    demandes,
    doublons,
    faits,
    lignes,
    postes,
    structures,
    tableau,
)

__all__ = [
    "a_faire",
    "campagnes",
    "candidatures",
    "changements",
    "comites",
    "demandes",
    "doublons",
    "faits",
    "lignes",
    "postes",
    "structures",
    "tableau",
]
