"""The founding texts under the names people know: « S0 » to « S4 » are our own shorthand. Pure."""

from __future__ import annotations

import re

TEXTES = {
    "S0": "guide de l’employeur des structures publiques (2021)",
    "S1": "guide de l’employeur des structures privées (2022)",
    "S2": "appel à candidatures des coordinateurs (2023)",
    "S3": "questions fréquentes de la plateforme (2021)",
    "S4": "notice aux bibliothèques sur l’appel de 2020",
}
REPERE = re.compile(r"\bS[0-4]\b")


def source_en_clair(source: str) -> str:
    """`S0, étape 9` → `guide de l’employeur des structures publiques (2021), étape 9`."""
    return REPERE.sub(lambda repere: TEXTES[repere.group()], source)
