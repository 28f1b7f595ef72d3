"""The verbs of training, one module per noun (ARCHITECTURE §3)."""

from formation.actions.contacts import contacter_organisme, noter_contact
from formation.actions.departs import enregistrer_depart
from formation.actions.positionnements import dispenser, enregistrer_resultat, proposer_test
from formation.actions.sessions import (
    annuler_inscription,
    cloturer_inscriptions,
    creer_session,
    inscrire,
    repondre_distance,
)

__all__ = [
    "annuler_inscription",
    "cloturer_inscriptions",
    "contacter_organisme",
    "creer_session",
    "dispenser",
    "enregistrer_depart",
    "enregistrer_resultat",
    "inscrire",
    "noter_contact",
    "proposer_test",
    "repondre_distance",
]
