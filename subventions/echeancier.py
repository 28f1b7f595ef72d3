"""Tranches of a post's subsidy: amounts, dates, what is payable, what an early end owes (R4, R5, R10 to R14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from portal.commun.dates import ajouter_mois, date_longue, fin_de_periode, jours_inclus
from portal.commun.erreurs import RegleNonRespectee
from structures.regimes import ModeleTranche
from subventions.bareme import ZERO, arrondir


@dataclass(frozen=True)
class TrancheCalculee:
    """`date` is None while the event of R4 has not happened; a paid one never changes (R12)."""

    rang: int
    pourcentage: int
    mois: int
    montant: Decimal
    date: date | None
    versee: bool = False


def repartir(montant: Decimal, pourcentages: Sequence[int]) -> list[Decimal]:
    """R10: percent × amount, half-even to the cent; the last takes the remainder, so that the sum is the amount."""
    if sum(pourcentages) != 100:
        raise RegleNonRespectee("R5", f"Les tranches doivent totaliser 100 % : {sum(pourcentages)} % donnés.")
    montant = arrondir(montant)
    parts: list[Decimal] = []
    reste = montant
    for pourcentage in pourcentages[:-1]:
        # Never more than what is left: many small percentages of a few cents would otherwise round past the amount.
        part = min(arrondir(montant * pourcentage / 100), reste)
        parts.append(part)
        reste -= part
    return [*parts, reste]


def calculer_echeancier(
    montant: Decimal, modele: Sequence[ModeleTranche], evenement: date | None
) -> list[TrancheCalculee]:
    """R5, R10, R11: the tranches of an amount, each dated from the event itself, never from the one before."""
    parts = repartir(montant, [tranche.pourcentage for tranche in modele])
    return [
        TrancheCalculee(
            rang=rang,
            pourcentage=tranche.pourcentage,
            mois=tranche.mois,
            montant=part,
            date=ajouter_mois(evenement, tranche.mois) if evenement else None,
        )
        for rang, (tranche, part) in enumerate(zip(modele, parts, strict=True), start=1)
    ]


@dataclass(frozen=True)
class Recalcul:
    """A schedule recomputed around what is paid; paid lines are never changed (R12).

    `trop_verse` asks for an opposite line; `reste_a_programmer` is left over when every tranche is already paid.
    """

    tranches: list[TrancheCalculee]
    trop_verse: Decimal
    reste_a_programmer: Decimal


def recalculer_echeancier(
    montant: Decimal, modele: Sequence[ModeleTranche], evenement: date | None, actuelles: Sequence[TrancheCalculee]
) -> Recalcul:
    """R64: new date of the event or new amount. Paid tranches stay as they are, the others are computed again.

    The last unpaid tranche takes what remains, so that paid and unpaid together make the amount (R10).
    """
    resultat = {tranche.rang: tranche for tranche in actuelles if tranche.versee}
    reste = arrondir(montant) - sum((tranche.montant for tranche in resultat.values()), ZERO)
    a_venir = [tranche for tranche in calculer_echeancier(montant, modele, evenement) if tranche.rang not in resultat]
    for tranche in a_venir:
        du = reste if tranche is a_venir[-1] else min(tranche.montant, reste)
        du = max(du, ZERO)
        reste -= du
        resultat[tranche.rang] = replace(tranche, montant=du)
    return Recalcul(
        tranches=[resultat[rang] for rang in sorted(resultat)],
        trop_verse=max(-reste, ZERO),
        reste_a_programmer=max(reste, ZERO),
    )


def echeancier_de_remplacement(
    montant: Decimal, modele: Sequence[ModeleTranche], evenement: date | None, deja_verse: Decimal
) -> list[TrancheCalculee]:
    """R14: schedule of the replacement on the same post; what was paid is taken from its first tranches.

    So the structure is not paid the same share of the post twice, and both contracts together cost one amount.
    """
    a_deduire = arrondir(deja_verse)
    tranches = []
    for tranche in calculer_echeancier(montant, modele, evenement):
        deduit = min(tranche.montant, a_deduire)
        a_deduire -= deduit
        tranches.append(replace(tranche, montant=tranche.montant - deduit))
    return tranches


@dataclass(frozen=True)
class Exigibilite:
    """R12: `motifs` says, in French, everything that holds the payment."""

    exigible: bool
    motifs: tuple[str, ...] = ()


def est_exigible(
    *,
    date_tranche: date | None,
    aujourdhui: date,
    convention_signee: bool,
    contrat_en_vigueur: bool,
    suspension_ouverte: bool,
    versee: bool = False,
    annulee: bool = False,
) -> Exigibilite:
    """R12, R13: payable on its date, convention signed by all, contract in force, no suspension open.

    Lifting a suspension moves no date: a tranche that fell due meanwhile becomes payable at once.
    """
    motifs = []
    if versee:
        motifs.append("La tranche est déjà versée.")
    if annulee:
        motifs.append("La tranche est annulée.")
    if date_tranche is None:
        motifs.append("La date qui déclenche les versements n’est pas encore connue.")
    elif date_tranche > aujourdhui:
        motifs.append(f"La tranche n’est due que le {date_longue(date_tranche)}.")
    if not convention_signee:
        motifs.append("La convention n’est pas signée par toutes les parties.")
    if not contrat_en_vigueur:
        motifs.append("Aucun contrat n’est en vigueur sur ce poste.")
    if suspension_ouverte:
        motifs.append("Le versement est suspendu.")
    return Exigibilite(not motifs, tuple(motifs))


def jour_d_exigibilite(
    *, prevue_le: date, convention_signee_le: date, contrat_signe_le: date, reprise_le: date | None = None
) -> date:
    """R12, R65: the day on which the last of the conditions was met. It depends on facts, never on the day the job
    runs: late by a week, it finds the same day. `reprise_le` is when the last suspension was lifted (R13)."""
    return max(prevue_le, convention_signee_le, contrat_signe_le, reprise_le or prevue_le)


def verifier_suspension(motif: str) -> None:
    """R13: a suspension is always explained to the structure."""
    if not motif.strip():
        raise RegleNonRespectee(
            "R13", "Indiquez le motif de la suspension : il est communiqué à la structure.", "motif"
        )


@dataclass(frozen=True)
class Prorata:
    """R14, proposed to BdT: `solde` above zero is still owed to the structure, below zero is to be repaid."""

    jours_servis: int
    jours_couverts: int
    du: Decimal
    deja_verse: Decimal
    solde: Decimal


def prorata(montant: Decimal, duree_mois: int, debut: date, fin: date, deja_verse: Decimal) -> Prorata:
    """R14: days of contract served, last one included, over days covered by the subsidy."""
    terme = fin_de_periode(debut, duree_mois)
    couverts = jours_inclus(debut, terme)
    servis = jours_inclus(debut, min(fin, terme))
    du = arrondir(montant * servis / couverts)
    verse = arrondir(deja_verse)
    return Prorata(servis, couverts, du, verse, du - verse)


def dates_croissantes(tranches: Sequence[TrancheCalculee]) -> bool:
    """True when the known dates of a schedule never go back: what `verifier_coherence` asks of the stored ones."""
    dates = [tranche.date for tranche in tranches if tranche.date]
    return all(avant <= apres for avant, apres in pairwise(dates))
