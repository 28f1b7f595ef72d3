"""Rules of the subsidy file and of its instruction (R2, R60, R61, R67, R68). Pure: no ORM, no request, no clock.

The contract's rules (R62) are in `regles_contrat`, the scale in `bareme`, the schedules in `echeancier`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.commun.dates import ajouter_mois, date_longue
from portal.commun.enumerations import EnumLibelle
from portal.commun.erreurs import Manquement
from structures.regimes import NatureInstruction, Regime, StatutJuridique

# --- R2: the clock of the instruction ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Interruption:
    """A request for complements: the clock stops on `debut` and resumes on `fin`, None while unanswered."""

    debut: date
    fin: date | None = None


@dataclass(frozen=True)
class EtatInstruction:
    """R2 on a day. `echeance` is None before the clock starts and while it is stopped.

    `ferme` says whether the date binds BdT (« at most ») or is only expected (« at least », private call).
    """

    depart: date | None
    echeance: date | None
    arretee: bool
    ferme: bool
    jours_ecoules: int
    explication: str

    def depassee(self, aujourdhui: date) -> bool:
        return self.ferme and self.echeance is not None and aujourdhui > self.echeance


def suivre_instruction(
    regime: Regime,
    *,
    depose_le: date | None,
    complet_le: date | None = None,
    interruptions: Iterable[Interruption] = (),
    aujourdhui: date,
) -> EtatInstruction:
    """R2: when the answer is due or expected, the time spent waiting for complements left out.

    Public call: 15 days at most from a complete file. Private call: 3 weeks at least from submission. Coordinators: 2
    months at most from submission of the application.
    """
    delai = regime.delai_instruction
    nature = delai.nature
    depart = complet_le if nature is NatureInstruction.MAXIMUM_DOSSIER_COMPLET else depose_le
    ferme = nature is not NatureInstruction.MINIMUM_DEPOT
    if depart is None:
        attendu = "complet" if nature is NatureInstruction.MAXIMUM_DOSSIER_COMPLET else "déposé"
        return EtatInstruction(None, None, False, ferme, 0, f"Le délai commencera quand le dossier sera {attendu}.")
    interruptions = tuple(interruptions)
    pauses = _fusionner(interruptions, depart, aujourdhui)
    arrete = sum((fin - debut).days for debut, fin in pauses)
    ecoules = max(0, (aujourdhui - depart).days - arrete)
    if any(pause.fin is None and pause.debut <= aujourdhui for pause in interruptions):
        texte = "Le délai est arrêté : un complément est attendu de la structure."
        return EtatInstruction(depart, None, True, ferme, ecoules, texte)
    initiale = ajouter_mois(depart, delai.mois) if delai.mois else depart + timedelta(days=delai.jours or 0)
    echeance = initiale + timedelta(days=arrete)
    annonce = "Réponse au plus tard le" if ferme else "Réponse prévisible à partir du"
    texte = f"{annonce} {date_longue(echeance)}."
    if arrete:
        texte += (
            " Le jour d’attente de compléments ne compte pas."
            if arrete == 1
            else f" Les {arrete} jours d’attente de compléments ne comptent pas."
        )
    return EtatInstruction(depart, echeance, False, ferme, ecoules, texte)


def _fusionner(interruptions: Iterable[Interruption], depart: date, aujourdhui: date) -> list[tuple[date, date]]:
    """Pauses inside the clock's life, overlapping ones counted once."""
    bornes = sorted(
        (max(pause.debut, depart), min(pause.fin or aujourdhui, aujourdhui))
        for pause in interruptions
        if pause.debut <= aujourdhui
    )
    fusionnees: list[tuple[date, date]] = []
    for debut, fin in bornes:
        if fin <= debut:
            continue
        if fusionnees and debut <= fusionnees[-1][1]:
            fusionnees[-1] = (fusionnees[-1][0], max(fin, fusionnees[-1][1]))
        else:
            fusionnees.append((debut, fin))
    return fusionnees


# --- R60: pieces ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PieceAttendue:
    """`nature` is that of `NaturePiece`; `obligatoire` False: asked only when it exists."""

    nature: str
    obligatoire: bool
    aide: str
    source: str


PUBLICS = frozenset({StatutJuridique.PUBLIC, StatutJuridique.AUTRE_PUBLIC})
PRIVES = frozenset({StatutJuridique.PRIVE})
TOUS = PUBLICS | PRIVES

