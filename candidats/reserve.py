"""R47: the next best candidates of one post, from what the last run kept, checked again one by one.

The reserve holds who was eligible and not proposed; who registered or changed since is looked at too. A stale line
harms nobody: the pure rule decides on today's facts, once before the locks and once under them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from candidats import regles
from candidats.actions.distances import lieu_de, lieux_du_poste
from candidats.colonnes import autour
from candidats.enums import ETATS_VIVANTS, EtatMiseEnRelation, Origine
from candidats.models import Candidat, MiseEnRelation, ReserveAppariement
from structures.models import Poste

# More people than that changed since the run: the live search is as good.
RECENTS_MAX = 200


class Suivant(NamedTuple):
    """One eligible candidate, with what R48 says of the pair."""

    candidat_id: int
    distance: float
    note: regles.Note


def suivants(poste: Poste, le: date) -> list[Suivant]:
    """Who may be proposed today among the reserve and those who changed since, best first; nobody without reserve."""
    reserve = ReserveAppariement.objects.filter(poste=poste).first()
    if reserve is None:
        return []
    recents = list(
        Candidat.objects.filter(autour(poste), modifie_le__gte=reserve.calculee_le).values_list("pk", flat=True)[
            : RECENTS_MAX + 1
        ]
    )
    if len(recents) > RECENTS_MAX:
        return []
    return eligibles(poste, {*reserve.candidats, *recents}, le)


def eligibles(poste: Poste, cles: Iterable[int], le: date) -> list[Suivant]:
    """R46, R48: the pure rules on these candidates as they are now."""
    faits = _faits_du_poste(poste)
    retenus = []
    for candidat in _proposables(poste, cles):
        fait = _faits_du_candidat(candidat)
        verdict = regles.paire_admissible(fait, faits, le)
        if (
            verdict.admissible
            and verdict.distance_km is not None
            and not candidat.vivantes_du_moteur >= (regles.PROPOSITIONS_PAR_CANDIDAT)
        ):
            note = regles.noter(fait, faits, verdict.distance_km, le)
            retenus.append(Suivant(candidat.pk, verdict.distance_km, note))
    return sorted(retenus, key=lambda suivant: suivant.note.cle)


def _proposables(poste: Poste, cles: Iterable[int]) -> QuerySet[Candidat]:
    """Without those already paired with this post, whatever was decided, nor those validated somewhere (R46, R53)."""
    siennes = MiseEnRelation.objects.filter(candidat=OuterRef("pk"))
    return (
        Candidat.objects.proposables()
        .filter(
            ~Exists(siennes.filter(poste=poste).exclude(etat=EtatMiseEnRelation.CADUQUE)),
            ~Exists(siennes.validees()),
            pk__in=list(cles),
            utilisateur__is_active=True,
        )
        .select_related("commune")
        .annotate(
            vivantes_du_moteur=Count(
                "mises_en_relation",
                filter=Q(mises_en_relation__etat__in=ETATS_VIVANTS, mises_en_relation__origine=Origine.MOTEUR),
            )
        )
    )


def _faits_du_poste(poste: Poste) -> regles.PosteFacts:
    return regles.PosteFacts(
        identifiant=str(poste.uuid),
        lieux=lieux_du_poste(poste),
        demarrage_le=poste.demarrage_le,
        coordinateur=poste.coordinateur,
    )


def _faits_du_candidat(candidat: Candidat) -> regles.CandidatFacts:
    return regles.CandidatFacts(
        identifiant=str(candidat.uuid),
        lieu=lieu_de(candidat.commune),
        mobilite_km=candidat.mobilite_km,
        disponible_le=candidat.disponible_le,
        veut_coordination=candidat.interet_coordination,
        experience=candidat.experience,
    )
