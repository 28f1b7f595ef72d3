"""Days that pass: the clock of the whole process goes to a day, and runs on from there."""

from __future__ import annotations

import datetime as dt
from typing import Self

import time_machine
from django.utils import timezone

from portal.commun.dates import ajouter_mois

JOUR = dt.timedelta(days=1)


class Calendrier:
    """`le(3)`: three days after today; `le(mois=1, depuis=jour)`: a month after a day. Undone at the end."""

    def __init__(self) -> None:
        self.debut = timezone.localdate()
        self._voyage: time_machine.travel | None = None

    def __enter__(self) -> Self:
        self.le(0)
        return self

    def __exit__(self, *exception: object) -> None:
        self._arreter()

    def jour(self, jours: int = 0, *, mois: int = 0, depuis: dt.date | None = None) -> dt.date:
        return ajouter_mois(depuis or self.debut, mois) + jours * JOUR

    def moment(self, jours: int, heure: int) -> dt.datetime:
        return dt.datetime.combine(self.jour(jours), dt.time(heure), tzinfo=timezone.get_default_timezone())

    def le(self, jours: int = 0, *, mois: int = 0, depuis: dt.date | None = None) -> dt.date:
        """Go to a day, at nine in the morning in Paris."""
        jour = self.jour(jours, mois=mois, depuis=depuis)
        self._arreter()
        matin = dt.datetime.combine(jour, dt.time(9), tzinfo=timezone.get_default_timezone())
        self._voyage = time_machine.travel(matin, tick=True)
        self._voyage.start()
        return jour

    def _arreter(self) -> None:
        if self._voyage is not None:
            self._voyage.stop()
            self._voyage = None
