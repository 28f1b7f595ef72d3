"""Rules of candidates and matching (R40 to R54). Pure: no ORM, no request, no clock.

The national run (`appariement`) applies the same rules to columns of numbers; these functions say what it must find.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.commun.dates import age, date_longue
from portal.commun.enumerations import EnumLibelle
from portal.commun.erreurs import Manquement
from portal.territoires.distance import distance_km

# --- R40, R41: registration ----------------------------------------------------------------------------------------

SITUATIONS = ("recherche_emploi", "en_emploi", "en_formation", "diplome")
FRANCE_ENTIERE = 20_000
MOBILITES = (5, 10, 15, 20, 40, 100, FRANCE_ENTIERE)
AGE_MIN, AGE_MAX = 16, 64
MOTIVATION_MAX = 2500


def age_admis(naissance: date, jour: date) -> bool:
    """R41: from the day of one's 16 years to the eve of one's 65."""
    return AGE_MIN <= age(naissance, jour) <= AGE_MAX


def verifier_age(naissance: date, jour: date, champ: str = "date_naissance") -> list[Manquement]:
    """R41: age at the availability date (or at the start of the contract, R62)."""
    if age_admis(naissance, jour):
        return []
    atteint = age(naissance, jour)
    message = (
        f"Le dispositif est ouvert de {AGE_MIN} à {AGE_MAX} ans : vous auriez {max(atteint, 0)} ans "
        f"le {date_longue(jour)}."
    )
    return [Manquement("R41", message, champ)]


def verifier_inscription(reponses: Mapping[str, object], aujourdhui: date) -> list[Manquement]:
    """R40, R41: everything missing or impossible in a registration, each with its field."""
    manquements = []
    if not any(reponses.get(situation) for situation in SITUATIONS):
        manquements.append(Manquement("R40", "Cochez au moins une situation.", "recherche_emploi"))
    diplome_nom = str(reponses.get("diplome_nom") or "").strip()
    if reponses.get("diplome") and not diplome_nom:
        manquements.append(Manquement("R40", "Indiquez le nom de votre diplôme.", "diplome_nom"))
    if diplome_nom and not reponses.get("diplome"):
        message = "Cochez « diplômé de la médiation numérique » ou effacez le nom du diplôme."
        manquements.append(Manquement("R40", message, "diplome_nom"))
    if reponses.get("mobilite_km") not in MOBILITES:
        manquements.append(Manquement("R40", "Choisissez une distance dans la liste.", "mobilite_km"))
    if len(str(reponses.get("motivation") or "")) > MOTIVATION_MAX:
        message = f"Ce texte ne peut pas dépasser {MOTIVATION_MAX} caractères."
        manquements.append(Manquement("R40", message, "motivation"))
    if reponses.get("retraite"):
        message = "Les personnes retraitées ne peuvent pas devenir conseiller numérique."
        manquements.append(Manquement("R41", message, "retraite"))
    return manquements + _verifier_dates(reponses, aujourdhui)


def _verifier_dates(reponses: Mapping[str, object], aujourdhui: date) -> list[Manquement]:
    naissance, disponible = reponses.get("date_naissance"), reponses.get("disponible_le")
    if isinstance(naissance, date) and naissance >= aujourdhui:
        return [Manquement("R41", "La date de naissance doit être passée.", "date_naissance")]
    if isinstance(naissance, date) and isinstance(disponible, date):
        return verifier_age(naissance, max(disponible, aujourdhui))
    return []


# --- R46: the eligible pair ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lieu:
    """A point and its zone (`zone_du_departement`): metropole, corse, or an overseas code."""

    latitude: float
    longitude: float
    zone: str


@dataclass(frozen=True)
class CandidatFacts:
    """What the rules need to know of a candidate. `identifiant` breaks ties, so it must be stable."""

    identifiant: str
    lieu: Lieu
    mobilite_km: int
    disponible_le: date
    confirme: bool = True
    disponible: bool = True
    recrute: bool = False
    retire: bool = False
    veut_coordination: bool = False
    experience: bool = False
    pix_partage: bool = False
    propositions_vivantes: int = 0


@dataclass(frozen=True)
class PosteFacts:
    """What the rules need to know of a post. `lieux` holds the seat when no place of work is given."""

    identifiant: str
    lieux: tuple[Lieu, ...]
    demarrage_le: date
    structure_active: bool = True
    libre: bool = True
    coordinateur: bool = False
    propositions_vivantes: int = 0


@dataclass(frozen=True)
class Admissibilite:
    """`distance_km` is that of the nearest place the candidate accepts; `motif` says which part of R46 fails."""

    admissible: bool
    distance_km: float | None = None
    motif: str = ""


def paire_admissible(
    candidat: CandidatFacts, poste: PosteFacts, aujourdhui: date, *, deja_ecartee: bool = False
) -> Admissibilite:
    """R46: may this candidate be proposed for this post today?

    `deja_ecartee`: set aside or declined by either side for this post, whoever asks now.
    """
    motif = _motif_hors_distance(candidat, poste, aujourdhui, deja_ecartee)
    if motif:
        return Admissibilite(False, motif=motif)
    distance = distance_acceptee(candidat, poste.lieux)
    if distance is None:
        return Admissibilite(False, motif="Aucun lieu d’exercice n’est à portée de la mobilité du candidat.")
    return Admissibilite(True, distance_km=distance)


def _motif_hors_distance(candidat: CandidatFacts, poste: PosteFacts, aujourdhui: date, deja_ecartee: bool) -> str:
    """The first condition of R46 that fails, distance left aside; empty when none does."""
    limite = max(aujourdhui, poste.demarrage_le)
    conditions = (
        (poste.structure_active, "La structure n’est pas activée."),
        (poste.libre, "Le poste n’est pas libre."),
        (candidat.confirme, "Le candidat n’a pas confirmé son adresse électronique."),
        (not candidat.retire, "Le candidat s’est retiré."),
        (not candidat.recrute, "Le candidat est déjà recruté."),
        (candidat.disponible, "Le candidat n’est pas disponible."),
        (not deja_ecartee, "Cette mise en relation a déjà été écartée ou déclinée."),
        (candidat.veut_coordination or not poste.coordinateur, "Le candidat ne souhaite pas être coordinateur."),
        (candidat.disponible_le <= limite, f"Le candidat n’est pas disponible le {date_longue(limite)}."),
    )
    return next((motif for tenue, motif in conditions if not tenue), "")


def distance_minimale(depart: Lieu, lieux: Sequence[Lieu]) -> float:
    """km to the nearest place, whatever the mobility and the sea: what is shown of a pair chosen by hand (R49)."""
    return min(distance_km(depart.latitude, depart.longitude, lieu.latitude, lieu.longitude) for lieu in lieux)


def distance_acceptee(candidat: CandidatFacts, lieux: Sequence[Lieu]) -> float | None:
    """R46: km to the nearest place the candidate accepts, bound included; None when there is none.

    Below « France entière », no pair leaves its zone: two islands within 100 km of each other are not commutable.
    """
    partout = candidat.mobilite_km == FRANCE_ENTIERE
    distances = [
        distance_km(candidat.lieu.latitude, candidat.lieu.longitude, lieu.latitude, lieu.longitude)
        for lieu in lieux
        if partout or lieu.zone == candidat.lieu.zone
    ]
    acceptees = [distance for distance in distances if partout or distance <= candidat.mobilite_km]
    return min(acceptees, default=None)


# --- R47, R48: how many, in which order ----------------------------------------------------------------------------

PROPOSITIONS_PAR_POSTE = 3
PROPOSITIONS_PAR_CANDIDAT = 10


def places_a_pourvoir(propositions_vivantes: int) -> int:
    """R47: how many proposals a free post still waits for."""
    return max(0, PROPOSITIONS_PAR_POSTE - propositions_vivantes)


def candidat_sature(propositions_vivantes: int) -> bool:
    """R48: no candidate is live in more than ten proposals of the engine."""
    return propositions_vivantes >= PROPOSITIONS_PAR_CANDIDAT


# R48: what each criterion is worth at most. Distance weighs the most, so that nearness decides first; the rest
# separates people who live about as far.
POINTS_DISTANCE = 60
POINTS_DATE = 20
POINTS_EXPERIENCE = 10
POINTS_PIX = 5
POINTS_VOEUX = 5
DISTANCE_DE_REFERENCE_KM = 25.0
ECART_MAX_JOURS = 180


@dataclass(frozen=True)
class Critere:
    """One line of the explanation shown with a proposal."""

    code: str
    points: float
    sur: int
    texte: str

    def en_dict(self) -> dict[str, object]:
        return {"code": self.code, "points": self.points, "sur": self.sur, "texte": self.texte}


@dataclass(frozen=True)
class Note:
    """R48: the score, out of 100, is the sum of its criteria. `cle` sorts the best first, always the same way."""

    score: float
    criteres: tuple[Critere, ...]
    cle: tuple[float, float, date, str]


def points_distance(distance: float) -> float:
    """All points on the spot, half at 25 km: it keeps telling near from less near whatever the mobility."""
    return POINTS_DISTANCE * DISTANCE_DE_REFERENCE_KM / (DISTANCE_DE_REFERENCE_KM + distance)


def ecart_jours(disponible_le: date, demarrage_le: date, aujourdhui: date) -> int:
    """R48: days the person would have to wait for the post, from the day they are really available.

    R46 already asks that they be available in time: the post is never the one that waits.
    """
    return max(0, (max(aujourdhui, demarrage_le) - max(aujourdhui, disponible_le)).days)


def points_date(ecart: int) -> float:
    return POINTS_DATE * (1 - min(ecart, ECART_MAX_JOURS) / ECART_MAX_JOURS)


def critere_distance(distance: float) -> Critere:
    proximite = "sur place" if distance < 1 else f"à {distance:.0f} km d’un lieu d’exercice"
    return Critere("distance", round(points_distance(distance), 2), POINTS_DISTANCE, f"Habite {proximite}.")


def critere_date(ecart: int) -> Critere:
    attente = "Disponible à la date du poste." if ecart == 0 else f"Disponible {ecart} jours avant la date du poste."
    return Critere("date", round(points_date(ecart), 2), POINTS_DATE, attente)


def critere_experience(experience: bool) -> Critere:
    texte = "A une expérience de la médiation numérique." if experience else "Sans expérience déclarée."
    return Critere("experience", POINTS_EXPERIENCE if experience else 0, POINTS_EXPERIENCE, texte)


def critere_pix(partage: bool) -> Critere:
    """R45: Pix shared counts a little and never excludes."""
    texte = "Partage ses résultats Pix." if partage else "Ne partage pas de résultats Pix."
    return Critere("pix", POINTS_PIX if partage else 0, POINTS_PIX, texte)


def critere_voeux(accord: bool) -> Critere:
    texte = "Le type de poste correspond à ses souhaits." if accord else "Souhaite plutôt un autre type de poste."
    return Critere("voeux", POINTS_VOEUX if accord else 0, POINTS_VOEUX, texte)


def noter(candidat: CandidatFacts, poste: PosteFacts, distance: float, aujourdhui: date) -> Note:
    """R48: score and explanation of an eligible pair."""
    criteres = (
        critere_distance(distance),
        critere_date(ecart_jours(candidat.disponible_le, poste.demarrage_le, aujourdhui)),
        critere_experience(candidat.experience),
        critere_pix(candidat.pix_partage),
        critere_voeux(candidat.veut_coordination == poste.coordinateur),
    )
    return Note(
        score := total(criteres),
        criteres,
        cle=(-score, round(distance, 3), candidat.disponible_le, candidat.identifiant),
    )


def total(criteres: Sequence[Critere]) -> float:
    return round(sum(critere.points for critere in criteres), 2)


def classer(
    candidats: Sequence[CandidatFacts], poste: PosteFacts, aujourdhui: date, ecartes: frozenset[str] = frozenset()
) -> list[tuple[CandidatFacts, float, Note]]:
    """R46, R48: eligible candidates of one post, best first, those already at their cap left out."""
    retenus = []
    for candidat in candidats:
        if candidat_sature(candidat.propositions_vivantes):
            continue
        verdict = paire_admissible(candidat, poste, aujourdhui, deja_ecartee=candidat.identifiant in ecartes)
        if verdict.admissible and verdict.distance_km is not None:
            note = noter(candidat, poste, verdict.distance_km, aujourdhui)
            retenus.append((candidat, verdict.distance_km, note))
    return sorted(retenus, key=lambda ligne: ligne[2].cle)


# --- R50, R51: why a pair is set aside or declined -----------------------------------------------------------------


class MotifEcart(EnumLibelle):
    """R50: why the structure is not interested."""

    PROFIL = "profil", "Le profil ne correspond pas au poste"
    AUTRE_CANDIDAT = "autre-candidat", "Une autre candidature a été préférée"
    DISPONIBILITE = "disponibilite", "Les dates ne conviennent pas"
    DISTANCE = "distance", "La personne habite trop loin"
    INJOIGNABLE = "injoignable", "La personne ne répond pas"
    ENTRETIEN = "entretien", "L’entretien n’a pas été concluant"
    DESISTEMENT = "desistement", "La personne s’est désistée auprès de nous"
    AUTRE = "autre", "Autre raison"


class MotifDeclin(EnumLibelle):
    """R51: why the candidate declines."""

    DISTANCE = "distance", "Le lieu est trop éloigné"
    DATE = "date", "La date ne me convient pas"
    SALAIRE = "salaire", "La rémunération ne me convient pas"
    MISSIONS = "missions", "Les missions ne me conviennent pas"
    AUTRE_EMPLOI = "autre-emploi", "J’ai accepté un autre emploi"
    PLUS_DISPONIBLE = "plus-disponible", "Je ne suis plus disponible"
    AUTRE = "autre", "Autre raison"


def verifier_motif(motif: str, precisions: str, motifs: type[EnumLibelle] = MotifEcart) -> list[Manquement]:
    """R50, R51: a reason of the list; « Autre raison » is said in words."""
    regle = "R50" if motifs is MotifEcart else "R51"
    if motif not in set(motifs):
        return [Manquement(regle, "Choisissez une raison dans la liste.", "motif")]
    if motif == "autre" and not precisions.strip():
        return [Manquement(regle, "Précisez votre raison en quelques mots.", "precisions")]
    return []


# --- R52 to R54: interview, validation, recruitment ----------------------------------------------------------------


def conseil_entretien(candidats_vus: int) -> str:
    """R52: the advice of S0 shown when a structure is about to see one person only; it blocks nothing."""
    if candidats_vus > 1:
        return ""
    return "Nous vous conseillons de rencontrer plusieurs personnes avant de faire votre choix."


def verifier_validation(
    *, poste_libre: bool, poste_a_un_valide: bool, candidat_valide_ailleurs: bool, candidat_recrute: bool
) -> list[Manquement]:
    """R53: one validated candidate per post, one post per person; the caller holds both locks."""
    manquements = []
    if poste_a_un_valide:
        manquements.append(Manquement("R53", "Une candidature est déjà validée pour ce poste."))
    elif not poste_libre:
        manquements.append(Manquement("R53", "Ce poste n’est plus à pourvoir."))
    if candidat_recrute:
        manquements.append(Manquement("R53", "Cette personne est déjà recrutée."))
    elif candidat_valide_ailleurs:
        message = "Une autre structure vient de valider cette personne : elle ne peut plus l’être pour votre poste."
        manquements.append(Manquement("R53", message))
    return manquements


def est_recrute(*, depart_formation: date | None, exempte: bool, debut_contrat: date | None, aujourdhui: date) -> bool:
    """R54: on departure in training; who is exempted from the course is recruited when the contract starts."""
    jour = debut_contrat if exempte else depart_formation
    return jour is not None and jour <= aujourdhui


def devient_caduque(*, meme_poste: bool, meme_candidat: bool, vivante: bool, est_la_paire_recrutee: bool) -> bool:
    """R54: a recruitment closes every other live proposal of the person and of the post."""
    return vivante and not est_la_paire_recrutee and (meme_poste or meme_candidat)
