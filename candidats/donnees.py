"""What the portal holds of a candidate, did with it and showed to whom, for the person themselves (R44, R51, R111).

Everything here is read by the person it is about: never another candidate's name, never the words that a structure
keeps for itself, and agents only as their institution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst

from candidats.actions.inscription import CHAMPS_PROFIL
from candidats.cv import NATURE
from candidats.enums import (
    LIBELLES_CANDIDAT,
    EtatCandidat,
    EtatMiseEnRelation,
    Mobilite,
    MotifCloture,
    NatureConsultation,
    Origine,
)
from candidats.models import Candidat, MiseEnRelation
from portal.commun.affichage import date_longue
from portal.commun.jetons import reference
from portal.commun.models import LectureDocument
from portal.commun.roles import Role
from portal.territoires.models import Commune

CV_LU = "CV lu"
NATURES = {str(valeur): libelle for valeur, libelle in NatureConsultation.choices}
ORIGINES = {
    Origine.MOTEUR: "Le portail a proposé votre profil à {structure}",
    Origine.MANUELLE: "{structure} a choisi votre profil",
    Origine.INVITATION: "{structure} vous a invité",
}
# Who the change is signed by, for the person.
QUI = {Role.SYSTEME: "le portail", Role.VISITEUR: "vous, par un lien"}
IDENTITE = {"prenom": "Prénom", "nom": "Nom", "email": "Adresse électronique"}


@dataclass(frozen=True, slots=True)
class Regard:
    """Somebody looked, on a day: the body, never the agent."""

    le: date
    qui: str
    role: str
    quoi: str


@dataclass(frozen=True, slots=True)
class Evenement:
    le: datetime
    texte: str


@dataclass(frozen=True, slots=True)
class Changement:
    """A field of the profile took another value."""

    le: datetime
    par: str
    champ: str
    avant: str
    apres: str
    # A long text is said to have changed; its versions are in the download.
    long: bool = False


def inscriptions(candidat: Candidat) -> list[Candidat]:
    """R43: the registration, and those of the same person that were merged with it."""
    return [candidat, *candidat.fusionnes.select_related("utilisateur").order_by("pk")]


# --- who looked -----------------------------------------------------------------------------------------------------


def regards(candidat: Candidat) -> list[Regard]:
    """Two queries; the latest first, one line per body, role, kind of look and day."""
    vus = {
        Regard(ligne["le"], _institution(ligne), Role(ligne["role"]).label, NATURES[ligne["nature"]])
        for ligne in candidat.consultations.values("le", "role", "nature", "organisation__nom")
    }
    lectures = LectureDocument.objects.filter(document__objet=reference(candidat), document__nature=NATURE)
    siens = [inscription.utilisateur_id for inscription in inscriptions(candidat)]
    for ligne in lectures.exclude(utilisateur__in=siens).values("lu_le", "role", "organisation__nom"):
        jour = timezone.localtime(ligne["lu_le"]).date()
        vus.add(Regard(jour, _institution(ligne), Role(ligne["role"]).label, CV_LU))
    return sorted(vus, key=lambda regard: (-regard.le.toordinal(), regard.qui, regard.quoi))


def _institution(ligne: dict[str, Any]) -> str:
    return ligne["organisation__nom"] or Role(ligne["role"]).label


# --- what happened --------------------------------------------------------------------------------------------------


def evenements(candidat: Candidat) -> list[Evenement]:
    """What the portal, the structures and the person did, the latest first; a constant number of queries."""
    faits = [*_des_paires(candidat), *_de_la_personne(candidat)]
    return sorted(faits, key=lambda fait: fait.le, reverse=True)


def _des_paires(candidat: Candidat) -> Iterable[Evenement]:
    paires = {p.pk: p for p in candidat.mises_en_relation.select_related("poste__structure")}
    precedents: dict[int, str] = {}
    versions = MiseEnRelation.history.filter(id__in=paires).order_by("history_date", "history_id")
    for version in versions.values("id", "history_date", "etat", "motif", "origine"):
        paire = paires[version["id"]]
        structure, etat = paire.poste.structure.nom, EtatMiseEnRelation(version["etat"])
        if version["id"] not in precedents:
            texte = ORIGINES[Origine(version["origine"])].format(structure=structure)
            yield Evenement(version["history_date"], f"{texte} (poste n° {paire.poste.numero})")
        elif precedents[version["id"]] != etat:
            motif = dict(MotifCloture.choices).get(version["motif"], "") if etat == EtatMiseEnRelation.CADUQUE else ""
            suite = f" : {motif[0].lower()}{motif[1:]}" if motif else ""
            yield Evenement(version["history_date"], f"{structure} – {LIBELLES_CANDIDAT[etat]}{suite}")
        precedents[version["id"]] = etat


def _de_la_personne(candidat: Candidat) -> Iterable[Evenement]:
    for inscription in inscriptions(candidat):
        ailleurs = "" if inscription is candidat else f" (inscription de {inscription.utilisateur.email})"
        etat = demandee = None
        versions = inscription.history.order_by("history_date", "history_id")
        for version in versions.values("history_date", "etat", "disponibilite_demandee_le"):
            if version["etat"] != etat:
                etat = version["etat"]
                yield Evenement(version["history_date"], f"Votre inscription : {EtatCandidat(etat).label}{ailleurs}")
            if version["disponibilite_demandee_le"] != demandee:
                demandee = version["disponibilite_demandee_le"]
                texte = "Le portail vous a demandé si vous êtes toujours disponible"
                yield Evenement(version["history_date"], f"{texte}{ailleurs}")


# --- the profile ----------------------------------------------------------------------------------------------------


def changements(candidat: Candidat) -> list[Changement]:
    """R111: each answer that changed, with its two values, the latest first."""
    lus: list[Changement] = []
    for inscription in inscriptions(candidat):
        siens = inscription.utilisateur_id
        profil = list(_versions(inscription.history, CHAMPS_PROFIL))
        communes = _communes(profil)
        lus += _differences(profil, CHAMPS_PROFIL, siens, communes)
        lus += _differences(list(_versions(inscription.utilisateur.history, IDENTITE)), tuple(IDENTITE), siens, {})
    return sorted(lus, key=lambda changement: changement.le, reverse=True)


def _versions(historique: Any, champs: Iterable[str]) -> Any:
    return historique.order_by("history_date", "history_id").values(
        "history_date", "history_user", "history_role", *champs
    )


def _differences(
    versions: Sequence[dict[str, Any]], champs: Sequence[str], soi: int, communes: dict[str, str]
) -> Iterable[Changement]:
    for avant, apres in zip(versions, versions[1:], strict=False):
        for nom in champs:
            if avant[nom] != apres[nom]:
                yield Changement(
                    apres["history_date"],
                    _signataire(apres, soi),
                    libelle(nom),
                    valeur(nom, avant[nom], communes),
                    valeur(nom, apres[nom], communes),
                    nom == "motivation",
                )


def _communes(versions: Sequence[dict[str, Any]]) -> dict[str, str]:
    codes = {version["commune"] for version in versions}
    return {commune.pk: str(commune) for commune in Commune.objects.filter(pk__in=codes)} if len(codes) > 1 else {}


def _signataire(version: dict[str, Any], soi: int) -> str:
    if version["history_user"] == soi:
        return "vous"
    role = Role(version["history_role"])
    return QUI.get(role, role.label)


def libelle(nom: str) -> str:
    """The name of a field, as the person reads it."""
    return IDENTITE.get(nom) or str(capfirst(Candidat._meta.get_field(nom).verbose_name))


def valeur(nom: str, brute: Any, communes: dict[str, str]) -> str:
    """A value in words."""
    if nom == "commune":
        return communes.get(brute, str(brute))
    if nom == "mobilite_km":
        return str(Mobilite(brute).label)
    if isinstance(brute, bool):
        return "Oui" if brute else "Non"
    if isinstance(brute, date):
        return date_longue(brute)
    return str(brute) if brute else "Non renseigné"


# --- what other floors, and other parts of this one, hold of the person ---------------------------------------------

Fournisseur = Callable[[Candidat], Any]
_fournisseurs: dict[str, Fournisseur] = {}


def enregistrer(section: str, fournisseur: Fournisseur) -> None:
    """A section of the download (R111): `fournisseur(candidat)` gives a dictionary, or a list of them, of plain
    values. A section has one supplier."""
    if _fournisseurs.setdefault(section, fournisseur) is not fournisseur:
        raise ValueError(f"two suppliers of the section {section}")


def sections_ajoutees(candidat: Candidat) -> dict[str, Any]:
    return {section: fournisseur(candidat) for section, fournisseur in _fournisseurs.items()}
