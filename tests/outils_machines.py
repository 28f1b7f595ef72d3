"""Exhaustive test of a state machine: every state × every transition × every role, against a table written by hand.

ATTENDU = {"retenir": ({"deposee", "examen"}, "retenue", {"anct"}), …}

def test_machine():
    verifier_machine(MACHINE_CANDIDATURE, ATTENDU, Candidature)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django_fsm import TransitionNotAllowed

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, TransitionInterdite
from portal.commun.machines import Machine
from portal.commun.roles import Role

Table = Mapping[str, tuple[set[str], str, set[str]]]


def verifier_machine(machine: Machine, attendu: Table, modele: type[Any]) -> None:
    """`attendu`: transition → (states it starts from, state it leads to, roles that may ask; the portal is implied).

    Nothing is saved: the objects only carry their state. Whatever is not in the table must be refused.
    """
    assert set(attendu) == {ligne.nom for ligne in machine}
    assert machine.initial in machine.etats.values
    for nom in attendu:
        for etat in machine.etats.values:
            for role in Role:
                _verifier_une(machine, attendu, modele, nom, etat, role)
    _verifier_l_atteinte(machine)


def _verifier_une(machine: Machine, attendu: Table, modele: type[Any], nom: str, etat: str, role: Role) -> None:
    sources, cible, roles = attendu[nom]
    objet, acteur = modele(etat=etat), Acteur(role=role, nom="Essai")
    contexte = f"{machine.nom}: {nom} from {etat} as {role.value}"
    role_permis = role in roles or role is Role.SYSTEME
    permis = role_permis and etat in sources
    assert machine.autorise(etat, nom, acteur) is permis, contexte
    assert (nom in {ligne.nom for ligne in objet.actions_permises(acteur)}) is permis, contexte
    if permis:
        machine.franchir(objet, nom, acteur=acteur)
        assert objet.etat == cible, contexte
        assert objet.etat_role == role, contexte
        assert objet.etat_le is not None, contexte
        return
    with pytest.raises((TransitionInterdite, AccesRefuse)):
        machine.franchir(objet, nom, acteur=acteur)
    assert objet.etat == etat, contexte
    if etat not in sources:
        # The field itself refuses too: no code path goes around the table.
        with pytest.raises(TransitionNotAllowed):
            getattr(objet, f"_fsm_{nom}")()
    with pytest.raises(AttributeError):
        objet.etat = cible


def _verifier_l_atteinte(machine: Machine) -> None:
    """Every state can be reached from the first one."""
    atteints, a_voir = {machine.initial}, [machine.initial]
    while a_voir:
        etat = a_voir.pop()
        for ligne in machine:
            if etat in ligne.sources and ligne.cible not in atteints:
                atteints.add(ligne.cible)
                a_voir.append(ligne.cible)
    assert atteints == set(machine.etats.values), f"{machine.nom}: states never reached"
