"""R24: the priority facts about a structure that prefects look at, where they come from, and to whom they apply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

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


def declarer_faits(structure: Structure, vrais: set[str]) -> None:
    """Set on `structure` the facts that somebody says are true; those that the lists already said stay theirs."""
    avant = {champ for champ in FAITS if getattr(structure, champ)}
    structure.faits_declares = sorted((set(structure.faits_declares) & vrais) | (vrais - avant))
    for champ in FAITS:
        setattr(structure, champ, champ in vrais)


class _Lignes:
    """What lines say of a structure, by its commune or by its SIRET."""

    def __init__(self, faits: Iterable[FaitPrioritaire]) -> None:
        self.par_commune, self.par_siret = defaultdict(set), defaultdict(set)
        for fait in faits:
            (self.par_siret[fait.siret] if fait.siret else self.par_commune[fait.commune_id]).add(fait.fait)

    def de(self, structure: Structure) -> set[str]:
        par_siret = self.par_siret.get(structure.siret, set()) if structure.siret else set()
        return self.par_commune.get(structure.commune_id, set()) | par_siret


def a_mettre_a_jour(
    structures: Iterable[Structure],
    faits: Iterable[FaitPrioritaire] | None = None,
    retires: Collection[FaitPrioritaire] = (),
) -> list[Structure]:
    """The structures whose facts the lists change, with them, not saved.

    `faits`: the lines to apply, all those that are known when not given. `retires`: the lines that their list no longer
    has; the fact goes with them, unless another line says it or somebody told it.
    """
    structures, retires = list(structures), list(retires)
    connus = _faits_connus(structures) if faits is None or retires else ()
    faits = list(connus if faits is None else faits)
    plus_dits = {(fait.fait, fait.commune_id, fait.siret) for fait in retires}
    restent = [fait for fait in connus if (fait.fait, fait.commune_id, fait.siret) not in plus_dits]
    a_mettre, a_oter, gardes = _Lignes(faits), _Lignes(retires), _Lignes([*restent, *faits])
    changees = []
    for structure in structures:
        otes = a_oter.de(structure) - gardes.de(structure) - set(structure.faits_declares)
        voulus = dict.fromkeys(a_mettre.de(structure), True) | dict.fromkeys(otes, False)
        changements = {champ: vrai for champ, vrai in voulus.items() if getattr(structure, champ) != vrai}
        for champ, vrai in changements.items():
            setattr(structure, champ, vrai)
        if changements:
            changees.append(structure)
    return changees


def appliquer(
    structures: Iterable[Structure],
    faits: Iterable[FaitPrioritaire] | None = None,
    retires: Collection[FaitPrioritaire] = (),
) -> list[Structure]:
    """Set what the lists say on structures under lock, inside a verb; returns those that changed."""
    changees = a_mettre_a_jour(structures, faits, retires)
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
