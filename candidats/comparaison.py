"""The grids of a pair, and candidates of one post side by side (R52): read once, for the page and for the file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from candidats import acces, grille, lectures
from candidats.models import Evaluation, MiseEnRelation, ResultatPix
from portal.commun.acteurs import Acteur
from portal.commun.dates import date_longue
from portal.commun.erreurs import Manquement
from structures.models import Poste

COMPARES_MIN, COMPARES_MAX = 2, 5
NON_EVALUE = "Non évalué"


@dataclass(frozen=True)
class Synthese:
    """What the interviewers of one pair said."""

    evaluations: Sequence[Evaluation]

    @property
    def _notes(self) -> list[dict[str, int]]:
        return [evaluation.notes for evaluation in self.evaluations]

    @property
    def criteres(self) -> list[tuple[grille.Critere, float | None]]:
        moyennes = grille.moyennes(self._notes)
        return [(critere, moyennes[critere.code]) for critere in grille.CRITERES]

    @property
    def lignes(self) -> list[dict[str, Any]]:
        """One line per criterion: the level of each interviewer, then the average."""
        return [
            {
                "libelle": critere.libelle,
                "notes": [notes.get(critere.code) for notes in self._notes],
                "moyenne": moyenne,
            }
            for critere, moyenne in self.criteres
        ]

    def a_evalue(self, acteur: Acteur) -> bool:
        return any(evaluation.auteur_id == acteur.utilisateur_id for evaluation in self.evaluations)

    @property
    def generale(self) -> float | None:
        return grille.moyenne_generale(self._notes)

    @property
    def avis(self) -> str:
        """« 2 favorables, 1 réservé »; empty when nobody evaluated."""
        nombres = Counter(evaluation.avis for evaluation in self.evaluations)
        return ", ".join(
            f"{nombres[avis]} {avis.libelle.lower()}{'s' if nombres[avis] > 1 else ''}"
            for avis in grille.Avis
            if nombres[avis]
        )


def syntheses(acteur: Acteur, paires: Iterable[MiseEnRelation]) -> dict[int, Synthese]:
    """By pair, the grids that this actor may read; one query."""
    par_paire: dict[int, list[Evaluation]] = defaultdict(list)
    cles = [paire.pk for paire in paires]
    lues = acces.evaluations_visibles_par(acteur).filter(mise_en_relation__in=cles).select_related("auteur")
    for evaluation in lues.order_by("cree_le", "pk"):
        par_paire[evaluation.mise_en_relation_id].append(evaluation)
    return {cle: Synthese(par_paire[cle]) for cle in cles}


# --- side by side ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rangee:
    """One line of the table: a title, and one value per person."""

    titre: str
    valeurs: Sequence[Any]


def comparables(acteur: Acteur, poste: Poste) -> list[MiseEnRelation]:
    """R52: the live candidates of a post, those who were chosen first."""
    vivantes = lectures.avec_details(lectures.candidatures(acteur, poste).vivantes())
    avancement = {"entretien": 0, "preselectionnee": 1, "nouvelle": 2}
    return sorted(vivantes, key=lambda p: (avancement[p.etat], -(p.score or 0), p.pk))


def verifier_choix(nombre: int) -> list[Manquement]:
    """R52: two people at least, and no more than a table can show."""
    if COMPARES_MIN <= nombre <= COMPARES_MAX:
        return []
    return [Manquement("R52", f"Choisissez de {COMPARES_MIN} à {COMPARES_MAX} personnes à comparer.", "c")]


def tableau(acteur: Acteur, paires: Sequence[MiseEnRelation]) -> list[Rangee]:
    """R52: criteria as lines, people as columns."""
    lues = syntheses(acteur, paires)
    lignes = [Rangee(titre, [lire(paire) for paire in paires]) for titre, lire in _COLONNES_DU_PROFIL]
    lignes.append(_pix(paires))
    for rang, critere in enumerate(grille.CRITERES):
        moyennes = [_sur_quatre(lues[paire.pk].criteres[rang][1]) for paire in paires]
        lignes.append(Rangee(critere.libelle, moyennes))
    lignes.append(Rangee("Moyenne des critères", [_sur_quatre(lues[paire.pk].generale) for paire in paires]))
    lignes.append(Rangee("Avis", [lues[paire.pk].avis or NON_EVALUE for paire in paires]))
    return lignes


def _sur_quatre(moyenne: float | None) -> str:
    return NON_EVALUE if moyenne is None else f"{moyenne:.1f} sur 4".replace(".", ",")


def _distance(paire: MiseEnRelation) -> str:
    if paire.distance_km is None:
        return "Non connue"
    return "Sur place" if paire.distance_km < 1 else f"{paire.distance_km:.0f} km"


def _pix(paires: Sequence[MiseEnRelation]) -> Rangee:
    """R45: what each person shares of Pix, latest first; one query for all."""
    resultats: dict[int, list[ResultatPix]] = defaultdict(list)
    qui_partagent = [paire.candidat_id for paire in paires if paire.candidat.pix_partage]
    for resultat in ResultatPix.objects.filter(candidat__in=qui_partagent, en_vigueur=True):
        resultats[resultat.candidat_id].append(resultat)
    textes = ["\u00a0; ".join(map(_resultat_pix, resultats[paire.candidat_id])) for paire in paires]
    return Rangee("Pix", [texte or "Non communiqué" for texte in textes])


def _resultat_pix(resultat: ResultatPix) -> str:
    """« Conseillers numériques : palier 2 sur 3 (intermédiaire), 64 % des acquis »."""
    faits = []
    if resultat.niveau_en_mots:
        faits.append(f"palier {resultat.niveau_en_mots}")
    if resultat.maitrise_pourcent is not None:
        faits.append(f"{resultat.maitrise_pourcent}\u00a0% des acquis")
    return f"{resultat}\u00a0: {', '.join(faits)}" if faits else f"{resultat}\u00a0: communiqué"


_COLONNES_DU_PROFIL = (
    ("État", lambda paire: paire.get_etat_display()),
    ("Distance", _distance),
    ("Disponible", lambda paire: f"À partir du {date_longue(paire.candidat.disponible_le)}"),
    ("Expérience de la médiation numérique", lambda paire: "Oui" if paire.candidat.experience else "Pas encore"),
    ("Diplôme", lambda paire: paire.candidat.diplome_nom if paire.candidat.diplome else "Non déclaré"),
    ("Correspondance", lambda paire: "Non calculée" if paire.score is None else f"{paire.score:.0f} sur 100"),
    ("Poste qui l’intéresse", lambda paire: "Oui, la personne l’a dit" if paire.interet_candidat_le else "Pas dit"),
)
