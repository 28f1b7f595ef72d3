"""R24: how many posts are already granted around an application, in its département, its EPCI and its commune."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from structures.models import Candidature, Poste


@dataclass(frozen=True, slots=True)
class Densites:
    departement: int
    epci: int
    commune: int


def attacher_densites(candidatures: Iterable[Candidature]) -> None:
    """Set `densites` on each application, in three queries whatever their number."""
    candidatures = list(candidatures)
    communes = [candidature.commune for candidature in candidatures]
    departements = _accordes("structure__commune__departement", {commune.departement_id for commune in communes})
    # An EPCI may stand over two départements: its posts on the other side count too.
    epcis = _accordes("structure__commune__epci", {commune.epci_id for commune in communes} - {None})
    par_commune = _accordes("structure__commune", {commune.pk for commune in communes})
    for candidature, commune in zip(candidatures, communes, strict=True):
        candidature.densites = Densites(
            departements[commune.departement_id], epcis[commune.epci_id], par_commune[commune.pk]
        )


def _accordes(cle: str, codes: set[str]) -> Counter[str]:
    """R15: the posts that count in each of these territories. One territory per query: few rows come back."""
    postes = Poste.objects.comptes().filter(**{f"{cle}__in": codes})
    return Counter(dict(postes.order_by().values_list(cle).annotate(nombre=Count("pk"))))
