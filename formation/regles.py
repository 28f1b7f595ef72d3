"""Rules of training (R80 to R85). Pure: no ORM, no request, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from portal.commun.dates import date_longue
from portal.commun.enumerations import EnumLibelle
from portal.commun.erreurs import Manquement
from structures.regimes import ContactFormation, Regime

# --- R80: who makes contact ----------------------------------------------------------------------------------------


def qui_prend_contact(regime: Regime) -> ContactFormation:
    """R80: the body, told by the portal, in the public call (S0); the structure in the others (S1)."""
    return regime.contact_formation


def contact_en_retard(*, valide_le: date, contacte_le: date | None, aujourdhui: date, delai_jours: int = 15) -> bool:
    """R80: contact is made at once after the candidate is validated; two weeks of silence are worth a reminder."""
    return contacte_le is None and aujourdhui > valide_le + timedelta(days=delai_jours)


# --- R81: placement test -------------------------------------------------------------------------------------------

HEURES = (105, 280, 350, 420)
HEURES_ALTERNANCE = 105


def verifier_heures(heures: int | None) -> list[Manquement]:
    """R81: the four durations of the national contract (S0 step 6, S1), decided by the body and not by Pix (R45)."""
    if heures in HEURES:
        return []
    liste = ", ".join(map(str, HEURES[:-1]))
    message = f"La durée de formation est de {liste} ou {HEURES[-1]} heures."
    return [Manquement("R81", message, "heures")]


def est_en_alternance(heures: int) -> bool:
    """R81: 105 hours are followed one day a week; the others without a break, 35 hours a week."""
    return heures == HEURES_ALTERNANCE


def verifier_resultat(*, heures: int | None, resultat_le: date, debut_formation: date | None) -> list[Manquement]:
    """R81: the result reaches person and structure before the training starts."""
    manquements = verifier_heures(heures)
    if debut_formation and resultat_le > debut_formation:
        message = f"Le résultat doit être connu avant le début de la formation, le {date_longue(debut_formation)}."
        manquements.append(Manquement("R81", message, "resultat_le"))
    return manquements


# --- R82: the threshold of an in-person session --------------------------------------------------------------------

SEUIL_PRESENTIEL = 8


class IssueSession(EnumLibelle):
    EN_ATTENTE = "en-attente", "Inscriptions ouvertes"
    CONFIRMEE = "confirmee", "Session confirmée"
    A_DISTANCE = "a-distance", "Session reportée à distance"


def issue_de_session(*, en_presentiel: bool, inscrits: int, cloture_le: date, aujourdhui: date) -> IssueSession:
    """R82: eight enrolled confirm an in-person session, at once; fewer once enrolment is closed send them remote.

    The closing day itself is still open. A remote session needs no threshold.
    """
    if not en_presentiel or inscrits >= SEUIL_PRESENTIEL:
        return IssueSession.CONFIRMEE
    return IssueSession.A_DISTANCE if aujourdhui > cloture_le else IssueSession.EN_ATTENTE


def places_avant_le_seuil(inscrits: int) -> int:
    """R82: how many enrolments are still needed, shown on the session's page."""
    return max(0, SEUIL_PRESENTIEL - inscrits)


def verifier_session(
    *,
    en_presentiel: bool,
    a_une_commune: bool,
    heures: int | None,
    debut: date | None,
    fin: date | None,
    cloture_le: date | None,
    capacite: int | None,
    aujourdhui: date,
) -> list[Manquement]:
    """R82: what a session needs so that eight people can enrol in it and know its fate before it starts.

    A date or a number not known yet (None) breaks nothing: the rules that do not read it are judged all the same.
    """
    manquements = verifier_heures(heures)
    if debut and debut <= aujourdhui:
        manquements.append(Manquement("R82", "La session doit commencer à une date à venir.", "debut"))
    if debut and fin and fin <= debut:
        manquements.append(Manquement("R82", "La fin de la session doit suivre son début.", "fin"))
    if debut and cloture_le and cloture_le >= debut:
        message = "Les inscriptions se closent avant le début de la session, pour que chacun sache si elle a lieu."
        manquements.append(Manquement("R82", message, "cloture_le"))
    elif cloture_le and cloture_le < aujourdhui:
        manquements.append(Manquement("R82", "La clôture des inscriptions doit être à venir.", "cloture_le"))
    if capacite is not None and capacite < 1:
        manquements.append(Manquement("R82", "Indiquez le nombre de places.", "capacite"))
    elif en_presentiel and capacite is not None and capacite < SEUIL_PRESENTIEL:
        message = (
            f"Une session en présentiel compte au moins {SEUIL_PRESENTIEL} places, le seuil pour qu’elle ait lieu."
        )
        manquements.append(Manquement("R82", message, "capacite"))
    if en_presentiel and not a_une_commune:
        manquements.append(Manquement("R82", "Indiquez la commune d’une session en présentiel.", "commune"))
    return manquements


