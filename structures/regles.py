"""Rules of structures, concertation and committees (R1, R15, R25 to R31). Pure: no ORM, no request, no clock.

R20 is in `questionnaire`, R21 in `identifiants`, the calls themselves in `regimes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal.commun.dates import ajouter_mois, date_longue
from portal.commun.enumerations import EnumLibelle
from portal.commun.erreurs import Manquement, RegleNonRespectee
from structures.regimes import DepartDelai, Regime

COMMENTAIRE_MIN, COMMENTAIRE_MAX = 10, 1000
MOTIF_MAX = 2500


# --- R1: time to recruit -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Echeance:
    """A deadline and the sentence that explains it to the structure."""

    date: date
    explication: str
    source: str


def echeance_recrutement(
    regime: Regime,
    *,
    comite_le: date | None = None,
    notifie_le: date | None = None,
    derogation_le: date | None = None,
    remis_a_pourvoir_le: date | None = None,
    prolongee_au: date | None = None,
) -> Echeance:
    """R1: the day by which a post must be filled.

    `derogation_le` lifts the absolute date of the 2022 guide: the month then runs from the derogation, when it is later
    than the committee. `remis_a_pourvoir_le` restarts the delay of a post that was vacated (R68). `prolongee_au` is
    ANCT's extension (R30): it never shortens a delay.
    """
    delai = regime.delai_recrutement
    echeance = _echeance_initiale(regime, comite_le, notifie_le, derogation_le)
    if remis_a_pourvoir_le:
        texte = f"{delai.mois} mois à partir du jour où le poste est redevenu libre."
        echeance = Echeance(ajouter_mois(remis_a_pourvoir_le, delai.mois), texte, delai.source)
    if prolongee_au and prolongee_au > echeance.date:
        return Echeance(prolongee_au, f"Délai prolongé par l’ANCT jusqu’au {date_longue(prolongee_au)}.", "R30")
    return echeance


def _echeance_initiale(
    regime: Regime, comite_le: date | None, notifie_le: date | None, derogation_le: date | None
) -> Echeance:
    delai = regime.delai_recrutement
    depart = comite_le if delai.depart is DepartDelai.COMITE else notifie_le
    if depart is None:
        message = f"La date qui ouvre le délai de recrutement manque : {delai.depart.libelle}."
        raise RegleNonRespectee("R1", message)
    texte = f"{delai.mois} mois à partir du {date_longue(depart)} ({delai.depart.libelle})."
    if delai.date_butoir and depart < delai.date_butoir:
        if derogation_le is None:
            texte = f"Date butoir fixée au {date_longue(delai.date_butoir)} pour les postes accordés avant elle."
            return Echeance(delai.date_butoir, texte, delai.source)
        depart = max(depart, derogation_le)
        texte = f"{delai.mois} mois à partir du {date_longue(depart)} (dérogation à la date butoir)."
        # A derogation gives time, it never takes any away.
        return Echeance(max(ajouter_mois(depart, delai.mois), delai.date_butoir), texte, delai.source)
    return Echeance(ajouter_mois(depart, delai.mois), texte, delai.source)


# --- R30: reminders before the deadline ----------------------------------------------------------------------------


class Rappel(EnumLibelle):
    MI_PARCOURS = "mi-parcours", "À mi-parcours du délai"
    QUINZE_JOURS = "quinze-jours", "Quinze jours avant l’échéance"
    JOUR_MEME = "jour-meme", "Le jour de l’échéance"


def rappels_recrutement(depart: date, echeance: date) -> list[tuple[date, Rappel]]:
    """R30: at half-time, 15 days before, on the day. Never before the delay opens, never two on one day.

    When two fall together the more urgent one is kept.
    """
    prevus = {
        depart + (echeance - depart) // 2: Rappel.MI_PARCOURS,
        echeance - timedelta(days=15): Rappel.QUINZE_JOURS,
        echeance: Rappel.JOUR_MEME,
    }
    return sorted((jour, rappel) for jour, rappel in prevus.items() if depart < jour <= echeance or jour == echeance)


def rappel_du_jour(depart: date, echeance: date, aujourdhui: date) -> Rappel | None:
    return dict(rappels_recrutement(depart, echeance)).get(aujourdhui)


def en_retard(echeance: date, aujourdhui: date) -> bool:
    """R30: the deadline's day itself is still in time."""
    return aujourdhui > echeance


