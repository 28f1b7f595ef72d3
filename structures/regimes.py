"""The three calls, as data (DOMAIN §4): the same verbs, different rules by call. Never an `if` on a date.

Sources: S0 employer guide, public structures (2021); S1 employer guide, private structures (2022); S2 call for
coordinators (2023); S3 FAQ of the platform (2021); S4 notice for libraries about the 2020 call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.commun.enumerations import EnumLibelle
from portal.commun.erreurs import RegleNonRespectee


class CodeRegime(EnumLibelle):
    AMI_PUBLIC_2020 = "ami-public-2020", "Appel à manifestation d’intérêt, structures publiques (2020)"
    AMI_PRIVE_2021 = "ami-prive-2021", "Appel à manifestation d’intérêt, structures privées (2021)"
    AAC_COORDINATEUR_2023 = "aac-coordinateur-2023", "Appel à candidatures, conseillers coordinateurs (2023)"


class StatutJuridique(EnumLibelle):
    """Legal kind, as the scale of R6 reads it."""

    PUBLIC = "public", "Collectivité, groupement ou organisme public local"
    AUTRE_PUBLIC = "autre-public", "Autre structure publique"
    PRIVE = "prive", "Structure privée"


class TypeStructure(EnumLibelle):
    COMMUNE = "commune", "Commune"
    EPCI = "epci", "Groupement de communes (EPCI)"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"
    COLLECTIVITE = "collectivite", "Collectivité à statut particulier"
    ETABLISSEMENT_PUBLIC = "etablissement-public", "Établissement public (CCAS, CIAS, syndicat mixte…)"
    GIP = "gip", "Groupement d’intérêt public"
    ASSOCIATION = "association", "Association"
    ESS = "ess", "Entreprise de l’économie sociale et solidaire"
    PRIVE_INTERET_GENERAL = "prive-interet-general", "Autre organisme privé d’intérêt général"


TYPES_PRIVES = frozenset({TypeStructure.ASSOCIATION, TypeStructure.ESS, TypeStructure.PRIVE_INTERET_GENERAL})


class NatureContrat(EnumLibelle):
    CONTRAT_PROJET = "contrat-projet", "Contrat de projet"
    CDD_PUBLIC = "cdd-public", "CDD de droit public"
    CDI_PUBLIC = "cdi-public", "CDI de droit public"
    TITULAIRE = "titulaire", "Agent titulaire"
    CDD_PRIVE = "cdd-prive", "CDD de droit privé"
    CDI_PRIVE = "cdi-prive", "CDI de droit privé"


CONTRATS_SANS_TERME = frozenset({NatureContrat.CDI_PUBLIC, NatureContrat.CDI_PRIVE, NatureContrat.TITULAIRE})
CONTRATS_DE_DROIT_PRIVE = frozenset({NatureContrat.CDD_PRIVE, NatureContrat.CDI_PRIVE})


class Horloge(EnumLibelle):
    """R4: the event from which the tranches are counted."""

    SIGNATURE_CONTRAT = "signature_contrat", "signature du contrat de travail"
    DEPART_FORMATION = "depart_formation", "départ en formation"
    DEBUT_CONTRAT = "debut_contrat", "début du contrat de travail"
    SIGNATURE_CONVENTION = "signature_convention", "signature de la convention par toutes les parties"


class DepartDelai(EnumLibelle):
    """R1: the event from which the time to recruit is counted."""

    COMITE = "comite", "comité de sélection"
    NOTIFICATION = "notification", "notification de l’attribution du poste"


class NatureInstruction(EnumLibelle):
    """R2: what the instruction time of a regime promises."""

    MAXIMUM_DOSSIER_COMPLET = "maximum-dossier-complet", "au plus, à partir du dossier complet"
    MINIMUM_DEPOT = "minimum-depot", "au moins, à partir du dépôt (date prévisible)"
    MAXIMUM_REPONSE = "maximum-reponse", "au plus, pour répondre à la candidature"


class Annonce(EnumLibelle):
    """R3: is the job advert on emploi-territorial compulsory?"""

    OBLIGATOIRE = "obligatoire", "Obligatoire avant la signature du contrat"
    NON_REQUISE = "non-requise", "Non requise"
    SELON_STATUT = "selon-statut", "Selon le statut juridique de la structure"


class ContactFormation(EnumLibelle):
    """R80: who makes the first move between the training body and the structure."""

    ORGANISME = "organisme", "L’organisme de formation prend contact avec la structure"
    STRUCTURE = "structure", "La structure prend contact avec l’organisme de formation"


@dataclass(frozen=True)
class DelaiRecrutement:
    """R1: `mois` after `depart`; posts granted before `date_butoir` must be filled by that date instead."""

    mois: int
    depart: DepartDelai
    source: str
    date_butoir: date | None = None


@dataclass(frozen=True)
class DelaiInstruction:
    """R2: exactly one of `jours` and `mois`."""

    nature: NatureInstruction
    source: str
    jours: int | None = None
    mois: int | None = None


@dataclass(frozen=True)
class ModeleTranche:
    """R5: `pourcentage` of the amount, `mois` months after the clock's event."""

    pourcentage: int
    mois: int


@dataclass(frozen=True)
class Regime:
    """One call. `horloge` is a default: a campaign may override it without a release (R4)."""

    code: CodeRegime
    libelle: str
    sources: tuple[str, ...]
    statuts: frozenset[StatutJuridique]
    pour_qui: str
    delai_recrutement: DelaiRecrutement
    delai_instruction: DelaiInstruction
    annonce: Annonce
    horloge: Horloge
    tranches: tuple[ModeleTranche, ...]
    source_tranches: str
    contact_formation: ContactFormation
    ouverture: date | None = None
    cloture: date | None = None
    # R4: what replaces the departure in training of a person exempted from it.
    horloge_exempte: Horloge | None = None
    # R61: instructed by date of recruitment and training entry, not by order of filing (S1).
    instruction_par_date_de_recrutement: bool = False
    coordinateur: bool = False


