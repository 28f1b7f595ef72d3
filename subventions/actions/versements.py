"""The payment-date job and what holds it: suspensions, contracts ended (R12, R13, R65)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef
from django.utils import timezone
from subventions.notifications_versements import notifier_suspension, notifier_tranches_exigibles

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from subventions.bareme import ZERO
from subventions.echeancier import est_exigible, verifier_suspension
from subventions.enums import EtatContrat, EtatConvention, EtatTranche
from subventions.etats import MACHINE_TRANCHE
from subventions.models import Contrat, Convention, Suspension, Tranche


@dataclass(frozen=True)
class Bilan:
    """What one run of the job opened."""

    exigibles: int
    montant: Decimal


def tranches_dues(le: dt.date):
    """The planned tranches whose date has come, with the facts of R12, in one query each."""
    return (
        Tranche.objects.filter(etat=EtatTranche.PREVUE, prevue_le__lte=le)
        .annotate(
            contrat_signe=Exists(
                Contrat.objects.filter(dossier=OuterRef("convention__dossier"), etat=EtatContrat.SIGNE)
            ),
            suspendue=Exists(Suspension.objects.filter(convention=OuterRef("convention"), levee_le__isnull=True)),
        )
        .select_related("convention__dossier__structure", "convention__dossier__poste")
        .order_by("prevue_le", "pk")
    )


@verbe
def ouvrir_tranches(*, acteur: Acteur, le: dt.date) -> Bilan:
    """R65: make payable what is due on `le` by R12; run twice, or late by a week, it gives the same result.

    The rows are locked and those another run holds are skipped: two runs at once open each tranche once.
    """
    ouvertes: list[Tranche] = []
    for tranche in tranches_dues(le).select_for_update(of=("self",), skip_locked=True):
        constat = est_exigible(
            date_tranche=tranche.prevue_le,
            aujourdhui=le,
            convention_signee=tranche.convention.etat == EtatConvention.SIGNEE,
            contrat_en_vigueur=tranche.contrat_signe,
            suspension_ouverte=tranche.suspendue,
        )
        if not constat.exigible:
            continue
        MACHINE_TRANCHE.franchir(tranche, "ouvrir", acteur=Acteur.systeme())
        # Late by a week, the tranche is still payable since its own date.
        tranche.exigible_le = tranche.prevue_le
        tranche.save()
        ouvertes.append(tranche)
    if ouvertes:
        notifier_tranches_exigibles(ouvertes)
    return Bilan(len(ouvertes), sum((tranche.montant for tranche in ouvertes), ZERO))


@verbe
def suspendre(*, acteur: Acteur, convention: Convention, motif: str) -> Suspension:
    """R13: stop the payments with a reason; what was payable and not yet validated goes back to planned."""
    if not acteur.est(Role.BDT, Role.ANCT, Role.SYSTEME):
        raise AccesRefuse("Seules l’ANCT et la Banque des Territoires suspendent un versement.")
    verifier_suspension(motif)
    convention = Convention.objects.select_for_update(of=("self",)).get(pk=convention.pk)
    if convention.etat != EtatConvention.SIGNEE:
        raise TransitionInterdite("Seule une convention signée peut être suspendue.")
    if convention.suspensions.filter(levee_le__isnull=True).exists():
        raise TransitionInterdite("Les versements de cette convention sont déjà suspendus.")
    suspension = Suspension.objects.create(convention=convention, motif=motif, ouverte_le=timezone.now())
    for tranche in convention.tranches.select_for_update(of=("self",)).filter(etat=EtatTranche.EXIGIBLE):
        MACHINE_TRANCHE.franchir(tranche, "refermer", acteur=Acteur.systeme())
        tranche.exigible_le = None
        tranche.save()
    notifier_suspension(suspension)
    return suspension


@verbe
def lever(*, acteur: Acteur, suspension: Suspension, motif: str) -> Suspension:
    """R13: payments resume on their original dates; the job opens what fell due meanwhile."""
    if not acteur.est(Role.BDT, Role.ANCT, Role.SYSTEME):
        raise AccesRefuse("Seules l’ANCT et la Banque des Territoires lèvent une suspension.")
    suspension = Suspension.objects.select_for_update(of=("self",)).get(pk=suspension.pk)
    if suspension.levee_le is not None:
        raise TransitionInterdite("Cette suspension est déjà levée.")
    if not motif.strip():
        raise RegleNonRespectee("R13", "Indiquez pourquoi la suspension est levée.", "motif")
    suspension.levee_le, suspension.motif_levee = timezone.now(), motif
    suspension.save()
    notifier_suspension(suspension)
    return suspension
