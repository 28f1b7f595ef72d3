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
    """Set `densites` on each application, in two queries whatever their number."""
    candidatures = list(candidatures)
    departements = {candidature.commune.departement_id for candidature in candidatures}
    communes, epcis, par_departement = Counter(), Counter(), Counter()
    groupes = (
        Poste.objects.comptes()
        .filter(structure__commune__departement__in=departements)
        .order_by()
        .values_list("structure__commune__departement", "structure__commune__epci", "structure__commune")
        .annotate(nombre=Count("pk"))
    )
    for departement, epci, commune, nombre in groupes:
        par_departement[departement] += nombre
        communes[commune] += nombre
        if epci:
            epcis[epci] += nombre
    # An EPCI may stand over two départements: its posts on the other side count too.
    for epci, nombre in _ailleurs(candidatures, departements):
        epcis[epci] += nombre
    for candidature in candidatures:
        commune = candidature.commune
        candidature.densites = Densites(
            par_departement[commune.departement_id], epcis[commune.epci_id], communes[commune.pk]
        )


def _ailleurs(candidatures: list[Candidature], departements: set[str]) -> Iterable[tuple[str, int]]:
    epcis = {candidature.commune.epci_id for candidature in candidatures if candidature.commune.epci_id}
    return (
        Poste.objects.comptes()
        .filter(structure__commune__epci__in=epcis)
        .exclude(structure__commune__departement__in=departements)
        .order_by()
        .values_list("structure__commune__epci")
        .annotate(nombre=Count("pk"))
    )
