"""R12 over many tranches at once: what a day makes payable, and why a given tranche is not (R13, R65).

`jour_d_exigibilite` and `est_exigible` hold the rule; the query below says the same thing to PostgreSQL, and a test
compares the two on drawn cases.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DateField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest, TruncDate
from django.utils import timezone

from portal.commun.historique import par_lots
from subventions.echeancier import Exigibilite, est_exigible
from subventions.enums import EtatContrat, EtatConvention, EtatTranche
from subventions.models import Contrat, Convention, Suspension, Tranche


@dataclass(frozen=True)
class TrancheOuverte:
    """A tranche that becomes payable, with what the mails say of it."""

    pk: int
    exigible_le: dt.date
    montant: Decimal
    rang: int
    convention_numero: str
    structure_id: int


def avec_faits(tranches: QuerySet[Tranche]) -> QuerySet[Tranche]:
    """Each tranche with the facts of R12: signature of the contract in force on its date, suspension, lifting."""
    contrat = Contrat.objects.filter(
        Q(fin__isnull=True) | Q(fin__gte=OuterRef("prevue_le")),
        dossier=OuterRef("convention__dossier"),
        etat=EtatContrat.SIGNE,
    )
    suspensions = Suspension.objects.filter(convention=OuterRef("convention"))
    reprise = suspensions.filter(levee_le__isnull=False).values("convention").annotate(d=Max("levee_le")).values("d")
    return tranches.annotate(
        contrat_signe_le=Subquery(contrat.values("signe_le")[:1]),
        reprise_le=TruncDate(Subquery(reprise)),
        suspendue=Exists(suspensions.filter(levee_le__isnull=True)),
    )


def conventions_dues(le: dt.date) -> list[int]:
    """Lock, in one order for everybody, the signed conventions that have something due on `le`; their keys."""
    dues = Tranche.objects.filter(etat=EtatTranche.PREVUE, prevue_le__lte=le).values("convention")
    return list(
        Convention.objects.filter(pk__in=dues, etat=EtatConvention.SIGNEE)
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
        .values_list("pk", flat=True)
    )


def a_ouvrir(conventions: Sequence[int], le: dt.date) -> QuerySet[Tranche]:
    """R12: the planned tranches of these conventions whose conditions were all met on `le` at the latest."""
    # GREATEST leaves out the nulls: a convention never suspended has no day of resumption.
    dernier_jour = Greatest(
        F("prevue_le"),
        TruncDate("convention__signee_le"),
        F("contrat_signe_le"),
        F("reprise_le"),
        output_field=DateField(),
    )
    return (
        avec_faits(
            Tranche.objects.filter(
                etat=EtatTranche.PREVUE,
                prevue_le__lte=le,
                convention__in=conventions,
                convention__etat=EtatConvention.SIGNEE,
            )
        )
        .filter(contrat_signe_le__isnull=False, suspendue=False)
        .annotate(jour=dernier_jour)
        .filter(jour__lte=le)
        .order_by("pk")
    )


def lire_ouvertures(conventions: Sequence[int], le: dt.date) -> list[TrancheOuverte]:
    """The rows to open, locked, read after the locks on their conventions."""
    colonnes = ("pk", "jour", "montant", "rang", "convention__numero", "convention__dossier__structure")
    return [
        TrancheOuverte(*ligne)
        for lot in par_lots(conventions)
        for ligne in a_ouvrir(lot, le).select_for_update(of=("self",), no_key=True).values_list(*colonnes)
    ]


def constat(tranche: Tranche, le: dt.date | None = None) -> Exigibilite:
    """R12 for one tranche read through `avec_faits`: is it payable, and if not, everything that holds it."""
    return est_exigible(
        date_tranche=tranche.prevue_le,
        aujourdhui=le or timezone.localdate(),
        convention_signee=tranche.convention.etat == EtatConvention.SIGNEE,
        contrat_en_vigueur=tranche.contrat_signe_le is not None,
        suspension_ouverte=tranche.suspendue,
        versee=tranche.etat == EtatTranche.PAYEE,
        annulee=tranche.etat == EtatTranche.ANNULEE,
    )
