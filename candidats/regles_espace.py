"""How long what a candidate gave stays true (R44, R51). Pure: no ORM, no request, no clock."""

from __future__ import annotations

from datetime import date, timedelta

from portal.commun.dates import ajouter_mois

# R44: a CV is deleted this long after it was uploaded, or kept again.
CV_MOIS = 6
# The texts give no figure: time enough to come back from holidays and keep it, short enough to remember why.
CV_RAPPEL = timedelta(days=15)
# R51: the texts give no figure either. Two months is the time that a public structure has to recruit (R1): somebody
# who gave no sign during all of it may have found another job.
SILENCE = timedelta(days=60)
# The link of the question works until the next one is sent.
LIEN = SILENCE


def fin_du_cv(depuis: date) -> date:
    """R44, R11: the day on which a CV uploaded, or kept again, on `depuis` is deleted."""
    return ajouter_mois(depuis, CV_MOIS)


def cv_a_rappeler(expire_le: date, jour: date) -> bool:
    """R44: the last fifteen days of a CV; the day itself is too late, the file is gone."""
    return jour < expire_le <= jour + CV_RAPPEL


def silence_depuis(dernier_signe: date, disponible_le: date) -> date:
    """R51: nobody is asked before the day from which they said they were available."""
    return max(dernier_signe, disponible_le)


def disponibilite_a_demander(dernier_signe: date, disponible_le: date, demandee_le: date | None, jour: date) -> bool:
    """R51: « Êtes-vous toujours disponible ? » after sixty days of silence, then once for each sixty days more."""
    limite = jour - SILENCE
    return silence_depuis(dernier_signe, disponible_le) <= limite and (demandee_le is None or demandee_le <= limite)
