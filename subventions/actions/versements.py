"""The payment-date job and what holds it: suspensions, contracts ended (R12, R13, R65)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, TransitionInterdite
from portal.commun.roles import Role
from portal.commun.taches import cle_de_verrou
from portal.commun.verbes import verbe
from subventions.actions.communs import exiger_texte
from subventions.bareme import ZERO
from subventions.enums import EtatConvention, EtatTranche
from subventions.etats import MACHINE_TRANCHE
from subventions.exigibilite import TrancheOuverte, conventions_dues, lire_ouvertures
from subventions.lots import franchir_en_lot
from subventions.models import Convention, Suspension, Tranche
from subventions.notifications_versements import notifier_suspension, notifier_tranches_exigibles

ROLES_SUSPENDENT = (Role.BDT, Role.ANCT, Role.SYSTEME)
VERROU = cle_de_verrou("subventions.ouvrir_tranches:verbe")


@dataclass(frozen=True)
class Bilan:
    """What one run of the job opened."""

    exigibles: int
    montant: Decimal


@verbe
def ouvrir_tranches(*, acteur: Acteur, le: dt.date) -> Bilan:
    """R65: make payable what is due on `le` by R12; run twice, or late by a week, it gives the same result.

    One run at a time: a second one waits, then finds nothing left to do. The conventions are locked before they are
    read, so that a suspension decided at the same moment is either seen, or comes after and closes what was opened.
    """
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(%s)", [VERROU])
    ouvertures = lire_ouvertures(conventions_dues(le), le)
    if not ouvertures:
        return Bilan(0, ZERO)
    for exigible_le, cles in _par_jour(ouvertures).items():
        franchir_en_lot(Tranche, cles, MACHINE_TRANCHE, "ouvrir", acteur=Acteur.systeme(), exigible_le=exigible_le)
    notifier_tranches_exigibles(ouvertures)
    return Bilan(len(ouvertures), sum((ouverture.montant for ouverture in ouvertures), ZERO))


def _par_jour(ouvertures: list[TrancheOuverte]) -> dict[dt.date, list[int]]:
    groupes: dict[dt.date, list[int]] = defaultdict(list)
    for ouverture in ouvertures:
        groupes[ouverture.exigible_le].append(ouverture.pk)
    return groupes


@verbe
def suspendre(*, acteur: Acteur, convention: Convention, motif: str) -> Suspension:
    """R13: stop the payments with a reason; what was payable and not yet validated goes back to planned."""
    if not acteur.est(*ROLES_SUSPENDENT):
        raise AccesRefuse("Seules l’ANCT et la Banque des Territoires suspendent un versement.")
    motif = exiger_texte(
        motif,
        regle="R13",
        champ="motif",
        vide="Indiquez le motif de la suspension : il est communiqué à la structure.",
    )
    convention = _verrouiller(convention)
    if convention.etat != EtatConvention.SIGNEE:
        raise TransitionInterdite("Seule une convention signée par toutes les parties peut être suspendue.")
    if convention.suspensions.filter(levee_le__isnull=True).exists():
        raise TransitionInterdite("Les versements de cette convention sont déjà suspendus.")
    suspension = Suspension.objects.create(convention=convention, motif=motif, ouverte_le=timezone.now())
    for tranche in convention.tranches.select_for_update(of=("self",)).filter(etat=EtatTranche.EXIGIBLE):
        MACHINE_TRANCHE.franchir(tranche, "refermer", acteur=Acteur.systeme(acteur.nom))
        tranche.exigible_le = None
        tranche.save()
    notifier_suspension(suspension)
    return suspension


@verbe
def lever(*, acteur: Acteur, suspension: Suspension, motif: str) -> Suspension:
    """R13: payments resume on their original dates; the job opens what fell due meanwhile."""
    if not acteur.est(*ROLES_SUSPENDENT):
        raise AccesRefuse("Seules l’ANCT et la Banque des Territoires lèvent une suspension.")
    motif = exiger_texte(motif, regle="R13", champ="motif", vide="Indiquez pourquoi la suspension est levée.")
    convention = _verrouiller(suspension.convention)
    suspension = Suspension.objects.select_for_update(of=("self",)).get(pk=suspension.pk)
    suspension.convention = convention
    if suspension.levee_le is not None:
        raise TransitionInterdite("Cette suspension est déjà levée.")
    suspension.levee_le, suspension.motif_levee = timezone.now(), motif
    suspension.save()
    notifier_suspension(suspension)
    return suspension


def _verrouiller(convention: Convention) -> Convention:
    """The row that the payment-date job locks too, with what the mails read."""
    return (
        Convention.objects.select_for_update(of=("self",), no_key=True)
        .select_related("dossier__structure", "dossier__poste")
        .get(pk=convention.pk)
    )
