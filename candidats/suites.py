"""What follows on other rows once a verb's transaction is committed (R47, R55).

Each follow-up is a verb of the engine in its own transaction: it cannot undo what happened, and what it could not do
is done by the next run, which works from the state of the database. (Not `functools.partial`: it has no name, and
Django names the follow-up that failed when it logs it.)
"""

from __future__ import annotations

from django.db import transaction

from candidats.models import Candidat
from portal.commun.acteurs import Acteur
from structures.models import Poste


def poste_a_completer(poste_id: int) -> None:
    """A slot of this post is free: the next best is proposed at once."""
    transaction.on_commit(lambda: _completer(poste_id), robust=True)


def poste_a_reexaminer(poste_id: int) -> None:
    """This post has changed: some of its proposals may no longer hold, others be possible."""
    transaction.on_commit(lambda: _reexaminer(poste_id), robust=True)


def candidat_a_proposer(candidat: Candidat) -> None:
    """This person can be proposed, or no longer for some posts."""
    transaction.on_commit(lambda: _proposer(candidat.pk), robust=True)


def tout_apparier() -> None:
    """Something wide changed: run the engine as soon as the worker can."""
    from candidats.tasks import demander_appariement

    transaction.on_commit(demander_appariement, robust=True)


def _completer(poste_id: int) -> None:
    from candidats.actions import completer_poste

    completer_poste(acteur=Acteur.systeme(), poste=Poste(pk=poste_id))


def _reexaminer(poste_id: int) -> None:
    from candidats.actions import reexaminer_poste

    reexaminer_poste(acteur=Acteur.systeme(), poste=Poste(pk=poste_id))


def _proposer(candidat_id: int) -> None:
    from candidats.actions import reexaminer_candidat

    reexaminer_candidat(acteur=Acteur.systeme(), candidat=Candidat(pk=candidat_id))
