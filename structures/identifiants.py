"""R21: who a structure is — SIRET, RIDET, and what its legal category says. Pure: the directory is asked elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.commun.erreurs import RegleNonRespectee
from structures.regimes import TYPES_PRIVES, CodeRegime, StatutJuridique, TypeStructure

SIREN_LA_POSTE = "356000000"
NOUVELLE_CALEDONIE = "988"
SEPARATEURS = re.compile(r"[\s.\-\u00a0\u202f]+")


def luhn(chiffres: str) -> bool:
    """The check every SIREN and SIRET passes: every second digit from the right counts double, digit by digit."""
    total = 0
    for rang, chiffre in enumerate(reversed(chiffres)):
        valeur = int(chiffre) * (2 if rang % 2 else 1)
        total += valeur - 9 if valeur > 9 else valeur
    return total % 10 == 0


def normaliser_siret(saisie: str) -> str:
    """R21: the 14 digits, kept as text (leading zeros matter), or a refusal that says what is wrong.

    Establishments of La Poste are too many for the common check: theirs may instead have a digit sum that is a
    multiple of five.
    """
    siret = SEPARATEURS.sub("", saisie)
    if not re.fullmatch(r"[0-9]{14}", siret):
        message = "Le SIRET comporte 14 chiffres : les 9 du SIREN, puis les 5 de l’établissement."
        raise RegleNonRespectee("R21", message, "siret")
    siren = siret[:9]
    valide = luhn(siren) and luhn(siret)
    if siren == SIREN_LA_POSTE:
        valide = luhn(siret) or sum(map(int, siret)) % 5 == 0
    if not valide or siret == "0" * 14:
        raise RegleNonRespectee("R21", "Ce SIRET n’existe pas : vérifiez que vous l’avez bien recopié.", "siret")
    return siret


def normaliser_ridet(saisie: str, departement: str) -> str:
    """R20: the RIDET of a structure of New Caledonia, 7 digits; a 6-digit one is written with a leading zero.

    The three digits of the establishment may follow, as the certificate shows them: 10 digits then.
    """
    if departement != NOUVELLE_CALEDONIE:
        message = "Le RIDET est réservé aux structures de Nouvelle-Calédonie : indiquez votre SIRET."
        raise RegleNonRespectee("R20", message, "ridet")
    ridet = SEPARATEURS.sub("", saisie)
    if not re.fullmatch(r"[0-9]{6,7}|[0-9]{9,10}", ridet) or not ridet.strip("0"):
        message = "Le RIDET comporte 7 chiffres, suivis au besoin des 3 chiffres de l’établissement."
        raise RegleNonRespectee("R20", message, "ridet")
    return ridet.zfill(7) if len(ridet) <= 7 else ridet.zfill(10)


def identifiant_unique(siret: str, ridet: str, departement: str) -> tuple[str | None, str | None]:
    """R20: exactly one of SIRET and RIDET, normalised, the other one None."""
    siret, ridet = siret.strip(), ridet.strip()
    if siret and ridet:
        raise RegleNonRespectee("R20", "Indiquez le SIRET ou le RIDET, pas les deux.", "ridet")
    if ridet:
        return None, normaliser_ridet(ridet, departement)
    if siret:
        return normaliser_siret(siret), None
    if departement == NOUVELLE_CALEDONIE:
        raise RegleNonRespectee("R20", "Indiquez le RIDET de votre structure (ou son SIRET, si elle en a un).", "ridet")
    raise RegleNonRespectee("R20", "Indiquez le SIRET de votre structure.", "siret")


# INSEE legal categories (nomenclature, level III) of the bodies that R4 to R6 tell apart.
CATEGORIES_COLLECTIVITES = {
    "7210": TypeStructure.COMMUNE,
    "7220": TypeStructure.DEPARTEMENT,
    "7225": TypeStructure.COLLECTIVITE,
    "7229": TypeStructure.COLLECTIVITE,
    "7230": TypeStructure.REGION,
    "7343": TypeStructure.EPCI,
    "7344": TypeStructure.EPCI,
    "7346": TypeStructure.EPCI,
    "7347": TypeStructure.EPCI,
    "7348": TypeStructure.EPCI,
}
# Groupings of local authorities other than EPCI with own taxation (CGCT, L. 5111-1): metropolitan poles, syndicates,
# interdepartmental institutions, rural poles.
CATEGORIES_GROUPEMENTS = frozenset({"7340", "7345", "7349", "7351", "7352", "7353", "7354", "7355", "7357"})
CATEGORIE_GIP = "7410"
CATEGORIES_ASSOCIATIONS = frozenset({"5195", "9220", "9221", "9222", "9223", "9224", "9230", "9240", "9260"})
CATEGORIE_ASSOCIATION_NON_DECLAREE = "9210"
CATEGORIE_FONDATION = "9300"
PREFIXES_PUBLICS = ("4", "71", "72", "73", "74")
# 71: the State's own services; 738: national public bodies, chambers; 411 to 413 and 416: national industrial ones.
PREFIXE_ETAT = "71"
PREFIXES_NATIONAUX = ("738", "411", "412", "413", "416")
PREFIXE_SECURITE_SOCIALE = "81"
# Public bodies that their legal category does not tell (the State's own list of exceptions).
SIREN_PUBLICS = frozenset({"320252489", "777749326"})


@dataclass(frozen=True)
class Classement:
    """What a legal category says. `a_confirmer` when the person must choose; the form stays editable (R21)."""

    statut: StatutJuridique | None
    type: TypeStructure | None
    explication: str
    eligible: bool = True
    a_confirmer: bool = False
    coordinateur_seulement: bool = False


def classer(categorie: str, *, siren: str = "", est_ess: bool = False) -> Classement:
    """R21: public or private from the INSEE legal category (4 digits), with the reason in French."""
    if not re.fullmatch(r"[0-9]{4}", categorie):
        return Classement(None, None, "La catégorie juridique n’est pas connue : indiquez-la.", a_confirmer=True)
    if siren in SIREN_PUBLICS:
        texte = "Organisme public, bien que sa catégorie juridique soit privée."
        return Classement(StatutJuridique.AUTRE_PUBLIC, TypeStructure.ETABLISSEMENT_PUBLIC, texte)
    if categorie.startswith(PREFIXES_PUBLICS):
        return _classer_public(categorie)
    return _classer_prive(categorie, est_ess)


def _classer_public(categorie: str) -> Classement:
    public, autre = StatutJuridique.PUBLIC, StatutJuridique.AUTRE_PUBLIC
    if categorie in CATEGORIES_COLLECTIVITES:
        genre = CATEGORIES_COLLECTIVITES[categorie]
        return Classement(public, genre, f"Catégorie juridique {categorie} : {genre.libelle}.")
    if categorie in CATEGORIES_GROUPEMENTS:
        texte = f"Catégorie juridique {categorie} : groupement de collectivités."
        return Classement(public, TypeStructure.ETABLISSEMENT_PUBLIC, texte)
    if categorie == CATEGORIE_GIP:
        return Classement(autre, TypeStructure.GIP, "Catégorie juridique 7410 : groupement d’intérêt public.")
    if categorie.startswith(PREFIXE_ETAT):
        texte = (
            f"Catégorie juridique {categorie} : service de l’État. Les services de l’État ne peuvent pas candidater."
        )
        return Classement(autre, None, texte, eligible=False, a_confirmer=True)
    if categorie.startswith(PREFIXES_NATIONAUX):
        texte = (
            f"Catégorie juridique {categorie} : établissement public national ou chambre consulaire, "
            "admis pour les seuls postes de coordinateur."
        )
        genre = TypeStructure.ETABLISSEMENT_PUBLIC
        return Classement(autre, genre, texte, a_confirmer=True, coordinateur_seulement=True)
    texte = f"Catégorie juridique {categorie} : établissement public local, rattaché à une collectivité."
    return Classement(autre, TypeStructure.ETABLISSEMENT_PUBLIC, texte)


def _classer_prive(categorie: str, est_ess: bool) -> Classement:
    prive = StatutJuridique.PRIVE
    if categorie in CATEGORIES_ASSOCIATIONS:
        return Classement(prive, TypeStructure.ASSOCIATION, f"Catégorie juridique {categorie} : association déclarée.")
    if categorie == CATEGORIE_ASSOCIATION_NON_DECLAREE:
        texte = "Catégorie juridique 9210 : association non déclarée. Seules les associations déclarées sont admises."
        return Classement(prive, TypeStructure.ASSOCIATION, texte, eligible=False, a_confirmer=True)
    if est_ess:
        texte = "Entreprise de l’économie sociale et solidaire, d’après l’annuaire des entreprises."
        return Classement(prive, TypeStructure.ESS, texte)
    if categorie == CATEGORIE_FONDATION:
        return Classement(prive, TypeStructure.PRIVE_INTERET_GENERAL, "Catégorie juridique 9300 : fondation.")
    if categorie.startswith(PREFIXE_SECURITE_SOCIALE):
        texte = (
            f"Catégorie juridique {categorie} : organisme de protection sociale, de droit privé et chargé d’une "
            "mission publique. Indiquez votre statut ; l’ANCT le vérifie."
        )
        return Classement(prive, TypeStructure.PRIVE_INTERET_GENERAL, texte, a_confirmer=True)
    texte = (
        f"Catégorie juridique {categorie} : organisme privé. Seuls les organismes d’intérêt général et ceux de "
        "l’économie sociale et solidaire peuvent candidater : précisez votre situation."
    )
    return Classement(prive, TypeStructure.PRIVE_INTERET_GENERAL, texte, a_confirmer=True)


AUTRES_PUBLICS = frozenset({TypeStructure.ETABLISSEMENT_PUBLIC, TypeStructure.GIP})


def statut_dans_regime(genre: str, regime: str, categorie: str = "") -> StatutJuridique:
    """The legal kind that the scale reads (R6), for a type of structure in a given call.

    The 2020 call treats every local public body alike, GIP included (S0). The 2023 call keeps the full amount for
    local authorities and their groupings, and calls every other body « autre structure publique » (S2, II.b): a CCAS
    is one, a mixed syndicate is a grouping.
    """
    if genre in TYPES_PRIVES:
        return StatutJuridique.PRIVE
    if (
        regime == CodeRegime.AAC_COORDINATEUR_2023
        and genre in AUTRES_PUBLICS
        and categorie not in CATEGORIES_GROUPEMENTS
    ):
        return StatutJuridique.AUTRE_PUBLIC
    return StatutJuridique.PUBLIC
