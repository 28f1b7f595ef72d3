"""R60, R3, R8: is a file filled in rightly, and what is missing before it can be filed. Pure: no ORM, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from stdnum import iban as stdnum_iban
from stdnum.exceptions import ValidationError

from portal.commun.dates import age
from portal.commun.erreurs import Manquement, RegleNonRespectee
from structures.regimes import Regime, annonce_requise
from subventions.regles import PRIVES, PieceAttendue, pieces_attendues, pieces_manquantes

MAJORITE = 18
AGE_MAX = 120
SITE_ANNONCES = "emploi-territorial.fr"
AIDES_MAX = Decimal("100000.00")


@dataclass(frozen=True)
class Informations:
    """What a structure says about itself in a file, whatever it left empty."""

    statut: str
    president_nom: str = ""
    president_naissance: date | None = None
    dgs_nom: str = ""
    dgs_naissance: date | None = None
    iban: str = ""
    aides: Decimal = Decimal("0.00")
    cofinancement: str = ""
    annonce_url: str = ""
    annonce_le: date | None = None
    annonce_dispensee: bool = False


def normaliser_iban(saisie: str) -> str:
    """R60: the IBAN without spaces, its check digits right; an empty one stays empty."""
    compact = stdnum_iban.compact(saisie.strip()).upper()
    if not compact:
        return ""
    try:
        return stdnum_iban.validate(compact)
    except ValidationError:
        message = "Cet IBAN n’existe pas : recopiez celui du relevé d’identité bancaire, avec ses deux lettres."
        raise RegleNonRespectee("R60", message, "iban") from None


def verifier_informations(infos: Informations, aujourdhui: date) -> list[Manquement]:
    """R60, R3, R8: what was typed and cannot be. What is still empty is not judged here."""
    manquements = [
        *_verifier_naissance(infos.president_naissance, "president_naissance", aujourdhui),
        *_verifier_naissance(infos.dgs_naissance, "dgs_naissance", aujourdhui),
    ]
    try:
        normaliser_iban(infos.iban)
    except RegleNonRespectee as erreur:
        manquements.append(Manquement(erreur.regle, erreur.message, erreur.champ))
    if not Decimal(0) <= infos.aides <= AIDES_MAX:
        message = "Indiquez le montant total des aides déjà versées, entre 0 et 100 000 euros."
        manquements.append(Manquement("R8", message, "aides"))
    if infos.annonce_url and not est_une_annonce(infos.annonce_url):
        message = f"Indiquez l’adresse de l’annonce sur {SITE_ANNONCES}, qui commence par https://."
        manquements.append(Manquement("R3", message, "annonce_url"))
    if infos.annonce_le and infos.annonce_le > aujourdhui:
        message = "La date de publication de l’annonce ne peut pas être dans le futur."
        manquements.append(Manquement("R3", message, "annonce_le"))
    return manquements


def est_une_annonce(adresse: str) -> bool:
    """R3: the advert is on emploi-territorial (S0 step 2)."""
    morceaux = urlsplit(adresse)
    hote = (morceaux.hostname or "").lower()
    return morceaux.scheme in ("http", "https") and (hote == SITE_ANNONCES or hote.endswith(f".{SITE_ANNONCES}"))


def _verifier_naissance(naissance: date | None, champ: str, aujourdhui: date) -> list[Manquement]:
    if naissance is None:
        return []
    if naissance > aujourdhui or not MAJORITE <= age(naissance, aujourdhui) <= AGE_MAX:
        return [Manquement("R60", "Vérifiez cette date de naissance : elle doit être celle d’un adulte.", champ)]
    return []


def informations_manquantes(infos: Informations, regime: Regime) -> list[Manquement]:
    """R60, R3: what must be filled in before filing. The general manager is compulsory in a public body only (S0, S1);
    one who is named comes with a birth date."""
    dgs = infos.statut not in PRIVES
    attendus = [
        ("R60", "president_nom", infos.president_nom, "Le prénom et le nom du président ou du maire", True),
        (
            "R60",
            "president_naissance",
            infos.president_naissance,
            "La date de naissance du président ou du maire",
            True,
        ),
        ("R60", "dgs_nom", infos.dgs_nom, "Le prénom et le nom du directeur général", dgs or infos.dgs_naissance),
        (
            "R60",
            "dgs_naissance",
            infos.dgs_naissance,
            "La date de naissance du directeur général",
            dgs or infos.dgs_nom,
        ),
        ("R60", "iban", infos.iban, "L’IBAN de la structure", True),
    ]
    if annonce_requise(regime, infos.statut) and not infos.annonce_dispensee:
        attendus += [
            ("R3", "annonce_url", infos.annonce_url, f"L’adresse de l’annonce publiée sur {SITE_ANNONCES}", True),
            ("R3", "annonce_le", infos.annonce_le, "La date de publication de l’annonce", True),
        ]
    return [
        Manquement(regle, libelle, champ) for regle, champ, valeur, libelle, requis in attendus if requis and not valeur
    ]


def pieces_du_dossier(statut: str, *, aides: Decimal, cofinancement: str) -> list[PieceAttendue]:
    """R60, R8: the pieces of a file with these declarations."""
    return pieces_attendues(statut, cofinancement=bool(cofinancement.strip()), aides=aides > 0)


def pieces_a_fournir(attendues: Iterable[PieceAttendue], valables: Iterable[str]) -> list[PieceAttendue]:
    """R60: the compulsory pieces that are neither received nor accepted."""
    return pieces_manquantes(list(attendues), valables)
