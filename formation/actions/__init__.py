"""The verbs of training, one module per noun (ARCHITECTURE §3)."""

from formation.actions.contacts import contacter_organisme, noter_contact
from formation.actions.departs import enregistrer_depart
from formation.actions.inscriptions import annuler_inscription, inscrire, repondre_distance
from formation.actions.organismes import creer_lot, creer_organisme, modifier_lot, modifier_organisme
from formation.actions.positionnements import dispenser, enregistrer_resultat, proposer_test
from formation.actions.sessions import annuler_session, cloturer_inscriptions, creer_session, terminer_session
from formation.actions.suites import abandonner_formation

__all__ = [
    "abandonner_formation",
    "annuler_inscription",
    "annuler_session",
    "cloturer_inscriptions",
    "contacter_organisme",
    "creer_lot",
    "creer_organisme",
    "creer_session",
    "dispenser",
    "enregistrer_depart",
    "enregistrer_resultat",
    "inscrire",
    "modifier_lot",
    "modifier_organisme",
    "noter_contact",
    "proposer_test",
    "repondre_distance",
    "terminer_session",
]
