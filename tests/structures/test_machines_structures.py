"""Every state × every transition × every role of the machines of this floor (R22, R25 to R31, R53)."""

from structures.etats import (
    MACHINE_CAMPAGNE,
    MACHINE_CANDIDATURE,
    MACHINE_CHANGEMENT,
    MACHINE_COMITE,
    MACHINE_DEMANDE,
    MACHINE_POSTE,
)
from structures.models import Campagne, Candidature, ChangementEtablissement, Comite, DemandePostes, Poste
from tests.outils_machines import verifier_machine

CANDIDATURE = {
    "deposer": ({"a_confirmer"}, "deposee", {"visiteur", "structure"}),
    "rendre": ({"deposee", "examen"}, "a_corriger", {"prefecture", "anct"}),
    "reprendre": ({"deposee", "examen"}, "a_corriger", {"visiteur", "structure"}),
    "corriger": ({"a_corriger"}, "deposee", {"visiteur", "structure"}),
    "retenir": ({"deposee", "examen"}, "retenue", {"anct"}),
    "refuser": ({"deposee", "examen"}, "refusee", {"anct"}),
    "examiner": ({"deposee", "examen"}, "examen", {"anct"}),
    "requalifier": ({"refusee"}, "retenue", {"anct"}),
    "rectifier": ({"retenue"}, "refusee", {"anct"}),
    "activer": ({"retenue"}, "activee", {"anct"}),
    "reexaminer": ({"refusee"}, "deposee", {"visiteur", "structure"}),
    "abandonner": (
        {"a_confirmer", "deposee", "a_corriger", "examen", "retenue", "activee"},
        "abandonnee",
        {"visiteur", "structure", "anct"},
    ),
}
POSTE = {
    "reserver": ({"a_pourvoir"}, "reserve", {"structure"}),
    "liberer": ({"reserve", "pourvu"}, "a_pourvoir", {"structure", "bdt", "anct"}),
    "pourvoir": ({"reserve"}, "pourvu", {"structure"}),
    "rendre": ({"a_pourvoir"}, "rendu", {"structure", "anct"}),
    "retirer": ({"a_pourvoir"}, "retire", {"anct"}),
}
CAMPAGNE = {
    "ouvrir": ({"preparee", "fermee"}, "ouverte", {"anct"}),
    "fermer": ({"ouverte"}, "fermee", {"anct"}),
}
DEMANDE = {
    "accorder": ({"en_cours"}, "accordee", {"anct"}),
    "refuser": ({"en_cours"}, "refusee", {"anct"}),
    "retirer": ({"en_cours"}, "retiree", {"structure", "anct"}),
}
CHANGEMENT = {
    "accepter": ({"demande"}, "accepte", {"anct"}),
    "refuser": ({"demande"}, "refuse", {"anct"}),
    "retirer": ({"demande"}, "retire", {"structure"}),
}
COMITE = {"cloturer": ({"preparation"}, "clos", {"anct"})}


def test_machine_candidature():
    verifier_machine(MACHINE_CANDIDATURE, CANDIDATURE, Candidature)


def test_machine_poste():
    verifier_machine(MACHINE_POSTE, POSTE, Poste)


def test_machine_campagne():
    verifier_machine(MACHINE_CAMPAGNE, CAMPAGNE, Campagne)


def test_machine_comite():
    verifier_machine(MACHINE_COMITE, COMITE, Comite)


def test_machine_demande():
    verifier_machine(MACHINE_DEMANDE, DEMANDE, DemandePostes)


def test_machine_changement():
    verifier_machine(MACHINE_CHANGEMENT, CHANGEMENT, ChangementEtablissement)
