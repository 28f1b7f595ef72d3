"""The scale of amounts per post (R6 to R9): data lines first, one function that reads them.

Money is `Decimal`, euros, two places. A combination without a line is refused: there is no default amount.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from re import fullmatch

from portal.commun.erreurs import RegleNonRespectee
from structures.regimes import CONTRATS_SANS_TERME, CodeRegime, NatureContrat, StatutJuridique, obtenir_regime

CENTIME = Decimal("0.01")
ZERO = Decimal("0.00")

# R7: the overseas départements whose increase the texts state, and the other territories, flagged for BdT.
MAJORATIONS_PUBLIQUES: dict[str, Decimal] = {
    "971": Decimal("70000.00"),
    "972": Decimal("70000.00"),
    "973": Decimal("70000.00"),
    "974": Decimal("67500.00"),
    "976": Decimal("67500.00"),
}
AUTRES_OUTRE_MER = {
    "975": "Saint-Pierre-et-Miquelon",
    "977": "Saint-Barthélemy",
    "978": "Saint-Martin",
    "984": "Terres australes et antarctiques françaises",
    "986": "Wallis-et-Futuna",
    "987": "Polynésie française",
    "988": "Nouvelle-Calédonie",
    "989": "Clipperton",
}
METROPOLE = r"0[1-9]|1\d|2[1-9AB]|[3-8]\d|9[0-5]"


class MontantAFixer(RegleNonRespectee):
    """R6: the text announces an increase without its figure; BdT sets the amount, with a reason."""


def arrondir(montant: Decimal) -> Decimal:
    """R10: half-even, to the cent."""
    return montant.quantize(CENTIME, ROUND_HALF_EVEN)


def euros(montant: Decimal) -> str:
    """An amount as it is written in French, with no-break spaces: `50 000,00 €`."""
    anglais = f"{arrondir(montant):,.2f}"
    return anglais.translate(str.maketrans({",": "\N{NO-BREAK SPACE}", ".": ","})) + "\N{NO-BREAK SPACE}€"


@dataclass(frozen=True)
class Ligne:
    """One line of the scale. Durations are the labour contract's; `duree_couverte` is what the State pays for."""

    code: str
    regime: CodeRegime
    statut: StatutJuridique
    contrats: frozenset[NatureContrat]
    duree_couverte: int
    montant: Decimal
    source: str
    duree_min: int | None = None
    duree_max: int | None = None
    outre_mer: dict[str, Decimal] = field(default_factory=dict)
    # Contracts whose overseas increase is announced without a figure.
    outre_mer_a_fixer: frozenset[NatureContrat] = frozenset()
    reserve: str = ""
    valide_du: date | None = None
    valide_au: date | None = None

    def accepte_duree(self, contrat: NatureContrat, duree_mois: int | None) -> bool:
        """A contract without an end has no duration to compare; a duration not yet known refuses nothing."""
        if contrat in CONTRATS_SANS_TERME or duree_mois is None:
            return True
        return (self.duree_min or 1) <= duree_mois <= (self.duree_max or duree_mois)

    def en_vigueur(self, jour: date | None) -> bool:
        if jour is None:
            return True
        return (self.valide_du or date.min) <= jour <= (self.valide_au or date.max)

    @property
    def durees(self) -> str:
        """The durations it accepts, in words."""
        if self.duree_min and self.duree_max:
            return f"de {self.duree_min} à {self.duree_max} mois"
        return f"de {self.duree_max} mois au plus" if self.duree_max else "de toute durée"


PROJET, CDD_PUBLIC, CDI_PUBLIC, TITULAIRE, CDD_PRIVE, CDI_PRIVE = NatureContrat
RESERVE_BRANCHE = "Sous réserve que la branche professionnelle de la structure permette le contrat de projet."

