"""What one line of an agenda may decide, and what its closing does to the posts (R15, R26, R29). Pure.

Three natures: an application is examined; an activated structure asks for more posts (R29); an earlier decision is
corrected. For a correction the number decided is what the application holds afterwards, in the committee's campaign.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.commun.enumerations import EnumLibelle
from portal.commun.erreurs import Manquement
from structures.regimes import Regime, StatutJuridique
from structures.regles import Decision, postes_en_mots, verifier_decision

VOIX_MAX = 500


class Nature(EnumLibelle):
    EXAMEN = "examen", "Candidature"
    AJOUT = "ajout", "Demande de postes supplémentaires"
    CORRECTION = "correction", "Correction d’une décision"


@dataclass(frozen=True, slots=True)
class Effet:
    """Posts that a decision creates, withdraws, or takes from another structure; `confies`: a post that exists becomes
    or stays a coordinator's (S2, II.a), `repris`: it is no longer one by the correction of that decision."""

    crees: int = 0
    retires: int = 0
    cedes: int = 0
    confies: int = 0
    repris: int = 0

    @property
    def variation(self) -> int:
        """R15: what it takes from the envelope, below zero when it gives back."""
        return self.crees - self.retires


def effet(
    nature: str, decision: str, nb_postes: int, *, actuels: int = 0, cede: bool = False, existant: bool = False
) -> Effet:
    """R26, R29: `actuels` is what the corrected application holds; `cede`, that the posts come from a structure.

    `existant` (S2, II.a): the application is about a post that exists. Nothing is created, the envelope is not used.
    """
    if decision not in (Decision.RETENUE, Decision.REFUSEE):
        # A further examination leaves what was granted before as it is: the last positive decision holds.
        return Effet()
    if existant and nature != Nature.AJOUT:
        if decision == Decision.RETENUE:
            return Effet(confies=1)
        return Effet(repris=1) if nature == Nature.CORRECTION else Effet()
    voulus = nb_postes if decision == Decision.RETENUE else 0
    ecart = voulus - actuels if nature == Nature.CORRECTION else voulus
    if ecart < 0:
        return Effet(retires=-ecart)
    return Effet(cedes=ecart) if cede else Effet(crees=ecart)


def dernier_nombre(decisions: Iterable[tuple[str, int]]) -> int:
    """R26: the figure that holds is that of the last decision that grants or refuses, in the order they were taken.

    A further examination after a positive decision changes nothing to it.
    """
    nombre = 0
    for decision, nb_postes in decisions:
        if decision in (Decision.RETENUE, Decision.REFUSEE):
            nombre = nb_postes
    return nombre


@dataclass(frozen=True, slots=True)
class Vote:
    """The count of the votes on one line, when the committee took one."""

    pour: int
    contre: int
    abstentions: int

    @property
    def phrase(self) -> str:
        s = "s" if self.abstentions > 1 else ""
        return f"{self.pour} pour, {self.contre} contre, {self.abstentions} abstention{s}"


def lire_vote(pour: int | None, contre: int | None, abstentions: int | None) -> Vote | None:
    """A figure that is left out of a count is a zero; without any figure there was no vote."""
    if pour is None and contre is None and abstentions is None:
        return None
    return Vote(pour or 0, contre or 0, abstentions or 0)


def verifier_vote(vote: Vote | None) -> list[Manquement]:
    """R26: a count is made of votes; it may be left out."""
    if vote is None:
        return []
    voix = {"voix_pour": vote.pour, "voix_contre": vote.contre, "abstentions": vote.abstentions}
    fausses = [
        Manquement("R26", f"Indiquez un nombre de voix de 0 à {VOIX_MAX}.", champ)
        for champ, nombre in voix.items()
        if not 0 <= nombre <= VOIX_MAX
    ]
    if not fausses and not any(voix.values()):
        fausses.append(Manquement("R26", "Indiquez au moins une voix, ou laissez le vote vide.", "voix_pour"))
    return fausses


@dataclass(frozen=True, slots=True)
class Situation:
    """What a line is about, as the rules need it."""

    nature: str
    activee: bool = False
    # Posts of the corrected application in the campaign, and those of them that somebody holds.
    actuels: int = 0
    occupes: int = 0
    # Posts of the application in other campaigns: a correction does not reach them.
    ailleurs: int = 0
    # S2, II.a: it is about a post that the structure has already.
    existant: bool = False


