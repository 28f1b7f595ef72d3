"""R81, R82, R84: each machine of training, every state × every transition × every role."""

from __future__ import annotations

from formation.etats import MACHINE_INSCRIPTION, MACHINE_POSITIONNEMENT, MACHINE_SESSION
from formation.models import Inscription, Positionnement, SessionFormation
from portal.commun.roles import Role
from tests.outils_machines import verifier_machine

ORG, STR = Role.ORGANISME, Role.STRUCTURE


def test_positionnement_r81_r84():
    attendu = {
        "passer": ({"propose", "passe"}, "passe", {ORG}),
        "dispenser": ({"propose", "passe"}, "dispense", {ORG}),
        "annuler": ({"propose"}, "annule", {ORG}),
    }
    verifier_machine(MACHINE_POSITIONNEMENT, attendu, Positionnement)


def test_session_r82():
    attendu = {
        "confirmer": ({"ouverte"}, "confirmee", {ORG}),
        "reporter": ({"ouverte"}, "reportee", {ORG}),
        "terminer": ({"confirmee"}, "terminee", {ORG}),
        "annuler": ({"ouverte", "confirmee"}, "annulee", {ORG}),
    }
    verifier_machine(MACHINE_SESSION, attendu, SessionFormation)


def test_inscription_r82_r83():
    attendu = {
        "mettre_en_attente": ({"inscrite"}, "attente", {STR, ORG}),
        "admettre": ({"attente"}, "inscrite", {ORG}),
        "proposer_distance": ({"inscrite", "attente"}, "proposee", {ORG}),
        "partir": ({"inscrite"}, "partie", {ORG}),
        "terminer": ({"partie"}, "terminee", {ORG}),
        "annuler": ({"inscrite", "attente", "proposee"}, "annulee", {STR, ORG}),
    }
    verifier_machine(MACHINE_INSCRIPTION, attendu, Inscription)
