"""R62: the labour contract, one function per check. Each returns what is wrong; `verifier_contrat` runs them all.

What is not known yet is not judged: a draft without a signature date is checked on the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from candidats.regles import verifier_age
from portal.commun.dates import ajouter_mois, date_longue, dure_au_moins, tient_dans
from portal.commun.erreurs import Manquement
from structures.regimes import CONTRATS_SANS_TERME, NatureContrat, Regime, StatutJuridique, annonce_requise
from subventions.bareme import contrats_admis, euros, lignes
from subventions.salaires import smic_du

TEMPS_PLEIN_HEURES = Decimal(35)
CDD_PRIVE_MAX_MOIS = 18
CONVENTION_MAX_MOIS = 36
ANNONCE_MIN_MOIS = 1
DEPART_FORMATION_MAX_JOURS = 15


@dataclass(frozen=True)
class FaitsContrat:
    """Everything the checks read. `departement` is that of the structure's commune."""

    regime: Regime
    statut: str
    nature: str
    debut: date
    salaire_brut: Decimal
    departement: str
    fin: date | None = None
    signe_le: date | None = None
    heures_hebdo: Decimal = TEMPS_PLEIN_HEURES
    nb_employeurs: int = 1
    convention_mois: int | None = None
    active_le: date | None = None
    formation_contactee_le: date | None = None
    depart_formation_le: date | None = None
    exempte_formation: bool = False
    naissance: date | None = None
    annonce_url: str = ""
    annonce_le: date | None = None
    annonce_dispensee: bool = False


def verifier_nature(faits: FaitsContrat) -> list[Manquement]:
    """R62, R6: the call and the legal kind must know this kind of contract."""
    admis = contrats_admis(faits.regime.code, faits.statut)
    if faits.nature in admis:
        return []
    liste = ", ".join(nature.libelle for nature in admis) or "aucun"
    libelle = NatureContrat(faits.nature).libelle
    statut = StatutJuridique(faits.statut).libelle
    message = f"« {libelle} » n’est pas prévu pour « {statut} » dans cet appel. Contrats possibles : {liste}."
    return [Manquement("R62", message, "nature")]


def verifier_terme(faits: FaitsContrat) -> list[Manquement]:
    """R62: no end for a CDI or a tenured agent, one for the others, and after the start."""
    if faits.nature in CONTRATS_SANS_TERME:
        if faits.fin is None:
            return []
        message = "Un contrat à durée indéterminée n’a pas de date de fin : laissez-la vide."
        return [Manquement("R62", message, "fin")]
    if faits.fin is None:
        return [Manquement("R62", "Indiquez la date de fin du contrat.", "fin")]
    if faits.fin <= faits.debut:
        return [Manquement("R62", "La fin du contrat doit suivre son début.", "fin")]
    return []


def verifier_duree(faits: FaitsContrat) -> list[Manquement]:
    """R62, R6: 18 months at most in private law, 24 to 36 in the public call; the last day counts as worked."""
    if faits.fin is None or faits.fin <= faits.debut or faits.nature in CONTRATS_SANS_TERME:
        return []
    if faits.nature == NatureContrat.CDD_PRIVE and not tient_dans(faits.debut, faits.fin, CDD_PRIVE_MAX_MOIS):
        message = f"Un CDD de droit privé dure au plus {CDD_PRIVE_MAX_MOIS} mois."
        return [Manquement("R62", message, "fin")]
    for ligne in lignes(faits.regime.code, faits.statut):
        if faits.nature not in ligne.contrats:
            continue
        if ligne.duree_min and not dure_au_moins(faits.debut, faits.fin, ligne.duree_min):
            return [Manquement("R62", f"Ce contrat doit durer {ligne.duree_min} mois au moins.", "fin")]
        if ligne.duree_max and not tient_dans(faits.debut, faits.fin, ligne.duree_max):
            return [Manquement("R62", f"Ce contrat doit durer {ligne.duree_max} mois au plus.", "fin")]
    return []


def verifier_convention(faits: FaitsContrat) -> list[Manquement]:
    """R62: the agreement lasts at most 36 months (S0, S4)."""
    if faits.convention_mois is None or faits.convention_mois <= CONVENTION_MAX_MOIS:
        return []
    message = f"La convention dure au plus {CONVENTION_MAX_MOIS} mois."
    return [Manquement("R62", message, "convention_mois")]


def verifier_salaire(faits: FaitsContrat) -> list[Manquement]:
    """R62: gross monthly pay at least the SMIC of the signature date (of the start, while it is not signed)."""
    jour = faits.signe_le or faits.debut
    smic = smic_du(jour)
    plancher = smic.mensuel(faits.departement)
    if faits.salaire_brut.is_finite() and faits.salaire_brut >= plancher:
        return []
    message = (
        f"Le salaire brut mensuel doit être au moins égal au SMIC : {euros(plancher)} le {date_longue(jour)} "
        f"pour 35 heures ({smic.texte})."
    )
    return [Manquement("R62", message, "salaire_brut")]