def jalons_indicatifs(premiere_proposition: date) -> tuple[date, date]:
    """R30, shown and never enforced (S4, softened by S3): select within 15 days, then sign within 15 days."""
    return premiere_proposition + timedelta(days=15), premiere_proposition + timedelta(days=30)


# --- R25, R26: opinions and decisions ------------------------------------------------------------------------------


class SensAvis(EnumLibelle):
    FAVORABLE = "favorable", "Favorable"
    RESERVE = "reserve", "Réservé"
    DEFAVORABLE = "defavorable", "Défavorable"


class Decision(EnumLibelle):
    RETENUE = "retenue", "Retenue"
    REFUSEE = "refusee", "Refusée"
    EXAMEN = "examen", "Examen complémentaire"


def verifier_avis(sens: str, nb_postes: int | None, commentaire: str, rang: int | None = None) -> list[Manquement]:
    """R25: a known opinion, a number of posts, a comment of 10 to 1 000 characters, a rank from 1 when it is given."""
    manquements = []
    if sens not in set(SensAvis):
        manquements.append(Manquement("R25", "Choisissez un avis : favorable, réservé ou défavorable.", "sens"))
    if nb_postes is None or nb_postes < 0:
        message = "Indiquez le nombre de postes proposé : zéro ou plus."
        manquements.append(Manquement("R25", message, "nb_postes"))
    elif sens == SensAvis.FAVORABLE and nb_postes == 0:
        message = "Un avis favorable propose au moins un poste."
        manquements.append(Manquement("R25", message, "nb_postes"))
    if not COMMENTAIRE_MIN <= len(commentaire.strip()) <= COMMENTAIRE_MAX:
        message = f"Le commentaire doit compter de {COMMENTAIRE_MIN} à {COMMENTAIRE_MAX} caractères."
        manquements.append(Manquement("R25", message, "commentaire"))
    if rang is not None and rang < 1:
        manquements.append(Manquement("R25", "Le rang dans le département commence à 1.", "rang"))
    return manquements


def verifier_decision(decision: str, nb_postes: int, motif: str) -> list[Manquement]:
    """R26: posts when granted, a reason to the structure when refused or kept for further examination."""
    if decision not in set(Decision):
        return [Manquement("R26", "Choisissez une décision : retenue, refusée ou examen complémentaire.", "decision")]
    manquements = []
    if decision == Decision.RETENUE and nb_postes < 1:
        message = "Indiquez le nombre de postes accordés : au moins un."
        manquements.append(Manquement("R26", message, "nb_postes"))
    if decision != Decision.RETENUE and nb_postes:
        message = "Aucun poste n’est accordé à une candidature qui n’est pas retenue."
        manquements.append(Manquement("R26", message, "nb_postes"))
    if decision != Decision.RETENUE and not motif.strip():
        message = "Indiquez le motif : il est communiqué à la structure."
        manquements.append(Manquement("R26", message, "motif"))
    if len(motif) > MOTIF_MAX:
        manquements.append(Manquement("R26", f"Le motif ne peut pas dépasser {MOTIF_MAX} caractères.", "motif"))
    return manquements


# --- R15: the envelope ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Enveloppe:
    postes: int
    montant: Decimal


def postes_en_mots(nombre: int) -> str:
    """« 1 poste », « 3 postes »; zero is singular in French."""
    return f"{nombre} poste{'s' if nombre > 1 else ''}"


def reste_en_mots(nombre: int) -> str:
    """« il ne reste aucun poste », « il reste 3 postes »."""
    return f"il reste {postes_en_mots(nombre)}" if nombre else "il ne reste aucun poste"


