"""Invariants of contracts, agreements and tranches that SQL cannot say (R10 to R12, R62 to R64)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import groupby

from django.db.models import Case, Count, DateField, Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.db.models.functions import TruncDate

from portal.commun.coherence import invariant
from portal.commun.dates import ajouter_mois
from structures.enums import EtatPoste
from structures.regimes import Horloge
from subventions.enums import EtatContrat, EtatConvention, EtatTranche, Partie
from subventions.exigibilite import avec_faits
from subventions.models import Contrat, Convention, SignatureConvention, Tranche

FIGEES = (EtatTranche.VALIDEE, EtatTranche.PAYEE)
SIGNEES = Q(etat=EtatConvention.SIGNEE)


@invariant("subventions.tranches_montant", "R10 : les tranches d’une convention signée totalisent son montant")
def somme_des_tranches() -> QuerySet[Convention]:
    # A schedule that an end of contract has cut is no longer the whole amount (R14).
    coupees = Tranche.objects.filter(convention=OuterRef("pk"), etat=EtatTranche.ANNULEE)
    return (
        Convention.objects.filter(SIGNEES, ~Exists(coupees))
        .annotate(total=Sum("tranches__montant"))
        .filter(Q(total__isnull=True) | ~Q(total=F("montant")))
    )


@invariant("subventions.tranches_dates", "R11 : chaque tranche à venir est datée de l’événement de départ")
def dates_des_tranches() -> Iterable[Tranche]:
    tranches = Tranche.objects.filter(etat__in=[EtatTranche.PREVUE, EtatTranche.EXIGIBLE]).select_related("convention")
    for tranche in tranches.iterator(chunk_size=5_000):
        depart = tranche.convention.evenement_le
        if tranche.prevue_le != (ajouter_mois(depart, tranche.mois) if depart else None):
            yield tranche


@invariant("subventions.tranches_ordre", "R64 : les dates à venir d’un échéancier ne reculent pas")
def ordre_des_tranches() -> Iterable[Convention]:
    tranches = (
        Tranche.objects.exclude(etat__in=[*FIGEES, EtatTranche.ANNULEE])
        .filter(prevue_le__isnull=False)
        .select_related("convention")
        .order_by("convention", "rang")
    )
    for convention, groupe in groupby(tranches.iterator(chunk_size=5_000), key=lambda t: t.convention):
        dates = [tranche.prevue_le for tranche in groupe]
        if dates != sorted(dates):
            yield convention


@invariant("subventions.tranches_exigibles", "R12 : aucune tranche n’est exigible sans ses conditions")
def tranches_exigibles_a_tort() -> QuerySet[Tranche]:
    return avec_faits(Tranche.objects.filter(etat=EtatTranche.EXIGIBLE)).filter(
        ~Q(convention__etat=EtatConvention.SIGNEE)
        | Q(contrat_signe_le__isnull=True)
        | Q(suspendue=True)
        | Q(exigible_le__lt=F("prevue_le"))
    )


@invariant("subventions.convention_signatures", "R63 : chaque état d’une convention a ses signatures, du bon fichier")
def signatures_des_conventions() -> QuerySet[Convention]:
    return Convention.objects.annotate(
        structure=Count("signatures", filter=Q(signatures__partie=Partie.STRUCTURE), distinct=True),
        bdt=Count("signatures", filter=Q(signatures__partie=Partie.BDT), distinct=True),
        autres=Count("signatures", filter=~Q(signatures__empreinte=F("empreinte")), distinct=True),
    ).filter(
        Q(autres__gt=0)
        | (SIGNEES & ~Q(structure=1, bdt=1))
        | (Q(etat=EtatConvention.SIGNEE_STRUCTURE) & ~Q(structure=1, bdt=0))
        | (Q(etat=EtatConvention.A_SIGNER) & ~Q(structure=0, bdt=0))
    )


@invariant("subventions.convention_echeancier", "R64 : seule une convention signée par toutes a un échéancier")
def echeanciers_des_conventions() -> QuerySet[Convention]:
    tranches = Tranche.objects.filter(convention=OuterRef("pk"))
    return Convention.objects.filter((SIGNEES & ~Exists(tranches)) | (~SIGNEES & Exists(tranches)))


@invariant("subventions.convention_evenement", "R4 : les dates se comptent à partir du bon événement")
def evenements_des_conventions() -> QuerySet[Convention]:
    contrat = F("dossier__contrat__signe_le"), F("dossier__contrat__debut")
    exempte = Q(dossier__exempte_formation_le__isnull=False)
    attendu = Case(
        When(horloge=Horloge.SIGNATURE_CONVENTION, then=TruncDate("signee_le")),
        When(horloge=Horloge.SIGNATURE_CONTRAT, then=contrat[0]),
        When(horloge=Horloge.DEBUT_CONTRAT, then=contrat[1]),
        When(exempte, horloge=Horloge.DEPART_FORMATION, then=contrat[1]),
        default=F("dossier__depart_formation_le"),
        output_field=DateField(),
    )
    return (
        Convention.objects.filter(SIGNEES, dossier__contrat__etat=EtatContrat.SIGNE)
        .annotate(attendu=attendu)
        .exclude(Q(evenement_le=F("attendu")) | Q(evenement_le__isnull=True, attendu__isnull=True))
    )


@invariant("subventions.convention_montant", "R8 : le montant est la base, plus la majoration, moins les déductions")
def montants_des_conventions() -> QuerySet[Convention]:
    return Convention.objects.exclude(montant=F("base") + F("majoration") - F("deductions"))


@invariant("subventions.convention_empreinte", "R63 : le fichier conservé est celui dont l’empreinte est écrite")
def empreintes_des_conventions() -> Iterable[Convention]:
    conventions = Convention.objects.select_related("document").order_by("pk")
    for convention in conventions.iterator(chunk_size=500):
        if convention.empreinte != convention.document.empreinte or not _fichier_intact(convention):
            yield convention


def _fichier_intact(convention: Convention) -> bool:
    try:
        with convention.document.fichier.open("rb") as fichier:
            return hashlib.sha256(fichier.read()).hexdigest() == convention.empreinte
    except OSError:
        return False


@invariant("subventions.contrat_poste", "R62 : le poste d’un contrat signé est pourvu, son fichier est déposé")
def postes_des_contrats() -> QuerySet[Contrat]:
    return Contrat.objects.filter(etat=EtatContrat.SIGNE).filter(
        ~Q(poste__etat=EtatPoste.POURVU) | Q(document__isnull=True)
    )


@invariant("subventions.contrat_copie", "R62 : le poste et la personne d’un contrat sont ceux de son dossier")
def copies_des_contrats() -> QuerySet[Contrat]:
    return Contrat.objects.exclude(poste=F("dossier__poste"), candidat=F("dossier__mise_en_relation__candidat"))


@invariant("subventions.signature_ordre", "R63 : la structure signe avant la Banque des Territoires")
def ordre_des_signatures() -> QuerySet[SignatureConvention]:
    structure = SignatureConvention.objects.filter(
        convention=OuterRef("convention"), partie=Partie.STRUCTURE, signee_le__lte=OuterRef("signee_le")
    )
    return SignatureConvention.objects.filter(partie=Partie.BDT).filter(~Exists(structure))
