"""The evaluation grid of an interview (R52), as data and pure functions.

S0 advises to recruit above all on motivation and on the way of being with people, as the training comes afterwards:
these criteria come first, and ease with digital tools is one among seven. A criterion that was not talked about is
« non évalué »: it counts for nobody, neither as a bad mark nor as a middling one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.commun.enumerations import EnumLibelle
from portal.commun.erreurs import Manquement

NIVEAUX = (1, 2, 3, 4)


@dataclass(frozen=True)
class Critere:
    """`niveaux` says in one sentence what is seen at each level, from 1 to 4, so that two people mark alike."""

    code: str
    libelle: str
    question: str
    niveaux: tuple[str, str, str, str]


CRITERES = (
    Critere(
        "motivation",
        "Motivation",
        "Pourquoi ce métier, et pourquoi ici\u00a0?",
        (
            "Ne sait pas dire ce qui l’attire dans ce métier.",
            "Cherche surtout un emploi ; connaît peu la mission.",
            "A compris la mission et dit ce qui lui plaît.",
            "A un projet personnel pour la mission et l’illustre par des exemples.",
        ),
    ),
    Critere(
        "pedagogie",
        "Écoute et pédagogie",
        "Part-il ou part-elle du besoin de la personne, avec ses mots\u00a0?",
        (
            "Fait à la place de la personne, sans l’écouter.",
            "Explique, mais trop vite ou avec des mots techniques.",
            "Écoute, reformule et explique pas à pas.",
            "Adapte son explication et vérifie que la personne sait refaire seule.",
        ),
    ),
    Critere(
        "posture",
        "Posture et relation au public",
        "Comment se place-t-il ou se place-t-elle face à une personne en difficulté\u00a0?",
        (
            "Juge la personne ou perd patience.",
            "Reste correct mais distant, ou promet plus que sa mission.",
            "Est accueillant, patient, et connaît les limites de son rôle.",
            "Met en confiance, protège les données de la personne et sait passer le relais.",
        ),
    ),
    Critere(
        "publics",
        "Adaptation aux publics éloignés du numérique",
        "Âge, langue, lecture, handicap, peur de se tromper : que propose-t-il ou que propose-t-elle\u00a0?",
        (
            "N’imagine pas que le numérique puisse être difficile.",
            "Voit les difficultés mais propose la même chose à tous.",
            "Cite plusieurs publics et une façon de faire pour chacun.",
            "A déjà accompagné ces publics, ou imagine des réponses précises et réalistes.",
        ),
    ),
    Critere(
        "numerique",
        "Aisance numérique",
        "La formation complétera : l’envie d’apprendre compte autant que les connaissances.",
        (
            "Est en difficulté avec les usages courants.",
            "Maîtrise ses propres usages, sans aller au-delà.",
            "Est à l’aise et sait chercher une réponse.",
            "Suit les nouveautés, les essaie et sait les expliquer simplement.",
        ),
    ),
    Critere(
        "organisation",
        "Organisation et autonomie",
        "Comment prépare-t-il ou prépare-t-elle une semaine dans plusieurs lieux\u00a0?",
        (
            "A besoin d’être guidé à chaque étape.",
            "S’organise dans un cadre connu.",
            "Prépare ses ateliers et rend compte sans qu’on le lui demande.",
            "Organise un planning, prévient les imprévus et propose des améliorations.",
        ),
    ),
    Critere(
        "territoire",
        "Connaissance du territoire",
        "À qui penserait-il ou penserait-elle pour travailler ensemble\u00a0?",
        (
            "Ne connaît ni le territoire ni ses acteurs, et ne s’est pas renseigné.",
            "Connaît quelques lieux.",
            "Cite des lieux et des partenaires utiles à la mission.",
            "Connaît les habitants et les partenaires, ou a préparé des contacts précis.",
        ),
    ),
)
CODES = tuple(critere.code for critere in CRITERES)


class Avis(EnumLibelle):
    """R52: what the interviewer concludes."""

    FAVORABLE = "favorable", "Favorable"
    RESERVE = "reserve", "Réservé"
    DEFAVORABLE = "defavorable", "Défavorable"


def verifier_grille(notes: Mapping[str, int], avis: str) -> list[Manquement]:
    """R52: known criteria, levels from 1 to 4, an overall opinion. What was not evaluated is left out of `notes`."""
    manquements = [
        Manquement("R52", "Choisissez un niveau de 1 à 4, ou « Non évalué ».", code if code in CODES else None)
        for code, note in notes.items()
        if code not in CODES or note not in NIVEAUX
    ]
    if avis not in set(Avis):
        manquements.append(Manquement("R52", "Choisissez votre avis d’ensemble.", "avis"))
    return manquements


def moyenne(notes: Iterable[int | float | None]) -> float | None:
    """The average of what was evaluated; None when nothing was."""
    evaluees = [note for note in notes if note is not None]
    return sum(evaluees) / len(evaluees) if evaluees else None


def moyennes(grilles: Iterable[Mapping[str, int]]) -> dict[str, float | None]:
    """By criterion, the average over the interviewers who evaluated it."""
    grilles = list(grilles)
    return {code: moyenne(grille.get(code) for grille in grilles) for code in CODES}


def moyenne_generale(grilles: Iterable[Mapping[str, int]]) -> float | None:
    """The average of the criteria, each for the same weight however many people evaluated it."""
    return moyenne(moyennes(grilles).values())
