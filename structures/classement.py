"""R25: the ranking of a département in a campaign: which applications it holds, in what order, how it is edited.

An application is ranked through its opinion: it enters the ranking once the prefecture has given one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from structures.enums import ETATS_A_EXAMINER
from structures.models import Avis, Campagne, Candidature

RANG_MAX = 9999


def a_examiner(campagne: Campagne, departement: str) -> QuerySet[Candidature]:
    return Candidature.objects.filter(campagne=campagne, commune__departement=departement, etat__in=ETATS_A_EXAMINER)


def avec_un_avis() -> Exists:
    return Exists(Avis.objects.filter(candidature=OuterRef("pk"), en_vigueur=True))


def classables(campagne: Campagne, departement: str) -> QuerySet[Candidature]:
    """R25: what may be ranked, each with its opinion in force (`avis_courants`)."""
    return (
        a_examiner(campagne, departement)
        .filter(avec_un_avis())
        .select_related("commune", "structure")
        .prefetch_related(
            Prefetch("avis", queryset=Avis.objects.filter(en_vigueur=True), to_attr="avis_courants"),
        )
    )


def rang_de(candidature: Candidature) -> int | None:
    return candidature.avis_courants[0].rang


def dans_l_ordre(candidatures: Iterable[Candidature]) -> list[Candidature]:
    """By rank, those without one last; two of the same rank by number."""
    return sorted(candidatures, key=lambda c: (rang_de(c) or RANG_MAX + 1, c.numero))


def empreinte(candidatures: Iterable[Candidature]) -> str:
    """What somebody read of a ranking: different once somebody else has changed it."""
    lignes = sorted((candidature.pk, rang_de(candidature)) for candidature in candidatures)
    return hashlib.sha256(repr(lignes).encode()).hexdigest()[:16]


@dataclass(slots=True)
class Saisie:
    """A ranking as it was typed: the keys in order, those left without a rank, what is wrong with some numbers."""

    classees: list[str] = field(default_factory=list)
    sans_rang: list[str] = field(default_factory=list)
    erreurs: dict[str, str] = field(default_factory=dict)


def lire_saisie(cles: Sequence[str], saisis: Mapping[str, str], affiches: Mapping[str, str]) -> Saisie:
    """R25: the order that the typed numbers give. `affiches`: the numbers that the page showed.

    A number typed where another application already stands takes its place: the others follow.
    """
    saisie, rangs = Saisie(), {}
    for cle in cles:
        texte = saisis.get(cle, "").strip()
        if not texte:
            saisie.sans_rang.append(cle)
        elif texte.isascii() and texte.isdigit() and 1 <= int(texte[:9]) <= RANG_MAX:
            rangs[cle] = int(texte)
        else:
            saisie.erreurs[cle] = "Le rang est un nombre entier, 1 pour la candidature la plus prioritaire."
            # It stays where it was, so that the page shows what was typed in its line.
            avant = affiches.get(cle, "")
            rangs[cle] = int(avant) if avant.isascii() and avant.isdigit() else RANG_MAX
    place = {cle: position for position, cle in enumerate(cles)}
    saisie.classees = sorted(rangs, key=lambda cle: (*_rang(rangs[cle], affiches.get(cle, "")), place[cle]))
    return saisie


def _rang(rang: int, affiche: str) -> tuple[int, int]:
    """Among equals: raised ones before the one that stood there, lowered ones after it."""
    avant = int(affiche) if affiche.isascii() and affiche.isdigit() else RANG_MAX
    return rang, (rang > avant) - (rang < avant)


def deplacer(classees: list[str], cle: str, pas: int) -> list[str]:
    """R25: « Monter » (−1) and « Descendre » (+1); one that was not ranked comes last."""
    ordre = [autre for autre in classees if autre != cle]
    place = classees.index(cle) + pas if cle in classees else len(ordre)
    ordre.insert(max(0, min(place, len(ordre))), cle)
    return ordre
