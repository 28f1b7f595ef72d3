"""R45: what a Pix Orga file says, and whom it says it of. Pure: no database, no clock.

Columns are found by their titles, which changed over the years, never by their places. A line is joined to a person on
our identifier only: names are compared with the person's to stop a line that contradicts itself, never to choose one.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from portal.commun.erreurs import RegleNonRespectee
from portal.commun.normalisation import normaliser

PARIS = ZoneInfo("Europe/Paris")
TAILLE_MAX = 10 * 1024 * 1024
LIGNES_MAX = 50_000
COLONNES_MAX = 1_000
TEXTE_MAX = 255
# Clocks differ: a result shared « tomorrow » is a mistake, which would win over every correction.
AVANCE_MAX = timedelta(days=1)

# Our identifier: `CN` then ten letters and figures that nobody takes for another (neither 0 nor O, neither 1, I nor L).
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LONGUEUR = 10
FORME = re.compile(rf"CN[{ALPHABET}]{{{LONGUEUR}}}")

TITRES: dict[str, tuple[str, ...]] = {
    "nom": ("Nom du Participant",),
    "prenom": ("Prénom du Participant",),
    "partage": ("Partage (O/N)",),
    "partage_le": ("Date et heure du partage (Europe/Paris)", "Date et heure du partage", "Date du partage"),
    "campagne_id": ("ID Campagne", "Identifiant de la campagne"),
    "code": ("Code", "Code campagne"),
    "campagne": ("Nom de la campagne", "Parcours", "Nom du Profil Cible"),
    "maitrise": ("% maitrise de l'ensemble des acquis du profil", "% de maitrise de l'ensemble des acquis du profil"),
}
# The campaign titles this column itself: `PIX_COLONNE_IDENTIFIANT` comes first, then what was used so far.
TITRES_IDENTIFIANT = ("identifiant CN", "Identifiant conseiller numérique", "Identifiant Pix", "Identifiant externe")
OBLIGATOIRES = ("nom", "prenom", "partage", "partage_le")
PALIER = re.compile(r"palier obtenu \(/\s*(\d{1,2})\)", re.I)
BADGE = re.compile(r"(.+?) obtenu \(o/n\)", re.I)
COMPETENCE = re.compile(r"% de ma[iî]trise des acquis de la comp[ée]tence (.+)", re.I)
DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\D{1,5}(\d{1,2})[:h](\d{2})(?::\d{2})?)?")
ABSENT = ("", "na", "n a")
PAS_UN_EXPORT = "Ce fichier n’est pas un export de résultats de Pix Orga"


@dataclass(frozen=True, slots=True)
class Campagne:
    """`cle` is what does not change when the campaign is renamed: its number at Pix, its code otherwise."""

    cle: str
    code: str = ""
    nom: str = ""

    @classmethod
    def de(cls, numero: str, code: str, nom: str) -> Campagne:
        cle = f"id-{numero}" if numero else f"code-{code}" if code else f"nom-{normaliser(nom)}"
        return cls(cle[:80], code[:TEXTE_MAX], nom[:TEXTE_MAX])


@dataclass(frozen=True, slots=True)
class Participation:
    """One shared result, from a line of the file or from Pix’s interface."""

    numero: int
    campagne: Campagne
    identifiant: str
    nom: str
    prenom: str
    partage_le: datetime
    niveau: int | None = None
    niveau_max: int | None = None
    badges: tuple[tuple[str, bool], ...] = ()
    maitrise: Decimal | None = None
    competences: tuple[tuple[str, Decimal | None], ...] = ()

    @property
    def cle(self) -> str:
        return identifiant_propre(self.identifiant)

    def resultat(self) -> dict[str, Any]:
        """The result alone, as it is stored."""
        return {
            "campagne_cle": self.campagne.cle,
            "campagne_code": self.campagne.code,
            "campagne_nom": self.campagne.nom,
            "partage_le": self.partage_le,
            "niveau": self.niveau,
            "niveau_max": self.niveau_max,
            "badges": [{"nom": nom, "obtenu": obtenu} for nom, obtenu in self.badges],
            "maitrise": self.maitrise,
            "competences": [
                {"nom": nom, "taux": None if taux is None else str(taux)} for nom, taux in self.competences
            ],
        }

    def en_donnees(self) -> dict[str, Any]:
        """The result as JSON, for a line that waits to be reviewed."""
        lu = self.resultat()
        maitrise = None if self.maitrise is None else str(self.maitrise)
        return {**lu, "partage_le": self.partage_le.isoformat(), "maitrise": maitrise}

    def empreinte(self) -> str:
        """The same line, in whatever file it comes back."""
        dit = [self.identifiant, self.nom, self.prenom, self.en_donnees()]
        return hashlib.sha256(json.dumps(dit, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def de_donnees(donnees: Mapping[str, Any]) -> dict[str, Any]:
    """The result of a line that waited."""
    maitrise = donnees["maitrise"]
    return {
        **donnees,
        "partage_le": datetime.fromisoformat(donnees["partage_le"]),
        "maitrise": None if maitrise is None else Decimal(maitrise),
    }


@dataclass(frozen=True, slots=True)
class Rejet:
    """A line that cannot be read, and why."""

    numero: int
    message: str


@dataclass(slots=True)
class Lecture:
    lues: int = 0
    non_partagees: int = 0
    participations: list[Participation] = field(default_factory=list)
    rejets: list[Rejet] = field(default_factory=list)


# --- identifier and names -------------------------------------------------------------------------------------------


def identifiant_propre(texte: str) -> str:
    """As a person types it: in small letters, with spaces or hyphens."""
    return re.sub(r"[^0-9A-Z]", "", texte.upper())[:40]


def memes_noms(nom: str, prenom: str, autre_nom: str, autre_prenom: str) -> bool:
    """Equal once folded, or swapped; a line that names nobody contradicts nobody."""
    lus, connus = (normaliser(nom), normaliser(prenom)), (normaliser(autre_nom), normaliser(autre_prenom))
    return not any(lus) or lus == connus or lus == connus[::-1]


def departager(participations: Iterable[Participation]) -> tuple[list[Participation], list[Participation]]:
    """Lines of one person for one campaign: the last shared is kept, the last written between two of a same minute."""
    gardees: dict[tuple[str, str], Participation] = {}
    laissees = []
    for lue in participations:
        cle = (lue.cle, lue.campagne.cle)
        deja = gardees.get(cle)
        if deja is not None and deja.partage_le > lue.partage_le:
            laissees.append(lue)
            continue
        if deja is not None:
            laissees.append(deja)
        gardees[cle] = lue
    return list(gardees.values()), laissees


# --- the file -------------------------------------------------------------------------------------------------------


def lire(contenu: bytes, *, maintenant: datetime, colonne_identifiant: str = "") -> Lecture:
    """Every line of the file. Raises `RegleNonRespectee` when it is not a file of results of Pix Orga."""
    rangees = _rangees(_texte(contenu))
    titres = next(rangees, (1, []))[1]
    corps = [rangee for rangee in rangees if any(cellule.strip() for cellule in rangee[1])]
    if len(corps) > LIGNES_MAX:
        raise _refus(f"Ce fichier a plus de {LIGNES_MAX} lignes : partagez-le en plusieurs.")
    colonnes = _Colonnes(titres, corps, colonne_identifiant)
    lecture = Lecture(lues=len(corps))
    for numero, cellules in corps:
        try:
            lue = colonnes.participation(numero, cellules, maintenant)
        except _Illisible as illisible:
            lecture.rejets.append(Rejet(numero, str(illisible)))
            continue
        if lue is None:
            lecture.non_partagees += 1
        else:
            lecture.participations.append(lue)
    return lecture


class _Illisible(Exception):
    """Why one line is left out, in French."""


def _refus(message: str) -> RegleNonRespectee:
    return RegleNonRespectee("R45", message, "fichier")


def _texte(contenu: bytes) -> str:
    if not contenu.strip():
        raise _refus("Ce fichier est vide. Choisissez-en un autre.")
    if len(contenu) > TAILLE_MAX:
        raise _refus(f"Ce fichier est trop lourd : {TAILLE_MAX // 1024**2} Mo au plus. Partagez-le en plusieurs.")
    if b"\x00" in contenu or contenu.startswith((b"PK", b"%PDF")):
        raise _refus(
            f"{PAS_UN_EXPORT} : déposez le fichier CSV tel que Pix Orga le donne, sans l’enregistrer ailleurs."
        )
    try:
        return contenu.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refus(
            "Ce fichier n’est pas en UTF-8 : un tableur l’a sans doute enregistré autrement. "
            "Déposez le fichier CSV tel que Pix Orga le donne."
        ) from None


def _rangees(texte: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line of the file where it ends."""
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=";", strict=True)
    try:
        for cellules in lecteur:
            if len(cellules) > COLONNES_MAX:
                raise _refus(f"{PAS_UN_EXPORT} : la ligne {lecteur.line_num} compte trop de colonnes.")
            yield lecteur.line_num, [_cellule(cellule) for cellule in cellules]
    except csv.Error:
        raise _refus(
            f"{PAS_UN_EXPORT}, ou il est coupé : la ligne {lecteur.line_num} ne peut pas être lue "
            "(guillemet mal fermé, ou autre séparateur que le point-virgule)."
        ) from None