BAREME: tuple[Ligne, ...] = (
    Ligne(
        code="public-2020",
        regime=CodeRegime.AMI_PUBLIC_2020,
        statut=StatutJuridique.PUBLIC,
        contrats=frozenset({PROJET, CDD_PUBLIC, CDI_PUBLIC, TITULAIRE}),
        duree_min=24,
        duree_max=36,
        duree_couverte=24,
        montant=Decimal("50000.00"),
        outre_mer=MAJORATIONS_PUBLIQUES,
        source="S0, rôle et engagements de la structure ; S3, contrat de 36 mois ; S2, II.b pour l’outre-mer",
        valide_du=date(2020, 11, 17),
    ),
    Ligne(
        code="prive-2021-cdi",
        regime=CodeRegime.AMI_PRIVE_2021,
        statut=StatutJuridique.PRIVE,
        contrats=frozenset({CDI_PRIVE}),
        duree_couverte=24,
        montant=Decimal("40000.00"),
        source="S1, partie 2",
    ),
    Ligne(
        code="prive-2021-cdd",
        regime=CodeRegime.AMI_PRIVE_2021,
        statut=StatutJuridique.PRIVE,
        contrats=frozenset({CDD_PRIVE}),
        duree_max=18,
        duree_couverte=18,
        montant=Decimal("32000.00"),
        source="S1, partie 2 ; S2, II.b pour le montant",
    ),
    Ligne(
        code="prive-2021-projet",
        regime=CodeRegime.AMI_PRIVE_2021,
        statut=StatutJuridique.PRIVE,
        contrats=frozenset({PROJET}),
        duree_couverte=24,
        montant=Decimal("40000.00"),
        reserve=RESERVE_BRANCHE,
        source="S1, partie 2 ; S2, II.b",
    ),
    Ligne(
        code="coordinateur-public",
        regime=CodeRegime.AAC_COORDINATEUR_2023,
        statut=StatutJuridique.PUBLIC,
        contrats=frozenset({PROJET, CDD_PUBLIC, CDI_PUBLIC, TITULAIRE}),
        duree_couverte=24,
        montant=Decimal("50000.00"),
        outre_mer=MAJORATIONS_PUBLIQUES,
        source="S2, II.b",
    ),
    Ligne(
        code="coordinateur-autre-public",
        regime=CodeRegime.AAC_COORDINATEUR_2023,
        statut=StatutJuridique.AUTRE_PUBLIC,
        contrats=frozenset({CDD_PUBLIC, CDD_PRIVE}),
        duree_max=18,
        duree_couverte=18,
        montant=Decimal("37500.00"),
        outre_mer_a_fixer=frozenset({CDD_PUBLIC}),
        source="S2, II.b",
    ),
    Ligne(
        code="coordinateur-prive-cdi",
        regime=CodeRegime.AAC_COORDINATEUR_2023,
        statut=StatutJuridique.PRIVE,
        contrats=frozenset({CDI_PRIVE}),
        duree_couverte=24,
        montant=Decimal("40000.00"),
        source="S2, II.b",
    ),
    Ligne(
        code="coordinateur-prive-cdd",
        regime=CodeRegime.AAC_COORDINATEUR_2023,
        statut=StatutJuridique.PRIVE,
        contrats=frozenset({CDD_PRIVE}),
        duree_max=18,
        duree_couverte=18,
        montant=Decimal("32000.00"),
        source="S2, II.b",
    ),
    Ligne(
        code="coordinateur-prive-projet",
        regime=CodeRegime.AAC_COORDINATEUR_2023,
        statut=StatutJuridique.PRIVE,
        contrats=frozenset({PROJET}),
        duree_couverte=24,
        montant=Decimal("40000.00"),
        reserve=RESERVE_BRANCHE,
        source="S2, II.b",
    ),
)


@dataclass(frozen=True)
class Explication:
    """Why a figure is what it is: the rule, one French sentence, where the rule comes from."""

    regle: str
    texte: str
    source: str = ""

    def __str__(self) -> str:
        return f"{self.regle} : {self.texte}" + (f" (source : {self.source})" if self.source else "")


@dataclass(frozen=True)
class Calcul:
    """Always `montant == base + majoration - deductions`, never below zero (R8)."""

    montant: Decimal
    duree_mois: int
    base: Decimal
    majoration: Decimal
    deductions: Decimal
    regles: tuple[Explication, ...]
    ligne: Ligne
    a_verifier_par_bdt: bool = False


