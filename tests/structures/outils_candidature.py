"""The application filled in step by step, as a browser without JavaScript sends it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.test import Client
from django.utils import timezone
from post_office.models import Email

from structures.models import Campagne
from structures.questionnaire import engagements
from tests.structures.factories import siret_suivant

ETAPES = ["eligibilite", "identite", "structure", "coordination", "consultation", "besoin", "projet", "engagements"]


def adresse(etape: str) -> str:
    return f"/accueillir/candidater/{etape}/"


def reponses(campagne: Campagne, **changements: Any) -> dict[str, dict[str, Any]]:
    """Right answers for each step; `changements` are « etape__champ=valeur », None takes a field away."""
    par_etape: dict[str, dict[str, Any]] = {
        "eligibilite": {"type": "commune", "campagne": campagne.code},
        "identite": {"siret": siret_suivant(), "ridet": ""},
        "structure": {
            "nom": "Commune de Moulins",
            "adresse": "12 place de l’Hôtel-de-Ville",
            "commune": "Moulins (03000)",
            "code_postal": "",
            "contact_prenom": "Claude",
            "contact_nom": "Perrin",
            "contact_fonction": "Direction générale des services",
            "contact_courriel": "claude.perrin@exemple.fr",
            "contact_telephone": "04 70 48 50 00",
        },
        "besoin": {
            "nb_conseillers": "2",
            "demarrage_le": (timezone.localdate() + dt.timedelta(days=20)).isoformat(),
            "candidat_identifie": "non",
            "lieu_1_nom": "Médiathèque",
            "lieu_1_commune": "Moulins (03000)",
        },
        "projet": {"motivation": "Les habitants le demandent.", "missions": "Accompagner les démarches en ligne."},
        "engagements": {f"engagement_{e.cle}": "on" for e in engagements(campagne.donnees_regime)},
    }
    if campagne.donnees_regime.coordinateur:
        par_etape["identite"]["cas_coordinateur"] = "creation"
        par_etape["coordination"] = {
            "coordination_temps_plein": "oui",
            "perimetre_echelle": "departement",
            "perimetre_coordination": "L’Allier",
            "departement_1": "03",
        }
        par_etape["consultation"] = {
            "consultation_1_nom": "Commune de Vichy",
            "consultation_1_courriel": "numerique@vichy.exemple.fr",
        }
    for cle, valeur in changements.items():
        etape, champ = cle.split("__", 1)
        if valeur is None:
            par_etape[etape].pop(champ, None)
        else:
            par_etape[etape][champ] = valeur
    return par_etape


def poster(client: Client, etape: str, champs: dict[str, Any], **autres: Any) -> Any:
    donnees = {f"{etape}-{nom}": valeur for nom, valeur in champs.items()}
    return client.post(adresse(etape), {"candidater-current_step": etape, **donnees, **autres})


def remplir(client: Client, par_etape: dict[str, dict[str, Any]], jusqu_a: str = "engagements") -> Any:
    """Send the steps up to `jusqu_a` included; the answer of the last one sent."""
    reponse = None
    for etape in (etape for etape in ETAPES if etape in par_etape):
        reponse = poster(client, etape, par_etape[etape])
        if etape == jusqu_a or reponse.status_code != 302:
            break
    return reponse


def erreurs(reponse: Any) -> dict[str, list[str]]:
    """Field → errors of the page, read from the form that it shows."""
    return {champ: list(liste) for champ, liste in reponse.context["form"].errors.items()}


def lien_du_courriel(chemin: str, rang: int = -1) -> str:
    """The path of the last link of this kind in the outbox."""
    trouves = []
    for courriel in Email.objects.order_by("pk"):
        trouves += re.findall(rf"http://testserver({re.escape(chemin)}[^\s]+)", courriel.message)
    return trouves[rang]
