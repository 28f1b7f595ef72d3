"""Spreadsheets typed by hand, for the tests of the files that come back."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from structures.export_comite import TITRES_AVIS

COMMENTAIRE = "Projet attendu par le territoire, bien ancré."
TITRES = [TITRES_AVIS[cle] for cle in ("numero", "identifiant", "sens", "nb_postes", "rang", "commentaire")]


def ligne(candidature: Any, **champs: Any) -> list[Any]:
    """A line that is right, in the order of `TITRES`."""
    valeurs = {
        "numero": candidature.numero,
        "identifiant": candidature.identifiant,
        "sens": "Favorable",
        "nb_postes": 2,
        "rang": "",
        "commentaire": COMMENTAIRE,
        **champs,
    }
    return list(valeurs.values())


def en_csv(
    lignes: Sequence[Sequence[Any]],
    titres: Sequence[str] = TITRES,
    *,
    encodage: str = "utf-8-sig",
    separateur: str = ";",
) -> bytes:
    tampon = io.StringIO(newline="")
    csv.writer(tampon, delimiter=separateur, lineterminator="\r\n").writerows([titres, *lignes])
    return tampon.getvalue().encode(encodage)


def en_xlsx(lignes: Sequence[Sequence[Any]], titres: Sequence[str] = TITRES) -> bytes:
    classeur = Workbook()
    for rangee in [titres, *lignes]:
        classeur.active.append(list(rangee))
    tampon = io.BytesIO()
    classeur.save(tampon)
    return tampon.getvalue()