def normaliser_departement(code: str) -> str:
    """The département's code in its official form (`2A`, `03`, `974`); anything else is refused, never guessed."""
    propre = code.strip().upper()
    if fullmatch(METROPOLE, propre) or propre in MAJORATIONS_PUBLIQUES or propre in AUTRES_OUTRE_MER:
        return propre
    if propre == "20":
        message = "La Corse compte deux départements : indiquez 2A (Corse-du-Sud) ou 2B (Haute-Corse)."
    else:
        message = f"Le code de département « {code} » n’existe pas. Exemples : 03, 2A, 974."
    raise RegleNonRespectee("R7", message, "departement")


def lignes(regime: str, statut: str, jour: date | None = None) -> Iterator[Ligne]:
    """The lines of a regime for a legal kind, in force on `jour` when it is given."""
    for ligne in BAREME:
        if ligne.regime == regime and ligne.statut == statut and ligne.en_vigueur(jour):
            yield ligne


def contrats_admis(regime: str, statut: str) -> list[NatureContrat]:
    """R6: the kinds of contract that the scale knows for a regime and a legal kind, in the order of the enumeration."""
    couverts = {contrat for ligne in lignes(regime, statut) for contrat in ligne.contrats}
    return [contrat for contrat in NatureContrat if contrat in couverts]


def trouver_ligne(
    regime: str, statut: str, contrat: str, duree_mois: int | None = None, jour: date | None = None
) -> Ligne:
    """R9: the line that covers the combination, or a refusal that names the line that is missing."""
    regime, statut, contrat = obtenir_regime(regime).code, StatutJuridique(statut), NatureContrat(contrat)
    candidates = [ligne for ligne in lignes(regime, statut, jour) if contrat in ligne.contrats]
    for ligne in candidates:
        if ligne.accepte_duree(contrat, duree_mois):
            return ligne
    cas = f"régime « {regime.libelle} », structure « {statut.libelle} », contrat « {contrat.libelle} »"
    if candidates:
        durees = " ou ".join(ligne.durees for ligne in candidates)
        message = f"Aucune ligne du barème ne couvre {cas} de {duree_mois} mois : ce contrat doit être {durees}."
        raise RegleNonRespectee("R9", message, "duree_mois")
    admis = ", ".join(nature.libelle for nature in contrats_admis(regime, statut))
    suite = f"Contrats prévus dans ce cas : {admis}." if admis else "Ce régime n’est pas ouvert à ce statut juridique."
    raise RegleNonRespectee("R9", f"Aucune ligne du barème ne couvre {cas}. {suite}", "contrat" if admis else "statut")


def calculer_montant(
    regime: str,
    statut: str,
    contrat: str,
    departement: str,
    duree_mois: int | None = None,
    aides: Decimal = ZERO,
    *,
    jour: date | None = None,
    montant_fixe: Decimal | None = None,
    motif_montant: str = "",
) -> Calcul:
    """R6 to R9: the amount of one post, each figure explained.

    `departement` is that of the structure's commune (R7). `montant_fixe`, with its reason, is the gross amount set by
    BdT where the texts announce an increase without a figure; anywhere else it is refused.
    """
    contrat = NatureContrat(contrat)
    departement = normaliser_departement(departement)
    ligne = trouver_ligne(regime, statut, contrat, duree_mois, jour)
    regles = [_expliquer_base(ligne, contrat, duree_mois)]
    majoration, regles_majoration = _majoration(ligne, contrat, departement, montant_fixe, motif_montant)
    deductions, regles_deduction = _deductions(ligne.montant + majoration, aides)
    return Calcul(
        montant=ligne.montant + majoration - deductions,
        duree_mois=ligne.duree_couverte,
        base=ligne.montant,
        majoration=majoration,
        deductions=deductions,
        regles=(*regles, *regles_majoration, *regles_deduction),
        ligne=ligne,
        a_verifier_par_bdt=departement in AUTRES_OUTRE_MER,
    )


