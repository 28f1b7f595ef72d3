"""Files of Pix Orga, written the way Pix writes them: BOM, semicolons, decimal commas, `NA`, apostrophes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from candidats.models import Candidat

BADGES = ("Utilisation du numérique dans la vie professionnelle", "Production de ressources")
COMPETENCE = "Mener une recherche et une veille d’information"
# Title → value of somebody who has shared; the order is that of Pix.
PARTAGE: dict[str, Any] = {
    "Nom de l'organisation": "ANCT",
    "ID Campagne": 7,
    "Code": "CONUM2024",
    "Nom de la campagne": "Conseillers numériques",
    "Parcours": "Parcours conseiller",
    "Nom du Participant": "",
    "Prénom du Participant": "",
    "identifiant CN": "",
    "% de progression": 1,
    "Date et heure de début (Europe/Paris)": "30/03/2024 09:12",
    "Partage (O/N)": "Oui",
    "Date et heure du partage (Europe/Paris)": "31/03/2024 14:05",
    "Palier obtenu (/3)": 2,
    f"{BADGES[0]} obtenu (O/N)": "Oui",
    f"{BADGES[1]} obtenu (O/N)": "Non",
    "% maitrise de l'ensemble des acquis du profil": 0.75,
    f"% de maitrise des acquis de la compétence {COMPETENCE}": 0.5,
    f"Nombre d'acquis du profil cible dans la compétence {COMPETENCE}": 8,
    f"Acquis maitrisés dans la compétence {COMPETENCE}": 4,
    "% de maitrise des acquis du domaine Informations et données": 0.5,
}
NON_PARTAGE = {
    "Partage (O/N)": "Non",
    **dict.fromkeys([titre for titre in PARTAGE if list(PARTAGE).index(titre) > 10], "NA"),
}


def ligne_pix(candidat: Candidat | None = None, **changements: Any) -> dict[str, Any]:
    """The line of a candidate; `nom=`, `prenom=`, `identifiant=`, `partage_le=`, `palier=` for what differs."""
    courts = {
        "nom": "Nom du Participant",
        "prenom": "Prénom du Participant",
        "identifiant": "identifiant CN",
        "partage_le": "Date et heure du partage (Europe/Paris)",
        "palier": "Palier obtenu (/3)",
    }
    ligne = dict(PARTAGE)
    if candidat is not None:
        ligne["Nom du Participant"] = candidat.utilisateur.nom
        ligne["Prénom du Participant"] = candidat.utilisateur.prenom
        ligne["identifiant CN"] = candidat.identifiant_pix
    return {**ligne, **{courts.get(cle, cle): valeur for cle, valeur in changements.items()}}


def fichier_pix(*lignes: Mapping[str, Any], titres: list[str] | None = None, renommes: Any = ()) -> bytes:
    """`titres`: the columns of another version; `renommes`: old title → title written."""
    colonnes = titres or list(PARTAGE)
    noms = dict(renommes)
    rangees = [[noms.get(titre, titre) for titre in colonnes]]
    rangees += [[ligne.get(titre, "") for titre in colonnes] for ligne in lignes]
    texte = "".join(";".join(map(_cellule, rangee)) + "\n" for rangee in rangees)
    return ("\ufeff" + texte).encode()


def _cellule(valeur: Any) -> str:
    if isinstance(valeur, (int, float)):
        return str(valeur).replace(".", ",")
    texte = f"'{valeur}" if valeur.startswith(("-", "@", "=", "+")) else valeur
    return texte if re.fullmatch(r"[0-9-]+", texte) else '"' + texte.replace('"', '""') + '"'
