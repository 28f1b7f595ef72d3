"""Named domain events: how a lower floor wakes an upper one (ARCHITECTURE §2).

Plain callables registered at start-up, run in the same transaction as what happened, in the order of registration.
A subscriber that must not undo what happened schedules its work with `transaction.on_commit` itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

_abonnes: dict[str, list[Callable[..., None]]] = defaultdict(list)

# Every event has its line here: name → meaning and payload.
EVENEMENTS = {
    "candidature.deposee": "an application is confirmed: candidature",
    "structure.fusionnee": "two structures were one: gardee (holds the posts of both already), absorbee",
    "poste.accorde": "posts were granted by a closed committee: postes (list)",
    "structure.activee": "a structure has access to its space: structure",
    "poste.libere": "a post can be filled again: poste",
    "poste.ferme": "a post is returned or withdrawn: poste",
    "poste.transfere": "a post changed structure: poste",
    "poste.deplace": "the places of work of posts changed: postes (list)",
    "candidat.fusionne": "two registrations were one person: garde (holds the pairs of both already), absorbe",
    "candidature.validee": "« Valider cette candidature » : mise_en_relation",
    "validation.annulee": "a validation is undone before the contract: mise_en_relation",
    "dossier.conforme": "the subsidy file is compliant: dossier",
    "contrat.signe": "the labour contract is signed: contrat",
    "contrat.rompu": "the contract ended early: contrat",
    "formation.depart": "the person left for training: inscription",
}


def abonner(nom: str, fonction: Callable[..., None]) -> None:
    """Register `fonction` for the event `nom` (once, whatever the number of start-ups in a process)."""
    if nom not in EVENEMENTS:
        raise KeyError(f"unknown event: {nom}")
    if fonction not in _abonnes[nom]:
        _abonnes[nom].append(fonction)


def emettre(nom: str, **donnees: Any) -> None:
    """Call every subscriber of `nom`."""
    if nom not in EVENEMENTS:
        raise KeyError(f"unknown event: {nom}")
    for fonction in list(_abonnes[nom]):
        fonction(**donnees)