def _expliquer_base(ligne: Ligne, contrat: NatureContrat, duree_mois: int | None) -> Explication:
    texte = f"{ligne.statut.libelle}, {contrat.libelle} : {euros(ligne.montant)} pour {ligne.duree_couverte} mois."
    if contrat not in CONTRATS_SANS_TERME and duree_mois and duree_mois != ligne.duree_couverte:
        texte += f" Le montant est le même pour un contrat de {duree_mois} mois."
    if ligne.reserve:
        texte += f" {ligne.reserve}"
    return Explication("R6", texte, ligne.source)


def _majoration(
    ligne: Ligne, contrat: NatureContrat, departement: str, montant_fixe: Decimal | None, motif: str
) -> tuple[Decimal, list[Explication]]:
    """R7: what the overseas territory adds to the base, and why."""
    if contrat in ligne.outre_mer_a_fixer and departement in MAJORATIONS_PUBLIQUES:
        return _majoration_fixee(ligne, contrat, departement, montant_fixe, motif)
    if montant_fixe is not None:
        message = "Le barème donne le montant de ce poste : il ne peut pas être fixé à la main."
        raise RegleNonRespectee("R6", message, "montant_fixe")
    if departement in ligne.outre_mer:
        majore = ligne.outre_mer[departement]
        texte = f"Structure publique du département {departement} : montant porté à {euros(majore)}."
        return majore - ligne.montant, [Explication("R7", texte, ligne.source)]
    if departement in AUTRES_OUTRE_MER:
        texte = (
            f"{AUTRES_OUTRE_MER[departement]} : aucun texte ne fixe de majoration, le montant de base s’applique et "
            "la Banque des Territoires le vérifie."
        )
        return ZERO, [Explication("R7", texte)]
    if departement in MAJORATIONS_PUBLIQUES:
        texte = "La majoration d’outre-mer ne s’applique pas à ce statut et à ce contrat."
        return ZERO, [Explication("R7", texte, "S2, II.b")]
    return ZERO, []


def _majoration_fixee(
    ligne: Ligne, contrat: NatureContrat, departement: str, montant_fixe: Decimal | None, motif: str
) -> tuple[Decimal, list[Explication]]:
    if montant_fixe is None:
        message = (
            f"Le barème ne chiffre pas la majoration d’outre-mer pour « {ligne.statut.libelle} », "
            f"« {contrat.libelle} », département {departement} : la Banque des Territoires doit fixer le montant, "
            "avec un motif."
        )
        raise MontantAFixer("R6", message, "montant_fixe")
    if not motif.strip():
        raise RegleNonRespectee("R6", "Indiquez pourquoi ce montant a été retenu.", "motif_montant")
    if not montant_fixe.is_finite() or arrondir(montant_fixe) < ligne.montant:
        message = f"Le montant fixé comprend la majoration : il ne peut pas être inférieur à {euros(ligne.montant)}."
        raise RegleNonRespectee("R6", message, "montant_fixe")
    texte = f"Montant porté à {euros(montant_fixe)} par la Banque des Territoires : {motif.strip()}"
    return arrondir(montant_fixe) - ligne.montant, [Explication("R6", texte, "décision de la Banque des Territoires")]


def _deductions(brut: Decimal, aides: Decimal) -> tuple[Decimal, list[Explication]]:
    """R8: aid already paid for the same job is deducted, never below zero."""
    if not aides.is_finite() or aides < 0:
        raise RegleNonRespectee("R8", "Le montant des aides déjà perçues doit être positif ou nul.", "aides")
    aides = arrondir(aides)
    if not aides:
        return ZERO, []
    deduites = min(aides, brut)
    texte = f"Aides CUI-CIE ou PEC déjà versées pour cet emploi, déduites : {euros(deduites)}."
    if aides > brut:
        texte += f" Elles s’élèvent à {euros(aides)} : la subvention ne descend pas au-dessous de zéro."
    return deduites, [Explication("R8", texte, "S1, partie 2")]
