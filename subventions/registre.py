"""The registers of the Banque des Territoires: agreements by what they wait for, tranches by date; filtered in SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from portal.commun.acteurs import Acteur
from portal.commun.normalisation import normaliser
from subventions.acces import conventions_visibles_par, dossiers_visibles_par, tranches_visibles_par
from subventions.bareme import ZERO
from subventions.enums import EtatContrat, EtatConvention, EtatDossier, EtatTranche
from subventions.exigibilite import avec_faits
from subventions.models import Contrat, Convention, Dossier, Tranche

PAR_PAGE = 25

# --- agreements -----------------------------------------------------------------------------------------------------

A_ETABLIR = "a-etablir"
VUES_CONVENTIONS = {
    A_ETABLIR: ("À établir", None),
    "a-signer": ("À signer par la Banque des Territoires", EtatConvention.SIGNEE_STRUCTURE),
    "structure": ("À signer par la structure", EtatConvention.A_SIGNER),
    "signees": ("Signées", EtatConvention.SIGNEE),
    "annulees": ("Annulées", EtatConvention.ANNULEE),
}


@dataclass(frozen=True)
class LigneConvention:
    """A file and its agreement, when it has one."""

    dossier: Dossier
    contrat: Contrat | None
    convention: Convention | None = None


def dossiers_a_conventionner(acteur: Acteur) -> QuerySet[Dossier]:
    """R63: compliant files, contract written, no agreement yet; the oldest compliance first."""
    return (
        dossiers_visibles_par(acteur)
        .filter(etat=EtatDossier.CONFORME, contrat__etat__in=[EtatContrat.PREPARE, EtatContrat.SIGNE])
        .filter(~Exists(Convention.objects.filter(dossier=OuterRef("pk")).exclude(etat=EtatConvention.ANNULEE)))
        .order_by("conforme_le", "numero")
    )


def filtrer_conventions(acteur: Acteur, filtres: Mapping[str, Any]) -> QuerySet[Any]:
    """Files to make an agreement for, or agreements, by the view asked for."""
    _, etat = VUES_CONVENTIONS[filtres.get("vue") or A_ETABLIR]
    if etat is None:
        return dossiers_a_conventionner(acteur).filter(_communs(filtres, ""))
    conventions = conventions_visibles_par(acteur).filter(etat=etat).filter(_communs(filtres, "dossier__"))
    return conventions.order_by("-signee_le" if etat == EtatConvention.SIGNEE else "etat_le", "pk")


def lire_conventions(objets: QuerySet[Any]) -> list[LigneConvention]:
    """What a page or a spreadsheet shows of them, in one query."""
    liens = ("poste", "structure__commune__departement", "mise_en_relation__candidat__utilisateur", "contrat")
    if objets.model is Dossier:
        return [LigneConvention(d, d.contrat) for d in objets.select_related(*liens)]
    conventions = objets.select_related(*[f"dossier__{lien}" for lien in liens])
    return [LigneConvention(c.dossier, getattr(c.dossier, "contrat", None), c) for c in conventions]


def compter_conventions(acteur: Acteur) -> dict[str, int]:
    """How many in each view, in two queries."""
    etats = conventions_visibles_par(acteur).order_by().values("etat").annotate(n=Count("pk"))
    par_etat = dict(etats.values_list("etat", "n"))
    return {
        vue: dossiers_a_conventionner(acteur).count() if etat is None else par_etat.get(etat, 0)
        for vue, (_, etat) in VUES_CONVENTIONS.items()
    }


# --- tranches -------------------------------------------------------------------------------------------------------

VUES_TRANCHES = {
    "exigibles": "Exigibles",
    "prevues": "Prévues",
    "retenues": "Échues, non exigibles",
    "sans-date": "Sans date",
    "payees": "Validées ou payées",
}


def filtrer_tranches(acteur: Acteur, filtres: Mapping[str, Any], aujourdhui: dt.date) -> QuerySet[Tranche]:
    """R12: payable; planned; due but held by something; waiting for the event of R4; on their way or paid."""
    tranches = tranches_visibles_par(acteur).filter(_communs(filtres, "convention__dossier__"))
    vue = filtres.get("vue") or "exigibles"
    prevues = Q(etat=EtatTranche.PREVUE)
    conditions = {
        "exigibles": Q(etat=EtatTranche.EXIGIBLE),
        "prevues": prevues & Q(prevue_le__gt=aujourdhui),
        "retenues": prevues & Q(prevue_le__lte=aujourdhui),
        "sans-date": prevues & Q(prevue_le__isnull=True),
        "payees": Q(etat__in=[EtatTranche.VALIDEE, EtatTranche.PAYEE]),
    }
    tranches = tranches.filter(conditions[vue])
    if filtres.get("mois"):
        tranches = tranches.filter(prevue_le__year=filtres["mois"].year, prevue_le__month=filtres["mois"].month)
    return tranches.order_by("exigible_le" if vue == "exigibles" else "prevue_le", "pk")


def lire_tranches(tranches: QuerySet[Tranche]) -> QuerySet[Tranche]:
    """With what a page or a spreadsheet shows, in one query."""
    return avec_faits(tranches).select_related(
        "convention__dossier__structure__commune__departement", "convention__dossier__poste"
    )


def totaux(tranches: QuerySet[Tranche]) -> dict[str, Any]:
    return tranches.order_by().aggregate(nombre=Count("pk"), montant=Coalesce(Sum("montant"), ZERO))


def par_mois(tranches: QuerySet[Tranche]) -> list[tuple[dt.date, int, Decimal]]:
    """What each month will ask for."""
    lignes = tranches.order_by().annotate(debut_mois=TruncMonth("prevue_le")).values("debut_mois")
    lignes = lignes.annotate(nombre=Count("pk"), total=Sum("montant")).order_by("debut_mois")
    return list(lignes.values_list("debut_mois", "nombre", "total"))


# --- shared ---------------------------------------------------------------------------------------------------------


def _communs(filtres: Mapping[str, Any], dossier: str) -> Q:
    condition = Q()
    if filtres.get("regime"):
        condition &= Q(**{f"{dossier}poste__regime": filtres["regime"]})
    if filtres.get("departement"):
        condition &= Q(**{f"{dossier}structure__commune__departement": filtres["departement"]})
    for mot in (filtres.get("q") or "").split():
        condition &= _mot(mot, dossier)
    return condition


def _mot(mot: str, dossier: str) -> Q:
    """A word is found in the name of the structure, its SIRET, the number of the agreement or of the file."""
    condition = Q(**{f"{dossier}structure__nom_normalise__contains": normaliser(mot)})
    if dossier:
        # The path to the file starts from the agreement: « dossier__ », « convention__dossier__ ».
        condition |= Q(**{f"{dossier.removesuffix('dossier__')}numero__istartswith": mot})
    if mot.isascii() and mot.isdigit():
        condition |= Q(**{f"{dossier}structure__siret__startswith": mot})
        condition |= Q(**{f"{dossier}structure__ridet__startswith": mot})
        if len(mot) < 10:
            condition |= Q(**{f"{dossier}numero": int(mot)})
    return condition