# --- R83: start of the training ------------------------------------------------------------------------------------

DEPART_MAX_JOURS = 15


@dataclass(frozen=True)
class Depart:
    """R83 on a day: `limite` is the last day in time, `retard` the days late, 0 when in time."""

    limite: date
    retard: int

    @property
    def en_retard(self) -> bool:
        return self.retard > 0


def suivre_depart(*, debut_contrat: date, depart_le: date | None, aujourdhui: date) -> Depart:
    """R83: within 15 days after the start of the contract (S1); lateness is shown to all, it blocks nothing."""
    limite = debut_contrat + timedelta(days=DEPART_MAX_JOURS)
    return Depart(limite, retard=max(0, ((depart_le or aujourdhui) - limite).days))


def verifier_date_depart(le: date, *, debut: date, fin: date, aujourdhui: date) -> list[Manquement]:
    """R83: a departure is a fact: not in the future, and during the session (somebody may join it late)."""
    if le > aujourdhui:
        return [Manquement("R83", "Le départ s’enregistre une fois qu’il a eu lieu.", "le")]
    if le < debut:
        return [Manquement("R83", f"La session ne commence que le {date_longue(debut)}.", "le")]
    if le > fin:
        return [Manquement("R83", f"La session est finie depuis le {date_longue(fin)}.", "le")]
    return []


# --- R84: presence in the structure, exemption ---------------------------------------------------------------------

JOURS_OUVRES = 5
JOURS_MIN_EN_STRUCTURE = 1


def verifier_rythme(jours_de_formation_par_semaine: int) -> list[Manquement]:
    """R84: at least one day a week in the structure (S1); 105 hours take one day a week only."""
    if 1 <= jours_de_formation_par_semaine <= JOURS_OUVRES - JOURS_MIN_EN_STRUCTURE:
        return []
    message = "La formation laisse au moins un jour par semaine dans la structure : de 1 à 4 jours de cours."
    return [Manquement("R84", message, "jours_par_semaine")]


def verifier_exemption(*, titulaire_remn: bool, justificatif: bool) -> list[Manquement]:
    """R84: only holders of the REMN title may be exempted by the body, and with the document (S1)."""
    manquements = []
    if not titulaire_remn:
        message = "La dispense est réservée aux titulaires du titre « responsable d’espace de médiation numérique »."
        manquements.append(Manquement("R84", message, "titulaire_remn"))
    if not justificatif:
        manquements.append(Manquement("R84", "Joignez le titre obtenu.", "justificatif"))
    return manquements


# --- R85: results --------------------------------------------------------------------------------------------------


class Epreuve(EnumLibelle):
    CCP1 = "ccp1", "Certificat de compétences professionnelles n° 1 (jury)"
    PIX = "pix", "Certification Pix"


class ResultatEpreuve(EnumLibelle):
    A_PASSER = "a-passer", "À passer"
    INSCRITE = "inscrite", "Inscription faite"
    ABSENT = "absent", "Absence"
    AJOURNEE = "ajournee", "Ajournement"
    OBTENUE = "obtenue", "Obtenue"


# An exam that is missed or failed can be taken again; a certificate is not taken back.
SUITES_EPREUVE: dict[ResultatEpreuve, frozenset[ResultatEpreuve]] = {
    ResultatEpreuve.A_PASSER: frozenset({ResultatEpreuve.INSCRITE}),
    ResultatEpreuve.INSCRITE: frozenset(
        {ResultatEpreuve.ABSENT, ResultatEpreuve.AJOURNEE, ResultatEpreuve.OBTENUE, ResultatEpreuve.A_PASSER}
    ),
    ResultatEpreuve.ABSENT: frozenset({ResultatEpreuve.INSCRITE}),
    ResultatEpreuve.AJOURNEE: frozenset({ResultatEpreuve.INSCRITE}),
    ResultatEpreuve.OBTENUE: frozenset(),
}


def suite_admise(de: str, vers: str) -> bool:
    return ResultatEpreuve(vers) in SUITES_EPREUVE[ResultatEpreuve(de)]


# R84, R85: both exams for everybody. Being exempted from the course changes nothing: S3 keeps them compulsory.
EPREUVES_REQUISES = frozenset(Epreuve)


def parcours_certifie(obtenues: Iterable[str]) -> bool:
    """R85: the two certificates are there."""
    return set(obtenues) >= EPREUVES_REQUISES


# R85, continuing education: one module a year taken in charge, more at the structure's cost (S2).
MODULES_PRIS_EN_CHARGE_PAR_AN = 1


def module_pris_en_charge(modules_deja_suivis_dans_l_annee: int) -> bool:
    return modules_deja_suivis_dans_l_annee < MODULES_PRIS_EN_CHARGE_PAR_AN
