"""Facts shown on the public pages, with their source (R102). Texts are in the templates.

Amounts and delays belong to upper floors; a test checks that what is written here for readers agrees with them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chiffre:
    """A key figure: what is counted, and where the number comes from."""

    valeur: str
    libelle: str


# S0 p. 3 and S1 p. 2, « Les chiffres clés ».
CHIFFRES = (
    Chiffre("13 millions", "de personnes en France manquent d’aisance avec le numérique"),
    Chiffre("4 000", "postes de conseillers numériques ouverts sur tout le territoire"),
    Chiffre("200 M€", "consacrés au dispositif dans le plan France Relance"),
)
SOURCE_CHIFFRES = "ANCT, guides de l’employeur d’un conseiller numérique, 2021 et 2022."


@dataclass(frozen=True, slots=True)
class Etape:
    """One step of the journey of a post, told simply, and who has the hand."""

    titre: str
    texte: str
    qui: str


# DOMAIN §3: the nine steps of S0.
ETAPES = (
    Etape(
        "Candidater", "Votre structure décrit son projet en ligne et confirme son adresse électronique.", "Structure"
    ),
    Etape(
        "Décider",
        "La préfecture donne son avis au vu des besoins du territoire, puis l’ANCT réunit le comité de sélection.",
        "Préfecture et ANCT",
    ),
    Etape(
        "Rencontrer des candidats",
        "Pour chaque poste accordé, le portail propose des personnes disponibles près de chez vous.",
        "Structure et candidats",
    ),
    Etape("Choisir", "Vous menez les entretiens et validez la candidature retenue.", "Structure"),
    Etape(
        "Demander la subvention",
        "Vous déposez les pièces du dossier ; la Banque des Territoires les examine.",
        "Structure et Banque des Territoires",
    ),
    Etape(
        "Préparer la formation",
        "Un test de positionnement fixe la durée du parcours, puis une session est réservée.",
        "Organisme de formation",
    ),
    Etape(
        "Signer",
        "Le contrat de travail et la convention de subvention sont signés.",
        "Structure et Banque des Territoires",
    ),
    Etape("Former et accueillir", "La personne suit sa formation, puis prend ses fonctions chez vous.", "Conseiller"),
    Etape("Suivre", "L’activité est suivie, et la subvention versée aux échéances prévues.", "Tous"),
)