def verifier_enveloppe(enveloppe: Enveloppe, accorde: Enveloppe, demande: Enveloppe) -> None:
    """R15: what is granted plus what is asked never exceeds the campaign, in posts and in money.

    The caller holds the lock on the campaign, so that two committees cannot both take the last post.
    """
    if accorde.postes + demande.postes > enveloppe.postes:
        reste = max(enveloppe.postes - accorde.postes, 0)
        message = (
            f"L’enveloppe de la campagne est dépassée : {reste_en_mots(reste)}, ces décisions en accordent "
            f"{demande.postes}."
        )
        raise RegleNonRespectee("R15", message, "nb_postes")
    if accorde.montant + demande.montant > enveloppe.montant:
        message = "L’enveloppe financière de la campagne ne suffit pas pour ces postes."
        raise RegleNonRespectee("R15", message, "nb_postes")


# --- R28, R29, R31: afterwards -------------------------------------------------------------------------------------


def peut_demander_reexamen(*, refusee: bool, deja_demande: bool) -> bool:
    """R28: a refused structure may ask once."""
    return refusee and not deja_demande


def peut_demander_correction(*, decidee: bool) -> bool:
    """R31: the structure may take its application back to correct it until it is decided."""
    return not decidee


def verifier_restitution(*, postes_libres: int, a_rendre: int, motif: str) -> list[Manquement]:
    """R29: only free posts are returned, with a reason; an occupied post never is."""
    manquements = []
    if a_rendre < 1:
        manquements.append(Manquement("R29", "Indiquez au moins un poste à rendre.", "postes"))
    elif a_rendre > postes_libres:
        libres = f"vous en avez {postes_libres}" if postes_libres else "vous n’en avez aucun"
        message = f"Seuls les postes libres peuvent être rendus : {libres}."
        manquements.append(Manquement("R29", message, "postes"))
    if not motif.strip():
        manquements.append(Manquement("R29", "Indiquez pourquoi vous rendez ce poste.", "motif"))
    return manquements


def verifier_transfert(
    *, departement_cedant: str, departement_repreneur: str, meme_structure: bool, poste_libre: bool, motif: str
) -> list[Manquement]:
    """R29: a free post goes to another structure of the same département, with a reason."""
    manquements = []
    if meme_structure:
        manquements.append(
            Manquement("R29", "Choisissez une autre structure que celle qui cède le poste.", "structure")
        )
    if departement_cedant != departement_repreneur:
        message = "Un poste ne peut être transféré qu’à une structure du même département."
        manquements.append(Manquement("R29", message, "structure"))
    if not poste_libre:
        manquements.append(Manquement("R29", "Ce poste est occupé : il ne peut pas être transféré.", "poste"))
    if not motif.strip():
        manquements.append(Manquement("R29", "Indiquez le motif du transfert.", "motif"))
    return manquements


def verifier_repreneur(
    *, retenue: bool, meme_regime: bool, meme_role: bool, meme_statut: bool, fusionnee: bool
) -> list[Manquement]:
    """R29, R6: the application that takes a post was retained in the same call, for the same kind of post and of body:
    what the post is worth does not change."""
    cas = [
        (retenue, "Cette candidature n’est pas retenue : elle ne peut pas recevoir de poste."),
        (meme_regime, "Ce poste a été accordé dans un autre appel que celui de cette candidature."),
        (meme_role, "Un poste de coordinateur ne devient pas un poste de conseiller, ni l’inverse."),
        (meme_statut, "Les deux structures n’ont pas le même statut juridique : la subvention ne serait plus la même."),
        (not fusionnee, "Cette structure a été fusionnée dans une autre : choisissez celle qui reste."),
    ]
    return [Manquement("R29", message, "candidature") for permis, message in cas if not permis]


def verifier_ajout(*, nb_postes: int | None, motif: str, demande_en_cours: bool) -> list[Manquement]:
    """R29: more posts are asked with a number and a reason, one request at a time."""
    manquements = []
    if demande_en_cours:
        message = "Une demande est déjà en cours : attendez sa réponse ou retirez-la."
        manquements.append(Manquement("R29", message))
    if nb_postes is None or nb_postes < 1:
        manquements.append(Manquement("R29", "Indiquez combien de postes vous demandez : au moins un.", "nb_postes"))
    if not motif.strip():
        manquements.append(Manquement("R29", "Indiquez pourquoi vous demandez ces postes.", "motif"))
    return manquements


def met_fin_a_la_participation(postes_restants: int) -> bool:
    """R29: returning the last post ends the participation; the space stays readable."""
    return postes_restants == 0
