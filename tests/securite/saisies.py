"""Filling in the forms of the portal: what somebody would type in each, found by reading the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from portal.commun.roles import Role
from tests.commun.fichiers_exemples import pdf
from tests.comptes.factories import MOT_DE_PASSE
from tests.securite.pages import Champ, FormulaireHtml, Lecteur
from tests.urls_roles import Ligne

TEXTE = "Un texte d’essai assez long pour que la personne qui le lit comprenne la raison donnée."
PDF = pdf()
ORDRE = (Role.VISITEUR, Role.STRUCTURE, Role.ANCT, Role.BDT)


def role_de(ligne: Ligne) -> Role:
    """One role that enters: the pages and the verbs behind are the same for the others."""
    return next((role for role in ORDRE if role in ligne.roles), sorted(ligne.roles)[0])


class Lectures:
    """Pages read once for the folder: what a test writes is undone, so the next one would read the same."""

    def __init__(self) -> None:
        self._lues: dict[str, Lecteur | None] = {}

    def lire(self, client: Client, adresse: str) -> Lecteur | None:
        if adresse not in self._lues:
            self._lues[adresse] = _lire(client, adresse)
        return self._lues[adresse]

    def formulaire(self, client: Client, adresse: str) -> FormulaireHtml | None:
        return _principal(self.lire(client, adresse), adresse)


def formulaire(client: Client, adresse: str) -> FormulaireHtml | None:
    """The main form of the page at this address, if it has one that posts there."""
    return _principal(_lire(client, adresse), adresse)


def _lire(client: Client, adresse: str) -> Lecteur | None:
    reponse = client.get(adresse)
    if reponse.status_code != 200 or not reponse["Content-Type"].startswith("text/html"):
        return None
    return Lecteur(reponse.content.decode())


def _principal(page: Lecteur | None, adresse: str) -> FormulaireHtml | None:
    formulaires = [f for f in page.formulaires if f.action in ("", ".", adresse)] if page else []
    return max(formulaires, key=lambda f: len(f.champs), default=None)


def remplir(formulaire: FormulaireHtml, texte: str = TEXTE) -> dict[str, Any]:
    """Every field, kept as the page shows it or filled with something likely."""
    saisie = {champ.nom: _valeur(champ, texte) for champ in formulaire.champs.values()}
    return {nom: valeur for nom, valeur in saisie.items() if valeur not in (None, [])}


# What a name says better than the type of its field.
PAR_NOM = {
    "commune": "Moulins (03000)",
    "date_naissance": "1990-05-17",
    "naissance": "1990-05-17",
    "diplome_nom": "",
    "signe_le": timezone.localdate,
    "le": timezone.localdate,
    "code": "appel-essai",
    "heures": "105",
    "national": [],
    "nb_inconnu": [],
}


def _valeur(champ: Champ, texte: str) -> Any:
    nom = champ.nom.rpartition("-")[2]
    prevu = PAR_NOM.get(nom, PAR_NOM.get(nom.rpartition("_")[2]))
    if prevu is not None and (champ.genre in ("radio", "checkbox") or not any(champ.valeurs)):
        return prevu() if callable(prevu) else prevu
    if champ.genre == "file":
        return fichier()
    if champ.genre in ("radio", "select", "checkbox"):
        possibles = [choix for choix in champ.choix if choix]
        # A retired person is refused (R40): the second answer.
        return [valeur for valeur in champ.valeurs if valeur] or possibles[nom == "retraite" :][:1]
    if champ.genre == "hidden":
        return champ.valeurs or [""]
    if champ.valeurs and champ.valeurs[0].strip():
        return champ.valeurs
    genre = {"decimal": "number", "numeric": "number"}.get(champ.attributs.get("inputmode", ""), champ.genre)
    return LIBRES.get(genre, _court)(champ, texte)


def _court(champ: Champ, texte: str) -> str:
    return texte[: int(champ.attributs.get("maxlength") or 5000)]


def _date(champ: Champ, texte: str) -> str:
    jour = timezone.localdate() + dt.timedelta(days=5)
    bornes = [champ.attributs.get("min"), champ.attributs.get("max")]
    return next((borne for borne in bornes if borne), jour.isoformat())


LIBRES: dict[str, Callable[[Champ, str], Any]] = {
    "email": lambda champ, texte: f"{champ.nom.replace('_', '.').strip('.')}@exemple.fr",
    "tel": lambda champ, texte: "0612345678",
    "url": lambda champ, texte: "https://exemple.fr/offre/1",
    "number": lambda champ, texte: champ.attributs.get("min") or "12",
    "date": _date,
    "time": lambda champ, texte: "10:30",
    "datetime-local": lambda champ, texte: f"{timezone.localdate() + dt.timedelta(days=5)}T10:30",
    "password": lambda champ, texte: MOT_DE_PASSE,
}


def fichier(contenu: bytes = PDF, nom: str = "piece.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, contenu, content_type="application/pdf")
