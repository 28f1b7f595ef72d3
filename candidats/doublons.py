"""Registrations that are probably one person (R43): grouped by the database, compared by the rule, shown to ANCT."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Func, TextField, Value
from django.db.models.functions import Greatest, Least, Lower

from candidats.cv import cv_de
from candidats.enums import EtatCandidat
from candidats.models import Candidat, DoublonCandidatEcarte, InvitationCandidat, MiseEnRelation
from candidats.regles_doublons import Identite, ressemblance
from portal.commun.models import Document

# More than this is a birth date given for want of another, not one person registered so many times.
GROUPE_MAX = 20


@dataclass(frozen=True, slots=True)
class Rapprochement:
    """A pair, by its keys in their order, and why."""

    une: int
    autre: int
    pourquoi: str


@dataclass(frozen=True, slots=True)
class Doublon:
    une: Candidat
    autre: Candidat
    pourquoi: str


def identite(candidat: Candidat) -> Identite:
    return Identite(candidat.utilisateur.prenom, candidat.utilisateur.nom, candidat.date_naissance)


def rapprochements() -> list[Rapprochement]:
    """The latest first. Three queries, whatever the number of candidates."""
    paires = {paire for groupe in _groupes() for paire in combinations(sorted(groupe), 2)}
    paires -= set(DoublonCandidatEcarte.objects.values_list("candidat", "autre"))
    cles = {cle for paire in paires for cle in paire}
    lues = Candidat.objects.filter(pk__in=cles).values_list(
        "pk", "utilisateur__prenom", "utilisateur__nom", "date_naissance"
    )
    identites = {cle: Identite(prenom, nom, naissance) for cle, prenom, nom, naissance in lues} if cles else {}
    trouves = (Rapprochement(une, autre, ressemblance(identites[une], identites[autre])) for une, autre in paires)
    return sorted((r for r in trouves if r.pourquoi), key=lambda r: (-r.autre, -r.une))


def lire(rapproches: Iterable[Rapprochement]) -> list[Doublon]:
    """The candidates of these pairs, in one query."""
    rapproches = list(rapproches)
    cles = {cle for r in rapproches for cle in (r.une, r.autre)}
    candidats = {c.pk: c for c in Candidat.objects.filter(pk__in=cles).select_related("utilisateur", "commune")}
    return [Doublon(candidats[r.une], candidats[r.autre], r.pourquoi) for r in rapproches]


def deja_ecarte(une: Candidat, autre: Candidat) -> DoublonCandidatEcarte | None:
    premiere, seconde = sorted((une.pk, autre.pk))
    return DoublonCandidatEcarte.objects.filter(candidat=premiere, autre=seconde).first()


def _groupes() -> list[list[int]]:
    """Same birth date and, folded, the same two names in any order. The rule itself then has the last word."""
    prenom, nom = _replie("utilisateur__prenom"), _replie("utilisateur__nom")
    groupes = (
        Candidat.objects.exclude(etat=EtatCandidat.FUSIONNE)
        .order_by()
        .values("date_naissance", premier=Least(prenom, nom), second=Greatest(prenom, nom))
        .annotate(nombre=Count("pk"), membres=ArrayAgg("pk"))
        .filter(nombre__range=(2, GROUPE_MAX))
    )
    return list(groupes.values_list("membres", flat=True))


def _replie(champ: str) -> Any:
    """`portal.commun.normalisation.normaliser`, near enough, by the database: it may bring two people too many
    together, hardly ever leave two apart."""
    texte: Any = Func(
        F(champ), function="normalize", template="%(function)s(%(expressions)s, NFKD)", output_field=TextField()
    )
    texte = _remplacer(texte, "[\u0300-\u036f]", "")
    texte = Func(texte, Value("ØøĐđŁł"), Value("ooddll"), function="translate", output_field=TextField())
    for lettres, simple in (("[œŒ]", "oe"), ("[æÆ]", "ae"), ("ß", "ss")):
        texte = _remplacer(texte, lettres, simple)
    return Func(_remplacer(Lower(texte), "[^a-z0-9]+", " "), function="trim", output_field=TextField())


def _remplacer(texte: Any, motif: str, par: str) -> Func:
    return Func(texte, Value(motif), Value(par), Value("g"), function="regexp_replace", output_field=TextField())


# --- side by side ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Contenu:
    """What a registration holds: shown before a merge, and what moves with it."""

    candidat: Candidat
    paires: list[MiseEnRelation]
    entretiens: int
    invitations: list[InvitationCandidat]
    consultations: int
    cv: Document | None
    fusionnes: list[Candidat]


def contenu(candidat: Candidat) -> Contenu:
    paires = list(
        candidat.mises_en_relation.select_related("poste__structure__commune")
        .annotate(nb_entretiens=Count("entretiens"))
        .order_by("-etat_le", "-pk")
    )
    for paire in paires:
        paire.candidat = candidat
    return Contenu(
        candidat,
        paires,
        sum(paire.nb_entretiens for paire in paires),
        list(
            InvitationCandidat.objects.filter(courriel__iexact=candidat.utilisateur.email)
            .select_related("poste__structure")
            .order_by("pk")
        ),
        candidat.consultations.count(),
        cv_de(candidat),
        list(candidat.fusionnes.select_related("utilisateur").order_by("etat_le", "pk")),
    )
