"""How values are written for people: amounts, dates, sizes. Pure functions, used by pages, mails, PDF and exports."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from portal.commun.dates import date_longue as _date_longue
from portal.commun.normalisation import normaliser

INSECABLE = "\u00a0"
FINE = "\u202f"


def euros(montant: Any) -> str:
    """`50 000,00 €`, with spaces that never break the line."""
    try:
        valeur = Decimal(str(montant)).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
    except (InvalidOperation, ValueError):
        return ""
    signe = "−" if valeur < 0 else ""
    entier, _, cents = f"{abs(valeur):.2f}".partition(".")
    return f"{signe}{milliers(int(entier))},{cents}{INSECABLE}€"


def milliers(nombre: int) -> str:
    """`4 000`."""
    return f"{nombre:,}".replace(",", FINE)


def date_longue(jour: Any) -> str:
    """`3 mars 2026`; the day of a moment is the one of Paris."""
    if isinstance(jour, datetime):
        jour = timezone.localtime(jour).date() if timezone.is_aware(jour) else jour.date()
    return _date_longue(jour) if isinstance(jour, date) else ""


def moment(instant: Any) -> str:
    """`3 mars 2026 à 14 h 05`, Paris time."""
    if not isinstance(instant, datetime):
        return date_longue(instant)
    local = timezone.localtime(instant)
    return f"{date_longue(local)} à {local.hour}{INSECABLE}h{INSECABLE}{local.minute:02d}"


def telephone(numero: Any) -> str:
    """`06 12 34 56 78`; a number from abroad stays as it is."""
    numero = str(numero or "")
    if len(numero) == 10 and numero.isdigit():
        return INSECABLE.join(numero[rang : rang + 2] for rang in range(0, 10, 2))
    return numero


def distance(km: Any, ici: str = "dans la même commune", depuis: str = "") -> str:
    """`à 12 km de chez vous`; below half a kilometre, two places are in the same commune: nobody lives « à 0 km »."""
    if km is None:
        return ""
    if km < 0.5:
        return ici
    return f"à {milliers(int(km + 0.5))}{INSECABLE}km {depuis}".rstrip()


def iban(compte: Any) -> str:
    """`FR76 3000 6000 0112 3456 7890 189`: by four, as on a bank slip."""
    compact = "".join(str(compte or "").split())
    return INSECABLE.join(compact[rang : rang + 4] for rang in range(0, len(compact), 4))


def iban_masque(compte: Any) -> str:
    """`FR76 •••• •••• 0189`: enough to recognise an account, not to use it (R112)."""
    compact = "".join(str(compte or "").split())
    return INSECABLE.join((compact[:4], "••••", "••••", compact[-4:])) if len(compact) > 8 else iban(compact)


def de(nom: Any) -> str:
    """The name of a place after « de »: `d’Annecy`, `du Mans`, `des Sables-d’Olonne`, `de La Rochelle`, `d’Yzeure`."""
    nom = str(nom or "").strip()
    for article, contracte in (("Le ", "du "), ("Les ", "des ")):
        if nom.startswith(article):
            return contracte + nom.removeprefix(article)
    plie = normaliser(nom)
    # The h of « haut » is aspirated; a y is a vowel before a consonant.
    muet = plie.startswith("h") and not plie.startswith("haut") or re.match(r"y([^aeiouy]|$)", plie)
    return f"d’{nom}" if plie[:1] in tuple("aeiou") or muet else f"de {nom}"


def taille(octets: Any) -> str:
    """`1,2 Mo`, `340 Ko`."""
    try:
        octets = int(octets)
    except (TypeError, ValueError):
        return ""
    if octets >= 1024 * 1024:
        return f"{octets / (1024 * 1024):.1f}".replace(".", ",") + f"{INSECABLE}Mo"
    return f"{max(1, round(octets / 1024))}{INSECABLE}Ko"
