"""The names of bodies: as many as there are in a large town, never twice the same in one commune (R22)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from demo.peuplement.hasard import Lieu
from portal.commun.affichage import de


@dataclass(frozen=True, slots=True)
class Famille:
    """How the bodies of one type are called. `{de}` is the commune after « de »."""

    cle: str
    # There is only one of it in a commune: the town hall, the CCAS.
    unique: str
    autres: tuple[str, ...]


COMMUNE = Famille(
    "commune",
    "Commune {de}",
    (
        "Mairie annexe {de}",
        "Caisse des écoles {de}",
        "Médiathèque municipale {de}",
        "Service jeunesse {de}",
    ),
)
EPCI = Famille(
    "epci",
    "Communauté de communes {de}",
    (
        "Syndicat mixte numérique {de}",
        "Syndicat intercommunal {de}",
        "Pôle d’équilibre territorial {de}",
    ),
)
ETABLISSEMENT = Famille(
    "etablissement",
    "CCAS {de}",
    (
        "Lycée public {de}",
        "Office public de l’habitat {de}",
        "Mission locale publique {de}",
        "Régie de quartier {de}",
    ),
)
ASSOCIATION = Famille(
    "association",
    "Association Numérique pour tous {de}",
    (
        "Centre social {de}",
        "Foyer rural {de}",
        "Maison des jeunes et de la culture {de}",
        "Les Ateliers du clic {de}",
        "Familles connectées {de}",
        "Point d’accueil numérique {de}",
        "Régie associative {de}",
        "Entraide numérique {de}",
        "La Fabrique {de}",
        "Amicale laïque {de}",
    ),
)
ESS = Famille(
    "ess",
    "Coopérative d’usages {de}",
    (
        "Atelier coopératif {de}",
        "Tiers-lieu {de}",
        "La Boutique solidaire {de}",
        "Ressourcerie numérique {de}",
    ),
)
QUARTIERS = (
    "Centre",
    "Gare",
    "Nord",
    "Sud",
    "Est",
    "Ouest",
    "Vieux-Pont",
    "Grands-Prés",
    "Belle-Étoile",
    "Trois-Moulins",
    "Port",
    "Plateau",
    "Jardins",
    "Coteaux",
)


class Noms:
    """Gives the next name of a family in a commune; the same calls give the same names."""

    def __init__(self) -> None:
        self._donnes: Counter[tuple[str, str]] = Counter()

    def donner(self, famille: Famille, lieu: Lieu) -> str:
        rang = self._donnes[famille.cle, lieu.code]
        self._donnes[famille.cle, lieu.code] += 1
        if not rang:
            return famille.unique.format(de=de(lieu.nom))
        tour, place = divmod(rang - 1, len(famille.autres))
        # Not every commune begins with the same one.
        place = (place + sum(map(ord, lieu.code))) % len(famille.autres)
        nom = famille.autres[place].format(de=de(lieu.nom))
        boucle, quartier = divmod(tour, len(QUARTIERS) + 1)
        if quartier:
            nom = f"{nom} – {QUARTIERS[quartier - 1]}"
        return f"{nom} {boucle + 1}" if boucle else nom