def _cellule(cellule: str) -> str:
    """Pix puts an apostrophe before what a spreadsheet would run."""
    texte = " ".join(cellule.split())
    return texte[1:] if texte[:1] == "'" and texte[1:2] in ("-", "@", "=", "+") else texte


class _Colonnes:
    """Where each thing is in this file, whatever the version of Pix that wrote it."""

    def __init__(self, titres: list[str], corps: list[tuple[int, list[str]]], colonne_identifiant: str) -> None:
        self.largeur = len(titres)
        self.places: dict[str, int] = {}
        connus = [normaliser(titre) for titre in titres]
        for cle, noms in TITRES.items():
            trouvees = [place for nom in noms for place, titre in enumerate(connus) if titre == normaliser(nom)]
            if cle in OBLIGATOIRES and len(trouvees) > 1:
                raise _refus(f"La colonne « {noms[0]} » est présente deux fois : gardez-en une.")
            if trouvees:
                self.places[cle] = trouvees[0]
        manquantes = [f"« {TITRES[cle][0]} »" for cle in OBLIGATOIRES if cle not in self.places]
        if manquantes:
            s, verbe = ("s", "manquent") if len(manquantes) > 1 else ("", "manque")
            raise _refus(f"{PAS_UN_EXPORT} : colonne{s} qui {verbe} : {', '.join(manquantes)}.")
        self._identifiant(connus, corps, colonne_identifiant)
        self.paliers = [(p, int(m[1])) for p, titre in enumerate(titres) if (m := PALIER.fullmatch(titre))]
        self.badges = [(p, m[1][:TEXTE_MAX]) for p, titre in enumerate(titres) if (m := BADGE.fullmatch(titre))]
        self.competences = [
            (p, m[1][:TEXTE_MAX]) for p, titre in enumerate(titres) if (m := COMPETENCE.fullmatch(titre))
        ]

    def _identifiant(self, connus: list[str], corps: list[tuple[int, list[str]]], colonne: str) -> None:
        """By its title; by what it holds when the campaign gave it another one, as nothing else has this form."""
        for nom in (colonne, *TITRES_IDENTIFIANT):
            if nom and normaliser(nom) in connus:
                self.places["identifiant"] = connus.index(normaliser(nom))
                return
        libres = [place for place in range(self.largeur) if place not in self.places.values()]
        comptes = {
            place: sum(1 for _, c in corps if place < len(c) and FORME.fullmatch(identifiant_propre(c[place])))
            for place in libres
        }
        meilleure = max(comptes, key=comptes.__getitem__, default=None)
        if meilleure is not None and comptes[meilleure]:
            self.places["identifiant"] = meilleure

    def participation(self, numero: int, cellules: list[str], maintenant: datetime) -> Participation | None:
        """The result of a line; None when the person has not shared it."""
        if len(cellules) != self.largeur:
            raise _Illisible(f"{len(cellules)} cellules au lieu de {self.largeur} : cette ligne est coupée ou décalée.")
        if not _oui(cellules[self.places["partage"]], "Partage (O/N)"):
            return None
        lire = {cle: cellules[place] for cle, place in self.places.items()}
        return Participation(
            numero=numero,
            campagne=Campagne.de(lire.get("campagne_id", ""), lire.get("code", ""), lire.get("campagne", "")),
            identifiant=lire.get("identifiant", "")[:TEXTE_MAX],
            nom=lire["nom"][:TEXTE_MAX],
            prenom=lire["prenom"][:TEXTE_MAX],
            partage_le=_date(lire["partage_le"], maintenant),
            maitrise=taux(lire.get("maitrise", "")),
            badges=tuple((nom, _oui(cellules[p], nom)) for p, nom in self.badges if not _absent(cellules[p])),
            competences=tuple((nom, taux(cellules[p])) for p, nom in self.competences),
            **self._palier(cellules),
        )

    def _palier(self, cellules: list[str]) -> dict[str, int | None]:
        for place, maximum in self.paliers:
            if _absent(cellules[place]):
                continue
            if not re.fullmatch(r"[0-9]{1,2}", cellules[place]) or int(cellules[place]) > maximum:
                raise _Illisible(f"Palier « {cellules[place][:20]} » : un nombre de 0 à {maximum} est attendu.")
            return {"niveau": int(cellules[place]), "niveau_max": maximum}
        return {"niveau": None, "niveau_max": None}


