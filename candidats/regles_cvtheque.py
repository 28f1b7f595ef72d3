"""Rules of the CVthèque and of a choice made by hand (R44, R46, R49, R53). Pure: no ORM, no request, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from candidats.regles import (
    FRANCE_ENTIERE,
    MOBILITES,
    CandidatFacts,
    PosteFacts,
    distance_acceptee,
    distance_minimale,
)
from portal.commun.dates import date_longue
from portal.commun.erreurs import Manquement

# « Who accepts to come »: within each person's own mobility (R46) instead of a radius.
SELON_MOBILITE = "mobilite"
TOUTE_LA_FRANCE = "france"
RAYONS = tuple(km for km in MOBILITES if km != FRANCE_ENTIERE)
# What is counted exactly, paged and exported; beyond, a search is to be narrowed.
RESULTATS_MAX = 1000

# By state of the pair that this person and this post already have (the enums' values).
DEJA = {
    "ecartee": "Vous avez écarté cette personne pour ce poste : reprenez sa candidature dans « Écartées ».",
    "declinee": "Cette personne a décliné ce poste.",
    "validee": "Cette personne est déjà validée pour ce poste.",
    "recrutee": "Cette personne est déjà recrutée pour ce poste.",
}
DEJA_EN_COURS = "Cette personne a déjà une candidature en cours pour ce poste."


def verifier_preselection(
    *,
    poste_libre: bool,
    poste_a_un_valide: bool,
    candidat_recrute: bool,
    candidat_valide_ailleurs: bool,
    candidat_disponible: bool,
    de_la_structure: bool,
    etat_existant: str = "",
) -> list[Manquement]:
    """R46, R49, R53: may a structure choose this person by hand for this post? The caller holds both locks.

    Distance, date and wishes do not refuse: people decided to look for each other (`reserves` says what does not fit).
    """
    if etat_existant:
        return [Manquement("R46", DEJA.get(etat_existant, DEJA_EN_COURS), "poste")]
    manquements = []
    if poste_a_un_valide:
        manquements.append(Manquement("R53", "Une candidature est déjà validée pour ce poste.", "poste"))
    elif not poste_libre:
        manquements.append(Manquement("R46", "Ce poste n’est plus à pourvoir.", "poste"))
    if candidat_recrute:
        manquements.append(Manquement("R53", "Cette personne est déjà recrutée."))
    elif candidat_valide_ailleurs:
        manquements.append(Manquement("R53", "Une autre structure a validé cette personne : elle n’est plus libre."))
    elif not candidat_disponible:
        manquements.append(Manquement("R46", "Cette personne n’est plus disponible."))
    if de_la_structure:
        message = (
            "Ce compte est celui d’un membre ou du contact de votre structure : il ne peut pas être présélectionné."
        )
        manquements.append(Manquement("R49", message))
    return manquements


def reserves(candidat: CandidatFacts, poste: PosteFacts, aujourdhui: date) -> list[str]:
    """What R46 would have refused to the engine, in words: shown before a choice by hand, never blocking."""
    phrases = []
    if distance_acceptee(candidat, poste.lieux) is None:
        meme_zone = [lieu for lieu in poste.lieux if lieu.zone == candidat.lieu.zone]
        if meme_zone:
            distance = f"{distance_minimale(candidat.lieu, meme_zone):.1f}".replace(".", ",")
            phrases.append(
                f"Elle accepte de travailler jusqu’à {candidat.mobilite_km} km de chez elle ; le lieu d’exercice le "
                f"plus proche est à {distance} km."
            )
        else:
            phrases.append("Ce poste est de l’autre côté de la mer : elle devrait déménager.")
    limite = max(aujourdhui, poste.demarrage_le)
    if candidat.disponible_le > limite:
        phrases.append(
            f"Elle est disponible à partir du {date_longue(candidat.disponible_le)}, "
            f"après la date du poste ({date_longue(limite)})."
        )
    if poste.coordinateur and not candidat.veut_coordination:
        phrases.append("Elle n’a pas demandé de poste de coordinateur.")
    return phrases


def communes_acceptees(distances: Mapping[str, float]) -> dict[int, list[str]]:
    """R46 by class of mobility: the communes (code → km) from which people of this class come, bound included."""
    return {km: [code for code, distance in distances.items() if distance <= km] for km in RAYONS}
