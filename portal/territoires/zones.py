"""Zones that no pair crosses below "whole of France" (R46, DOMAIN §7; hard case 13)."""

METROPOLE = "metropole"
CORSE = "corse"
DEPARTEMENTS_CORSES = frozenset({"2A", "2B"})


def zone_du_departement(code):
    """R46: mainland France, Corsica, and each overseas département or collectivity on its own.

    The zone is that of a département, itself read from the INSEE code of a commune, never from a postal code:
    97150 is Saint-Martin (978) and 97133 Saint-Barthélemy (977), neither is Guadeloupe (hard case 14).
    """
    if code in DEPARTEMENTS_CORSES:
        return CORSE
    if code.startswith(("97", "98")):
        return code
    return METROPOLE