def _absent(cellule: str) -> bool:
    return normaliser(cellule) in ABSENT


def _oui(cellule: str, titre: str) -> bool:
    valeur = normaliser(cellule)
    if valeur not in ("oui", "non"):
        raise _Illisible(f"Colonne « {titre[:60]} » : « Oui » ou « Non » est attendu.")
    return valeur == "oui"


def taux(texte: str) -> Decimal | None:
    """A rate from 0 to 1 with a decimal comma; None for « NA »."""
    if _absent(texte):
        return None
    try:
        valeur = Decimal(texte.replace(",", "."))
    except InvalidOperation:
        valeur = Decimal(-1)
    if not valeur.is_finite() or not 0 <= valeur <= 1:
        raise _Illisible(f"Taux de maîtrise « {texte[:20]} » : un nombre de 0 à 1 est attendu.")
    return valeur.quantize(Decimal("0.0001"))


def _date(texte: str, maintenant: datetime) -> datetime:
    lu = DATE.fullmatch(texte)
    try:
        jour, mois, annee, heure, minute = (int(partie or 0) for partie in lu.groups()) if lu else (0,) * 5
        instant = datetime(annee, mois, jour, heure, minute, tzinfo=PARIS).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Illisible(f"Date du partage « {texte[:20]} » : une date comme 31/03/2021 14:05 est attendue.") from None
    if not verifier_date(instant, maintenant):
        raise _Illisible(f"Date du partage « {texte[:20]} » : vérifiez l’année, cette date est impossible.")
    return instant


def verifier_date(instant: datetime, maintenant: datetime) -> bool:
    """Pix opened in 2016; nothing is shared in the future."""
    return instant.year >= 2016 and instant <= maintenant + AVANCE_MAX


def expliquer(explication: list[dict[str, Any]], critere: dict[str, Any]) -> tuple[list[dict[str, Any]], float]:
    """R48: the explanation of a pair with its Pix line as it is now, and by how much the score moves."""
    ecart = sum(critere["points"] - ligne["points"] for ligne in explication if ligne["code"] == critere["code"])
    return [critere if ligne["code"] == critere["code"] else ligne for ligne in explication], round(ecart, 2)
