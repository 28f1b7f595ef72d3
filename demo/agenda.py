"""The story of the demo is played on its own days, in order, so that every date is the one a verb computes.

Without it, a sample with a payable tranche could only be made by writing states and dates by hand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import time_machine
from django.utils import timezone


class Agenda:
    """What happens, day by day, counted from today (negative: before)."""

    def __init__(self, aujourdhui: dt.date) -> None:
        self.aujourdhui = aujourdhui
        self._evenements: list[tuple[int, int, Callable[[], Any]]] = []

    def jour(self, decalage: int) -> dt.date:
        return self.aujourdhui + dt.timedelta(days=decalage)

    def moment(self, decalage: int, heure: int = 10) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(self.jour(decalage), dt.time(heure)))

    def noter(self, decalage: int, faire: Callable[[], Any]) -> None:
        """`faire` happens `decalage` days from today; two things of one day happen in the order they were noted."""
        self._evenements.append((decalage, len(self._evenements), faire))

    def jouer(self) -> None:
        """Play everything, oldest first; what is noted while playing, for the same day or later, is played too."""
        while self._evenements:
            self._evenements.sort(key=lambda evenement: evenement[:2])
            decalage, rang, faire = self._evenements.pop(0)
            if decalage == 0:
                faire()
                continue
            # Within the day, each event a minute after the one before.
            instant = self.moment(decalage, 9) + dt.timedelta(minutes=rang % 600)
            with time_machine.travel(instant, tick=True):
                faire()