def verifier_temps_plein(faits: FaitsContrat) -> list[Manquement]:
    """R62: full time, 35 hours, only (S0, S2, S3)."""
    if faits.heures_hebdo == TEMPS_PLEIN_HEURES:
        return []
    message = "Cet emploi est à temps plein : 35 heures par semaine. Un poste peut être partagé entre plusieurs lieux."
    return [Manquement("R62", message, "temps_plein")]


def verifier_employeur(faits: FaitsContrat) -> list[Manquement]:
    """R62: one employer (S3)."""
    if faits.nb_employeurs == 1:
        return []
    message = "Le contrat a un seul employeur : celui qui porte le poste."
    return [Manquement("R62", message, "nb_employeurs")]


def verifier_activation(faits: FaitsContrat) -> list[Manquement]:
    """R62: a contract that began before the structure was activated comes too late (S3)."""
    if faits.active_le is None or faits.debut >= faits.active_le:
        return []
    message = f"Le contrat ne peut pas commencer avant l’activation de la structure, le {date_longue(faits.active_le)}."
    return [Manquement("R62", message, "debut")]


def verifier_contact_formation(faits: FaitsContrat) -> list[Manquement]:
    """R62: the training body is contacted before the contract is signed (S4)."""
    if faits.signe_le is None:
        return []
    if faits.formation_contactee_le is None:
        message = "Prenez contact avec un organisme de formation avant de signer le contrat."
        return [Manquement("R62", message, "signe_le")]
    if faits.signe_le < faits.formation_contactee_le:
        message = (
            "Le contrat ne peut pas être signé avant la prise de contact avec l’organisme de formation, "
            f"le {date_longue(faits.formation_contactee_le)}."
        )
        return [Manquement("R62", message, "signe_le")]
    return []


def verifier_age_au_debut(faits: FaitsContrat) -> list[Manquement]:
    """R62, R41: 16 to 64 on the first day of the contract."""
    return verifier_age(faits.naissance, faits.debut, "debut") if faits.naissance else []


def verifier_annonce(faits: FaitsContrat) -> list[Manquement]:
    """R3: job advert recorded (address and date), published a month before the signature, unless ANCT waived it."""
    if faits.annonce_dispensee or not annonce_requise(faits.regime, faits.statut):
        return []
    manquements = []
    if not faits.annonce_url.strip():
        message = "Indiquez l’adresse de l’annonce publiée sur emploi-territorial.fr."
        manquements.append(Manquement("R3", message, "annonce_url"))
    if faits.annonce_le is None:
        manquements.append(Manquement("R3", "Indiquez la date de publication de l’annonce.", "annonce_le"))
    elif faits.signe_le and faits.signe_le < ajouter_mois(faits.annonce_le, ANNONCE_MIN_MOIS):
        au_plus_tot = date_longue(ajouter_mois(faits.annonce_le, ANNONCE_MIN_MOIS))
        message = f"L’annonce doit être publiée un mois avant la signature : signez à partir du {au_plus_tot}."
        manquements.append(Manquement("R3", message, "signe_le"))
    return manquements


def verifier_depart_formation(faits: FaitsContrat) -> list[Manquement]:
    """R83: a warning only, when the training starts more than 15 days after the contract (S1).

    Nobody leaves for training before their contract is signed (S0, S1): that one blocks.
    """
    depart = faits.depart_formation_le
    if depart is None or faits.exempte_formation:
        return []
    manquements = []
    if faits.signe_le and depart < faits.signe_le:
        message = "Le contrat doit être signé avant le départ en formation."
        manquements.append(Manquement("R62", message, "signe_le"))
    limite = faits.debut + timedelta(days=DEPART_FORMATION_MAX_JOURS)
    if depart > limite:
        message = (
            f"La formation devrait commencer au plus tard le {date_longue(limite)}, quinze jours après le contrat."
        )
        manquements.append(Manquement("R83", message, "depart_formation_le", bloquant=False))
    return manquements


VERIFICATIONS: tuple[Callable[[FaitsContrat], list[Manquement]], ...] = (
    verifier_nature,
    verifier_terme,
    verifier_duree,
    verifier_convention,
    verifier_salaire,
    verifier_temps_plein,
    verifier_employeur,
    verifier_activation,
    verifier_contact_formation,
    verifier_age_au_debut,
    verifier_annonce,
    verifier_depart_formation,
)


def verifier_contrat(faits: FaitsContrat) -> list[Manquement]:
    """R62 in full, and the R3, R41 and R83 it calls for. Give it to `exiger` to refuse on the blocking ones."""
    return [manquement for verification in VERIFICATIONS for manquement in verification(faits)]
