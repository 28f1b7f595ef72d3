"""Who may do what on this floor, besides the transitions of its machines (DOMAIN §2, R45)."""

from __future__ import annotations

from portal.commun.droits import declarer
from portal.commun.roles import Role

_SOI = "Chaque personne décide elle-même de communiquer ses résultats Pix."
CONSENTIR_PIX = declarer(
    "consentir_pix", "Donner son accord pour communiquer ses résultats Pix", "R45", Role.CANDIDAT, _SOI
)
RETIRER_PIX = declarer("retirer_pix", "Retirer son accord et ses résultats Pix", "R45", Role.CANDIDAT, _SOI)
IMPORTER_PIX = declarer(
    "importer_pix",
    "Importer des résultats Pix",
    "R45",
    Role.ANCT,
    "Les résultats Pix sont importés par l’ANCT.",
)
