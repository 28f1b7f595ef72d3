"""Ready sentences for the reasons that a committee gives, to be completed or changed before they are sent (R26).

A reason is told to the structure as it is written: these are whole sentences, polite, that explain what comes next.
"""

from __future__ import annotations

from structures.regles import Decision

MOTIFS: dict[Decision, tuple[str, ...]] = {
    Decision.REFUSEE: (
        "Le territoire est déjà couvert par les postes accordés aux structures voisines.",
        "L’enveloppe de la campagne ne permet pas de retenir toutes les candidatures de votre département ; "
        "d’autres projets répondaient davantage aux priorités locales.",
        "Le projet décrit ne porte pas assez sur l’accompagnement des habitants au numérique.",
        "La structure ne remplit pas les conditions de cet appel.",
        "Une autre structure du même territoire porte déjà ce projet : rapprochez-vous d’elle.",
        "Les conditions d’accueil et d’encadrement du conseiller ne sont pas assez précises.",
    ),
    Decision.EXAMEN: (
        "Précisez les lieux d’exercice et les publics visés.",
        "Précisez comment le poste se coordonne avec les autres conseillers du territoire.",
        "L’avis de la préfecture est attendu avant de décider.",
        "Le statut juridique de la structure doit être vérifié.",
        "Le nombre de postes demandé est à discuter avec la préfecture.",
    ),
    Decision.RETENUE: (
        "Le nombre de postes accordés tient compte des postes déjà présents dans le territoire.",
        "Le nombre de postes accordés tient compte de l’enveloppe disponible.",
        "Le comité demande que le poste exerce en priorité dans les quartiers et communes les moins couverts.",
        "La décision précédente est corrigée à la demande de la préfecture.",
        "La décision précédente est corrigée : une erreur de saisie avait modifié le nombre de postes.",
    ),
}


def choix_motifs() -> list[tuple[str, list[tuple[str, str]]]]:
    """Grouped by decision, for a list."""
    return [
        (decision.libelle, [(f"{decision.value}-{rang}", phrase) for rang, phrase in enumerate(phrases)])
        for decision, phrases in MOTIFS.items()
    ]


def phrase(cle: str) -> str:
    """The sentence of a key of the list; empty for anything else."""
    return {cle: texte for _, choix in choix_motifs() for cle, texte in choix}.get(cle, "")


def inserer(motif: str, cle: str) -> str:
    """The reason with the chosen sentence after what is written; never twice the same one."""
    ajout, motif = phrase(cle), motif.strip()
    if not ajout or ajout in motif:
        return motif
    return f"{motif} {ajout}".strip()
