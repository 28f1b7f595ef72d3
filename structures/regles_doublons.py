"""When two structures are probably one body (R22, hard cases 2, 15 and 22): a score, and the reasons in words."""

from __future__ import annotations

from dataclasses import dataclass

SEUIL = 50
TRES_PROBABLE = 90


@dataclass(frozen=True, slots=True)
class Fiche:
    """What is compared of a structure."""

    nom_normalise: str
    commune: str
    courriel: str
    siret: str = ""
    ridet: str = ""
    epci: str = ""

    @property
    def siren(self) -> str:
        return self.siret[:9]


@dataclass(frozen=True, slots=True)
class Ressemblance:
    score: int
    motifs: tuple[str, ...]

    @property
    def probable(self) -> bool:
        return self.score >= SEUIL

    @property
    def libelle(self) -> str:
        return "Très probable" if self.score >= TRES_PROBABLE else "Probable"


SANS_RESSEMBLANCE = Ressemblance(0, ())


def comparer(une: Fiche, autre: Fiche) -> Ressemblance:
    """R22: uniqueness is on the establishment; these signs say that two rows are the same one.

    Establishments of one body (same SIREN) in different communes are a network, never a duplicate, whatever their
    names and their contact (hard case 22). The e-mail alone says nothing: neighbours share their staff.
    """
    meme_siren = bool(une.siren) and une.siren == autre.siren
    meme_commune = une.commune == autre.commune
    if meme_siren and not meme_commune:
        return SANS_RESSEMBLANCE
    meme_epci = bool(une.epci) and une.epci == autre.epci
    meme_nom = bool(une.nom_normalise) and une.nom_normalise == autre.nom_normalise
    meme_courriel = bool(une.courriel) and une.courriel.lower() == autre.courriel.lower()
    signes = (
        (60, meme_siren, "même SIREN, dans la même commune"),
        (60, meme_nom and meme_commune, "même nom, dans la même commune"),
        (30, meme_nom and not meme_commune and meme_epci, "même nom, dans le même EPCI"),
        (50, meme_courriel and meme_commune, "même adresse électronique du contact, dans la même commune"),
        (30, meme_courriel and not meme_commune and meme_nom, "même adresse électronique du contact"),
        (20, meme_nom and _siret_et_ridet(une, autre), "l’une a un SIRET, l’autre un RIDET"),
    )
    return Ressemblance(
        min(sum(points for points, vrai, _ in signes if vrai), 100), tuple(texte for _, vrai, texte in signes if vrai)
    )


def _siret_et_ridet(une: Fiche, autre: Fiche) -> bool:
    return bool(une.siret and autre.ridet or une.ridet and autre.siret)
