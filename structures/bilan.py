"""What an imported file did, or would do: counts, and what is wrong line by line; nothing is half-imported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portal.commun.affichage import milliers
from portal.commun.erreurs import RegleNonRespectee

ERREURS_MONTREES = 200


def accorder(nombre: int, un: str, plusieurs: str) -> str:
    """`1 200 lieux`."""
    return f"{milliers(nombre)} {plusieurs if nombre > 1 else un}"


@dataclass(frozen=True, slots=True)
class ErreurLigne:
    """One thing to correct, where the spreadsheet shows it."""

    ligne: int
    colonne: str
    message: str


@dataclass(frozen=True, slots=True)
class Changement:
    """One line of the review: what the file changes, before and after."""

    ligne: int
    objet: str
    avant: str
    apres: str


@dataclass(slots=True)
class Bilan:
    lues: int = 0
    nouveaux: int = 0
    modifies: int = 0
    inchanges: int = 0
    ignores: int = 0
    # What a list that replaces another one no longer says.
    retires: int = 0
    erreurs: list[ErreurLigne] = field(default_factory=list)
    avertissements: list[str] = field(default_factory=list)
    changements: list[Changement] = field(default_factory=list)
    # One sentence per list that the file replaces.
    remplacements: list[str] = field(default_factory=list)
    # What this kind of file counts besides.
    autres: dict[str, int] = field(default_factory=dict)

    @property
    def a_ecrire(self) -> int:
        return self.nouveaux + self.modifies + self.retires

    @property
    def lignes_en_erreur(self) -> int:
        return len({erreur.ligne for erreur in self.erreurs})

    def refuser(self, ligne: int, colonne: str, message: str) -> None:
        self.erreurs.append(ErreurLigne(ligne, colonne, message))

    def en_json(self) -> dict[str, Any]:
        return {
            "lues": self.lues,
            "nouveaux": self.nouveaux,
            "modifies": self.modifies,
            "inchanges": self.inchanges,
            "ignores": self.ignores,
            # Only a list that replaces another one takes something away.
            **({"retires": self.retires} if self.remplacements else {}),
            **self.autres,
            "erreurs": [{"ligne": e.ligne, "colonne": e.colonne, "message": e.message} for e in self.erreurs],
            "avertissements": self.avertissements,
        }


class FichierRefuse(RegleNonRespectee):
    """The file has errors: nothing of it was written. `bilan` says which, line by line."""

    def __init__(self, regle: str, bilan: Bilan) -> None:
        nombre = bilan.lignes_en_erreur
        texte = "1 ligne est à corriger" if nombre == 1 else f"{nombre} lignes sont à corriger"
        super().__init__(regle, f"{texte} : rien n’est importé.", "fichier")
        self.bilan = bilan
