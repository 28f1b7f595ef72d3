"""What is wrong in an answer where somebody's text became something else than a text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import icalendar

from tests.securite import hostile as textes
from tests.securite.pages import Lecteur


def lignes_csv(contenu: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(contenu.decode("utf-8-sig"), newline=""), delimiter=";"))


def defauts(reponse: Any) -> Iterator[str]:
    """What is wrong in an answer, whatever its type."""
    for nom, valeur in reponse.headers.items():
        if "\r" in valeur or "\n" in valeur:
            yield f"line break in {nom}"
    genre = reponse.get("Content-Type", "").partition(";")[0]
    disposition = reponse.get("Content-Disposition", "")
    if genre == "text/html":
        page = reponse.content.decode()
        yield from Lecteur(page).dangers
        if textes.EVALUE in page:
            yield "a template was run"
    elif genre == "text/csv":
        # Streamed or not.
        for ligne in lignes_csv(reponse.getvalue()):
            yield from (f"formula {cellule[:40]!r}" for cellule in ligne if _est_une_formule(cellule))
    elif genre == "text/calendar":
        yield from _defauts_agenda(reponse.content)
    if "<" in disposition or disposition.count('"') > 2:
        yield f"file name {disposition!r}"


def _est_une_formule(cellule: str) -> bool:
    return cellule.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")) and not re.fullmatch(r"-?[\d,]+", cellule)


def _defauts_agenda(contenu: bytes) -> Iterator[str]:
    """One event, no property that a text would have added, lines short enough."""
    agenda = icalendar.Calendar.from_ical(contenu)
    evenements = agenda.walk("VEVENT")
    if len(evenements) != 1 or {"ATTACH", "ATTENDEE", "BCC"} & set(evenements[0]):
        yield "a text added something to the calendar"
    if any(len(ligne) > 75 for ligne in contenu.split(b"\r\n")) or b"\n" in contenu.replace(b"\r\n", b""):
        yield "calendar line too long or broken"