def verifier_ligne(situation: Situation, decision: str, nb_postes: int, motif: str) -> list[Manquement]:
    """R26: the decision alone, then what a correction may do."""
    manquements = verifier_decision(decision, nb_postes, motif)
    if situation.existant and situation.nature != Nature.AJOUT and decision == Decision.RETENUE and nb_postes != 1:
        message = "Cette candidature porte sur un poste qui existe, sans nouveau poste : indiquez 1."
        return [Manquement("R95", message, "nb_postes")]
    if manquements or situation.nature != Nature.CORRECTION:
        return manquements
    if not motif.strip():
        message = "Indiquez le motif de la correction : il est communiqué à la structure."
        manquements.append(Manquement("R26", message, "motif"))
    return [*manquements, *obstacles_a_la_correction(situation, decision, nb_postes)]


def obstacles_a_la_correction(situation: Situation, decision: str, nb_postes: int) -> list[Manquement]:
    """R26, R29: only free posts are withdrawn; an activated structure is not refused any more."""
    if decision == Decision.REFUSEE and situation.activee:
        message = (
            "Cette structure est activée : elle ne peut plus être refusée. Ramenez-la au nombre de postes voulu, au "
            "moins un, ou demandez-lui de les rendre."
        )
        return [Manquement("R26", message, "decision")]
    if decision == Decision.REFUSEE and situation.ailleurs:
        message = (
            f"Cette candidature a aussi {postes_en_mots(situation.ailleurs)} d’une autre campagne : "
            "transférez-les avant de la refuser."
        )
        return [Manquement("R26", message, "decision")]
    retires = effet(Nature.CORRECTION, decision, nb_postes, actuels=situation.actuels).retires
    libres = situation.actuels - situation.occupes
    if retires > libres:
        occupes = f"{postes_en_mots(situation.occupes)} {'sont occupés' if situation.occupes > 1 else 'est occupé'}"
        message = f"Seuls des postes libres peuvent être retirés : {occupes}, indiquez au moins {situation.occupes}."
        return [Manquement("R29", message, "nb_postes")]
    return []


def obstacle_du_statut(*, conteste: bool, tranche: bool, statut: str, regime: Regime) -> str:
    """R21: the legal kind fixes the amount of a post, so nothing is granted before ANCT has settled one that is
    contested, nor once it settled one to which the call is closed. Empty when nothing prevents it."""
    if conteste and not tranche:
        return "son statut juridique est contesté : tranchez-le avant de la retenir."
    if tranche and statut not in regime.statuts:
        libelle = StatutJuridique(statut).libelle
        return f"le statut juridique tranché (« {libelle} ») n’est pas admis par cet appel : elle ne peut être retenue."
    return ""


def obstacle_au_poste_confie(*, nomme: bool, vivant: bool, a_la_structure: bool) -> str:
    """R95 (S2, II.a): the post that would coordinate is still there, and still that structure's."""
    if not nomme:
        return "elle ne dit pas quel poste elle concerne : rendez-la pour correction."
    if not vivant:
        return "le poste qu’elle concerne a été rendu ou retiré depuis : elle ne peut être retenue."
    if not a_la_structure:
        return "le poste qu’elle concerne est maintenant celui d’une autre structure : elle ne peut être retenue."
    return ""


def verifier_cession(
    *,
    meme_structure: bool,
    meme_departement: bool,
    meme_statut: bool,
    cedante: str,
    disponibles: int,
    voulus: int,
) -> list[Manquement]:
    """R25, R29: posts are taken from the free ones of another structure of the département and of the same kind."""
    champ = "structure_cedante"
    if meme_structure:
        return [Manquement("R29", "Choisissez une autre structure que celle qui reçoit les postes.", champ)]
    if not meme_departement:
        return [Manquement("R29", "Un poste ne se prend qu’à une structure du même département.", champ)]
    if not meme_statut:
        message = "Les deux structures n’ont pas le même statut juridique : la subvention ne serait plus la même."
        return [Manquement("R29", message, champ)]
    if voulus > disponibles:
        reste = f"{postes_en_mots(disponibles)} à céder" if disponibles else "aucun poste libre à céder"
        message = f"{cedante} a {reste} pour cet appel, cette décision en prend {voulus}."
        if not disponibles:
            message = f"{cedante} n’a {reste} pour cet appel."
        return [Manquement("R29", message, champ)]
    return []
