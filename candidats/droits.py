"""Who may do what on this floor, besides the transitions of its machines (DOMAIN §2, R43, R45)."""

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
_DOUBLONS = "Seule l’ANCT décide que deux inscriptions sont celles d’une même personne."
FUSIONNER_CANDIDATS = declarer(
    "fusionner_candidats", "Réunir deux inscriptions de candidat", "R43", Role.ANCT, _DOUBLONS
)
ECARTER_DOUBLON_CANDIDAT = declarer(
    "ecarter_doublon_candidat", "Écarter un doublon probable de candidat", "R43", Role.ANCT, _DOUBLONS
)
