"""R62: the minimum wage (SMIC) of a day, gross, per month, for 35 hours a week. Facts, with the text that set each.

A month of 35 hours a week is 35 × 52 / 12 hours. Mayotte has its own, lower rate. The last known rate applies until
its successor is added here.

The founding texts (S3, S4) ask for the SMIC and give no figure. Each line names the decree, or the order when prices
made it rise within the year (Code du travail, L. 3231-5), that set it; published in the Journal officiel. Read again
in published summaries of these texts: every line from October 2021 on, but for those that say otherwise below.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

HEURES_PAR_MOIS = Decimal(35 * 52) / 12
CENTIME = Decimal("0.01")
MAYOTTE = "976"


@dataclass(frozen=True)
class Smic:
    """Gross rates per hour, from `depuis` on."""

    depuis: date
    horaire: Decimal
    horaire_mayotte: Decimal
    texte: str

    def mensuel(self, departement: str = "") -> Decimal:
        horaire = self.horaire_mayotte if departement == MAYOTTE else self.horaire
        return (horaire * HEURES_PAR_MOIS).quantize(CENTIME, ROUND_HALF_UP)


def _smic(depuis: date, horaire: str, mayotte: str, texte: str) -> Smic:
    return Smic(depuis, Decimal(horaire), Decimal(mayotte), texte)


SMIC: tuple[Smic, ...] = (
    # January 2020 and January 2021: not read again elsewhere; the rise of 2.2 % of October 2021 starts from the second.
    _smic(date(2020, 1, 1), "10.15", "7.66", "décret n° 2019-1387 du 18 décembre 2019"),
    _smic(date(2021, 1, 1), "10.25", "7.74", "décret n° 2020-1598 du 16 décembre 2020"),
    _smic(date(2021, 10, 1), "10.48", "7.91", "arrêté du 27 septembre 2021"),
    _smic(date(2022, 1, 1), "10.57", "7.98", "décret n° 2021-1741 du 22 décembre 2021"),
    _smic(date(2022, 5, 1), "10.85", "8.19", "arrêté du 19 avril 2022"),
    _smic(date(2022, 8, 1), "11.07", "8.35", "arrêté du 29 juillet 2022"),
    # January 2023: the national rate is confirmed (1,709.28 € a month); that of Mayotte only to ten cents.
    _smic(date(2023, 1, 1), "11.27", "8.51", "décret n° 2022-1608 du 22 décembre 2022"),
    _smic(date(2023, 5, 1), "11.52", "8.70", "arrêté du 26 avril 2023"),
    # January 2024: not read again elsewhere; the rise of 2 % of November 2024 starts from it.
    _smic(date(2024, 1, 1), "11.65", "8.80", "décret n° 2023-1216 du 20 décembre 2023"),
    _smic(date(2024, 11, 1), "11.88", "8.98", "décret n° 2024-951 du 23 octobre 2024"),
    _smic(date(2026, 1, 1), "12.02", "9.33", "décret n° 2025-1228 du 17 décembre 2025"),
    # NOT CONFIRMED: no published text could be read for June 2026. To be checked in the Journal officiel before use.
    _smic(date(2026, 6, 1), "12.31", "9.56", "arrêté du 22 mai 2026"),
)


def smic_du(jour: date) -> Smic:
    """The line in force on `jour`; before the first known one (no contract of the scheme is that old), the first."""
    return next((ligne for ligne in reversed(SMIC) if ligne.depuis <= jour), SMIC[0])
