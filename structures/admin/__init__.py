"""The institutions' pages: prefectures, SGAR (read only) and ANCT work in the administration (DOMAIN §2)."""

from structures.admin import campagnes, candidatures, comites, postes, structures

__all__ = ["campagnes", "candidatures", "comites", "postes", "structures"]
