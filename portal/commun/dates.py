"""Calendar arithmetic shared by every deadline and schedule. Pure: today's date is always given, never read."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

UN_JOUR = timedelta(days=1)

MOIS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def ajouter_mois(jour: date, mois: int) -> date:
    """R11: the date `mois` months after `jour`, same day of the month or last day of a shorter one.

    >>> ajouter_mois(date(2021, 1, 31), 1)
    datetime.date(2021, 2, 28)
    """
    rang = jour.year * 12 + (jour.month - 1) + mois
    annee, mois_cible = divmod(rang, 12)
    dernier = monthrange(annee, mois_cible + 1)[1]
    return date(annee, mois_cible + 1, min(jour.day, dernier))


def fin_de_periode(debut: date, mois: int) -> date:
    """Last day, included, of a period of `mois` months that starts on `debut`: 1 April + 24 months ends on 31 March."""
    return ajouter_mois(debut, mois) - UN_JOUR


def tient_dans(debut: date, fin: date, mois: int) -> bool:
    """True when the period from `debut` to `fin`, both included, lasts at most `mois` months."""
    return fin <= fin_de_periode(debut, mois)


def dure_au_moins(debut: date, fin: date, mois: int) -> bool:
    """True when the period from `debut` to `fin`, both included, lasts at least `mois` months."""
    return fin >= fin_de_periode(debut, mois)


def mois_entames(debut: date, fin: date) -> int:
    """Number of months, begun ones included, from `debut` to `fin`, both included; 0 when `fin` is before `debut`."""
    if fin < debut:
        return 0
    mois = max(0, (fin.year - debut.year) * 12 + fin.month - debut.month - 1)
    while not tient_dans(debut, fin, mois):
        mois += 1
    return mois


def jours_inclus(debut: date, fin: date) -> int:
    """Number of days from `debut` to `fin`, both included; 0 when `fin` is before `debut`."""
    return max(0, (fin - debut).days + 1)


def age(naissance: date, jour: date) -> int:
    """Whole years lived on `jour`. Born on 29 February, one is a year older on 1 March of a common year.

    A year is only complete once its last day has passed: that is why the 28th is not enough.
    """
    return jour.year - naissance.year - ((jour.month, jour.day) < (naissance.month, naissance.day))


def date_longue(jour: date) -> str:
    """A date as it is written in French.

    >>> date_longue(date(2021, 3, 1))
    '1er mars 2021'
    """
    quantieme = "1er" if jour.day == 1 else str(jour.day)
    return f"{quantieme} {MOIS[jour.month - 1]} {jour.year}"
