"""Verbs of the files that come back: opinions typed in a spreadsheet (R25), official lists of facts (R24)."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.historique import historiser, supprimer_avec_trace
from portal.commun.verbes import verbe
from structures import droits
from structures.actions.concertation import enregistrer_avis
from structures.bilan import Bilan, FichierRefuse
from structures.faits import appliquer
from structures.lecture_avis import lire_avis
from structures.lecture_faits import comparer, lire_faits
from structures.models import FaitPrioritaire, Structure
from structures.numeros import verrouiller_nom

LOT = 1000


@verbe
def importer_avis(
    *, acteur: Acteur, contenu: bytes, nom: str, departements: frozenset[str] | None = None, motif: str = ""
) -> Bilan:
    """R25: every opinion of the file, or none. ANCT transcribes what a prefecture sent: the author is whoever imports.

    Raises `FichierRefuse`, with the errors line by line, when one line is wrong; the same file again changes nothing.
    """
    droits.IMPORTER_AVIS.exiger(acteur)
    bilan, lus = lire_avis(acteur, contenu, verrou=True, departements=departements)
    if bilan.erreurs:
        raise FichierRefuse("R25", bilan)
    for lu in lus:
        enregistrer_avis(acteur, lu.candidature, lu.courant, lu.contenu)
    return bilan


@verbe
def importer_faits(
    *, acteur: Acteur, contenu: bytes, nom: str, source: str = "", remplacer: bool = False, motif: str = ""
) -> Bilan:
    """R24: an official list, kept for the structures to come and applied to those that are there.

    Raises `FichierRefuse` when one line is wrong. To `remplacer` the lists of the facts that the file names, the places
    that it no longer has lose the fact; what a prefecture or ANCT told of a structure stays.
    """
    droits.IMPORTER_FAITS.exiger(acteur)
    verrouiller_nom("faits-prioritaires")
    bilan, lus = lire_faits(contenu, source)
    if bilan.erreurs:
        raise FichierRefuse("R24", bilan)
    ecart = comparer(bilan, lus, remplacer=remplacer)
    FaitPrioritaire.objects.bulk_create(ecart.nouveaux, batch_size=LOT)
    historiser(FaitPrioritaire, [fait.pk for fait in ecart.nouveaux], creation=True)
    for fait in ecart.modifies:
        fait.modifie_le = timezone.now()
    FaitPrioritaire.objects.bulk_update(ecart.modifies, ["source", "modifie_le"], batch_size=LOT)
    historiser(FaitPrioritaire, [fait.pk for fait in ecart.modifies])
    supprimer_avec_trace(FaitPrioritaire, [fait.pk for fait in ecart.retires])
    concernees = structures_concernees(ecart.poses).select_for_update(of=("self",), no_key=True).order_by("pk")
    bilan.autres["structures"] = len(appliquer(concernees, ecart.nouveaux, ecart.retires))
    return bilan


def structures_concernees(faits: list[FaitPrioritaire]) -> QuerySet[Structure]:
    """The structures that stand where the lists say, or that they name."""
    communes = {fait.commune_id for fait in faits if fait.commune_id}
    sirets = {fait.siret for fait in faits if fait.siret}
    return Structure.objects.filter(Q(commune__in=communes) | Q(siret__in=sirets))