_PIECES: tuple[tuple[frozenset[StatutJuridique], PieceAttendue], ...] = (
    (TOUS, PieceAttendue("sirene", True, "Avis de situation de moins de trois mois.", "S0, étape 5")),
    (TOUS, PieceAttendue("identite-president", True, "Avec la date de naissance.", "S0, étape 5")),
    (PUBLICS, PieceAttendue("identite-dgs", True, "Avec la date de naissance.", "S0, étape 5")),
    (
        PRIVES,
        PieceAttendue("identite-dgs", False, "Si votre structure a un directeur général.", "S1, étape 4"),
    ),
    (TOUS, PieceAttendue("rib", True, "Au nom de la structure.", "S0, étape 5 ; S1, étape 4")),
    (
        PUBLICS,
        PieceAttendue("deliberation", True, "Elle autorise le recrutement et inscrit la dépense.", "S0, outil n° 3"),
    ),
    (PRIVES, PieceAttendue("statuts", True, "Dernière version déposée.", "S1, étape 4")),
    (TOUS, PieceAttendue("contrat", True, "Le projet, puis le contrat signé.", "S1, étape 6")),
)
_COFINANCEMENT = PieceAttendue("cofinancement", False, "Si d’autres financements complètent le poste.", "S3, DETR")
_AIDES = PieceAttendue("autres-aides", True, "Décision d’attribution de chaque aide déclarée.", "S1, partie 2")


def pieces_attendues(statut: str, *, cofinancement: bool = False, aides: bool = False) -> list[PieceAttendue]:
    """R60: the pieces of a file. Declared aid (R8) makes its proof compulsory; so does declared co-financing."""
    attendues = [piece for statuts, piece in _PIECES if statut in statuts]
    attendues.append(PieceAttendue(_COFINANCEMENT.nature, cofinancement, _COFINANCEMENT.aide, _COFINANCEMENT.source))
    if aides:
        attendues.append(_AIDES)
    return attendues


def pieces_manquantes(attendues: Sequence[PieceAttendue], deposees: Iterable[str]) -> list[PieceAttendue]:
    """R60: compulsory pieces that nobody has handed in, or whose last version was refused."""
    deposees = set(deposees)
    return [piece for piece in attendues if piece.obligatoire and piece.nature not in deposees]


# --- R61: the queue ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DossierEnFile:
    """What orders a file in BdT's queue."""

    identifiant: str
    regime: Regime
    depose_le: date
    echeance: date | None = None
    recrute_le: date | None = None
    entree_formation_le: date | None = None


def cle_de_file(dossier: DossierEnFile) -> tuple[date, date, date, str]:
    """R61: the smallest first. By the clock of R2; in the private call by date of recruitment, then training entry.

    S1 says that the order of filing does not count there: it only parts two files that nothing else parts.
    """
    loin = date.max
    if dossier.regime.instruction_par_date_de_recrutement:
        recrute, entree = dossier.recrute_le or loin, dossier.entree_formation_le or loin
        return (recrute, entree, dossier.depose_le, dossier.identifiant)
    return (dossier.echeance or loin, dossier.depose_le, loin, dossier.identifiant)


# --- R67: use of the subsidy ---------------------------------------------------------------------------------------


def trimestres_dus(debut: date, fin: date | None, aujourdhui: date) -> list[date]:
    """R67: the days on which a declaration of use falls due, every three months of contract, up to today."""
    jours = []
    rang = 1
    while (jour := ajouter_mois(debut, 3 * rang)) <= min(aujourdhui, fin or aujourdhui):
        jours.append(jour)
        rang += 1
    return jours


# --- R68: rupture --------------------------------------------------------------------------------------------------


class MotifRupture(EnumLibelle):
    LICENCIEMENT = "licenciement", "Licenciement"
    NON_RECONDUCTION = "non-reconduction", "Non-reconduction du contrat"
    DEMISSION = "demission", "Démission"
    CDISATION = "cdisation", "CDIsation ou titularisation"
    FIN_DE_SUBVENTION = "fin-de-subvention", "Fin de la subvention"


def verifier_rupture(*, motif: str, rupture_le: date, debut: date, fin: date | None) -> list[Manquement]:
    """R68: a reason of the list, a date inside the contract; the last day itself is inside."""
    manquements = []
    if motif not in set(MotifRupture):
        manquements.append(Manquement("R68", "Choisissez le motif de la rupture dans la liste.", "motif"))
    if rupture_le < debut:
        message = f"La rupture ne peut pas précéder le début du contrat, le {date_longue(debut)}."
        manquements.append(Manquement("R68", message, "rupture_le"))
    if fin and rupture_le > fin:
        message = f"La rupture ne peut pas suivre la fin du contrat, le {date_longue(fin)}."
        manquements.append(Manquement("R68", message, "rupture_le"))
    return manquements