TROIS_TRANCHES = (ModeleTranche(20, 1), ModeleTranche(30, 6), ModeleTranche(50, 12))

REGIMES: dict[str, Regime] = {
    regime.code.value: regime
    for regime in (
        Regime(
            code=CodeRegime.AMI_PUBLIC_2020,
            libelle=CodeRegime.AMI_PUBLIC_2020.libelle,
            sources=("S0", "S3", "S4"),
            statuts=frozenset({StatutJuridique.PUBLIC}),
            pour_qui=(
                "Les collectivités territoriales, leurs groupements, les organismes publics qui leur sont rattachés "
                "et les groupements d’intérêt public."
            ),
            ouverture=date(2020, 11, 17),
            delai_recrutement=DelaiRecrutement(
                mois=2, depart=DepartDelai.COMITE, source="S0, rôle et engagements de la structure"
            ),
            delai_instruction=DelaiInstruction(
                nature=NatureInstruction.MAXIMUM_DOSSIER_COMPLET, jours=15, source="S0, étape 5"
            ),
            annonce=Annonce.OBLIGATOIRE,
            horloge=Horloge.SIGNATURE_CONTRAT,
            tranches=TROIS_TRANCHES,
            source_tranches="S0, étape 9",
            contact_formation=ContactFormation.ORGANISME,
        ),
        Regime(
            code=CodeRegime.AMI_PRIVE_2021,
            libelle=CodeRegime.AMI_PRIVE_2021.libelle,
            sources=("S1", "S3"),
            statuts=frozenset({StatutJuridique.PRIVE}),
            pour_qui=(
                "Les associations, les entreprises de l’économie sociale et solidaire et les organismes privés "
                "qui poursuivent une mission d’intérêt général."
            ),
            delai_recrutement=DelaiRecrutement(
                mois=1,
                depart=DepartDelai.COMITE,
                source="S1, partie 3, les engagements de la structure",
                date_butoir=date(2022, 2, 28),
            ),
            delai_instruction=DelaiInstruction(
                nature=NatureInstruction.MINIMUM_DEPOT, jours=21, source="S1, partie 4, étape 4"
            ),
            annonce=Annonce.NON_REQUISE,
            horloge=Horloge.DEPART_FORMATION,
            horloge_exempte=Horloge.DEBUT_CONTRAT,
            tranches=TROIS_TRANCHES,
            source_tranches="S1, étape 8",
            contact_formation=ContactFormation.STRUCTURE,
            instruction_par_date_de_recrutement=True,
        ),
        Regime(
            code=CodeRegime.AAC_COORDINATEUR_2023,
            libelle=CodeRegime.AAC_COORDINATEUR_2023.libelle,
            sources=("S2",),
            statuts=frozenset(StatutJuridique),
            pour_qui=(
                "Les structures publiques et privées, déjà engagées dans le dispositif ou non, qui veulent porter "
                "un poste de conseiller numérique coordinateur."
            ),
            cloture=date(2023, 12, 10),
            delai_recrutement=DelaiRecrutement(mois=6, depart=DepartDelai.NOTIFICATION, source="S2, III.a"),
            delai_instruction=DelaiInstruction(nature=NatureInstruction.MAXIMUM_REPONSE, mois=2, source="S2, V.a"),
            annonce=Annonce.SELON_STATUT,
            horloge=Horloge.SIGNATURE_CONVENTION,
            tranches=(ModeleTranche(100, 1),),
            source_tranches="S2, IV.d",
            contact_formation=ContactFormation.STRUCTURE,
            coordinateur=True,
        ),
    )
}


def obtenir_regime(code: str) -> Regime:
    """The regime of that code; an unknown code is a refusal that names the known ones."""
    try:
        return REGIMES[str(code)]
    except KeyError:
        connus = ", ".join(REGIMES)
        message = f"Le régime « {code} » n’existe pas. Les régimes connus sont : {connus}."
        raise RegleNonRespectee("R9", message, "regime") from None


def annonce_requise(regime: Regime, statut: str) -> bool:
    """R3: must the job advert be published on emploi-territorial a month before the contract is signed?

    S0 step 2 asks it of public structures; the call for coordinators follows the legal kind of each structure.
    """
    if regime.annonce is Annonce.SELON_STATUT:
        return statut != StatutJuridique.PRIVE
    return regime.annonce is Annonce.OBLIGATOIRE


@dataclass(frozen=True)
class Evenements:
    """The dates a post may have known, for the clock of its tranches."""

    signature_contrat: date | None = None
    depart_formation: date | None = None
    debut_contrat: date | None = None
    signature_convention: date | None = None
    exempte_de_formation: bool = False


def date_de_l_horloge(regime: Regime, evenements: Evenements, horloge: str | None = None) -> date | None:
    """R4: the date the tranches are counted from, or None while it has not happened.

    `horloge` is the campaign's override. A person exempted from the course never leaves for training, so a clock set
    on the departure falls back on the start of the contract.
    """
    choisie = Horloge(horloge) if horloge else regime.horloge
    if choisie is Horloge.DEPART_FORMATION and evenements.exempte_de_formation:
        choisie = regime.horloge_exempte or Horloge.DEBUT_CONTRAT
    return getattr(evenements, choisie.value)
