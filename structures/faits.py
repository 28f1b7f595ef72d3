"""R24: the priority facts about a structure that prefects look at, where they come from, and to whom they apply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.historique import historiser
from portal.commun.journal import journal
from structures.models import Candidature, Fait, FaitPrioritaire, Structure

# field → (short label of the lists, full label)
FAITS: dict[str, tuple[str, str]] = {
    Fait.ACTION_COEUR_DE_VILLE.value: ("ACV", "Action Cœur de Ville"),
    Fait.PETITES_VILLES_DE_DEMAIN.value: ("PVD", "Petites Villes de Demain"),
    Fait.QUARTIER_PRIORITAIRE.value: ("QPV", "Quartier prioritaire (QPV)"),
    Fait.ZONE_RURALE.value: ("ZRR", "Zone de revitalisation rurale (ZRR/FRR)"),
    Fait.FRANCE_SERVICES.value: ("FS", "France services"),
}
SANS_LISTE = "renseigné par la préfecture ou par l’ANCT"


def faits_de(structure: Structure | None, *, court: bool = True) -> list[str]:
    """The labels of the facts that are true."""
    if structure is None:
        return []
    return [libelles[0 if court else 1] for champ, libelles in FAITS.items() if getattr(structure, champ)]


def faits_et_sources(structure: Structure | None) -> list[tuple[str, str]]:
    """The full label of each true fact, and where it comes from: official lists, or somebody who said it."""
    if structure is None:
        return []
    sources: dict[str, list[str]] = defaultdict(list)
    for fait in _faits_connus([structure]):
        if fait.source not in sources[fait.fait]:
            sources[fait.fait].append(fait.source)
    return [
        (libelles[1], ", ".join(sources[champ]) or SANS_LISTE)
        for champ, libelles in FAITS.items()
        if getattr(structure, champ)
    ]


def a_mettre_a_jour(structures: Iterable[Structure], faits: Iterable[FaitPrioritaire] | None = None) -> list[Structure]:
    """The structures to which the lists add a fact, with it, not saved; a fact is never taken back here.

    `faits`: the lines to apply, all those that are known when not given.
    """
    structures = list(structures)
    par_commune, par_siret = defaultdict(set), defaultdict(set)
    for fait in _faits_connus(structures) if faits is None else faits:
        (par_siret[fait.siret] if fait.siret else par_commune[fait.commune_id]).add(fait.fait)
    changees = []
    for structure in structures:
        vrais = par_commune[structure.commune_id] | (par_siret[structure.siret] if structure.siret else set())
        manquants = [champ for champ in vrais if not getattr(structure, champ)]
        for champ in manquants:
            setattr(structure, champ, True)
        if manquants:
            changees.append(structure)
    return changees


def appliquer(structures: Iterable[Structure], faits: Iterable[FaitPrioritaire] | None = None) -> list[Structure]:
    """Set what the lists say on structures under lock, inside a verb; returns those that changed."""
    changees = a_mettre_a_jour(structures, faits)
    for structure in changees:
        structure.modifie_le = timezone.now()
    Structure.objects.bulk_update(changees, [*FAITS, "modifie_le"], batch_size=500)
    historiser(Structure, [structure.pk for structure in changees])
    return changees


def reporter_sur_la_structure(candidature: Candidature) -> None:
    """R24: the lists imported before a structure applied hold for it too (event `candidature.deposee`)."""
    if candidature.structure_id is None:
        return
    with journal(Acteur.systeme(), "Faits des listes officielles"):
        structure = Structure.objects.select_for_update(of=("self",), no_key=True).get(pk=candidature.structure_id)
        for changee in appliquer([structure]):
            # The verb goes on with its own copy: it must not write the old values back.
            for champ in FAITS:
                setattr(candidature.structure, champ, getattr(changee, champ))


def _faits_connus(structures: list[Structure]) -> Iterable[FaitPrioritaire]:
    communes = {structure.commune_id for structure in structures}
    sirets = {structure.siret for structure in structures if structure.siret}
    return FaitPrioritaire.objects.filter(Q(commune__in=communes) | Q(siret__in=sirets)).order_by("pk")
