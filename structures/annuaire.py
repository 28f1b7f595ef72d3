"""The official directory of companies and public bodies (R21): one question, three seconds at most, never compulsory.

Speaks the protocol of « recherche-entreprises ». Whatever happens there, the application goes on: an empty setting, a
refusal, an error, a strange answer or silence all give « indisponible ».
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import httpx
from django.conf import settings

from portal.territoires.models import Commune

logger = logging.getLogger(__name__)

TAILLE_MAX = 1024 * 1024
PAUSE_MAX_S = 120
MASQUE = "[NON-DIFFUSIBLE]"
# Paris, Lyon and Marseille are one commune each for us; the directory gives the arrondissement.
ARRONDISSEMENTS = {"751": "75056", "6938": "69123", "132": "13055"}


class Verdict(StrEnum):
    TROUVE = "trouve"
    FERME = "ferme"
    INCONNU = "inconnu"
    INDISPONIBLE = "indisponible"


@dataclass(frozen=True)
class Fiche:
    """What the directory says of one establishment; masked values are empty, never stored as they come."""

    siret: str
    verdict: str
    nom: str = ""
    categorie_juridique: str = ""
    adresse: str = ""
    code_postal: str = ""
    code_commune: str = ""
    est_ess: bool = False
    non_diffusible: bool = False

    def en_dict(self) -> dict[str, Any]:
        return asdict(self)


class _Pause:
    """« 429, come back later » is obeyed by the whole process."""

    jusqu_a = 0.0


def chercher(siret: str) -> Fiche:
    """The establishment of this SIRET, head office or not."""
    if not settings.SIRENE_API_URL or time.monotonic() < _Pause.jusqu_a:
        return Fiche(siret, Verdict.INDISPONIBLE)
    try:
        return _lire(siret, _demander(siret))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, AttributeError) as erreur:
        # The SIRET is public, but what the directory answers may name people: only the kind of error is logged.
        logger.warning("Annuaire des entreprises indisponible : %s", type(erreur).__name__)
        return Fiche(siret, Verdict.INDISPONIBLE)


def commune_de(fiche: Fiche) -> Commune | None:
    """The commune of a sheet in our own table."""
    for debut, code in ARRONDISSEMENTS.items():
        if fiche.code_commune.startswith(debut):
            return Commune.objects.filter(pk=code).first()
    return Commune.objects.filter(pk=fiche.code_commune).first() if fiche.code_commune else None


def _demander(siret: str) -> dict[str, Any]:
    delai = settings.DELAI_SERVICE_EXTERNE_S
    limite = time.monotonic() + delai
    adresse = f"{settings.SIRENE_API_URL.rstrip('/')}/search"
    entetes = {"User-Agent": f"portail-conseiller-numerique ({settings.SUPPORT_COURRIEL})"}
    contenu = bytearray()
    with (
        httpx.Client(timeout=delai, headers=entetes, follow_redirects=False) as client,
        client.stream("GET", adresse, params={"q": siret, "page": 1, "per_page": 1}) as reponse,
    ):
        if reponse.status_code == httpx.codes.TOO_MANY_REQUESTS:
            attente = reponse.headers.get("Retry-After", "")
            _Pause.jusqu_a = time.monotonic() + min(int(attente) if attente.isdecimal() else 10, PAUSE_MAX_S)
        if reponse.status_code == httpx.codes.NOT_FOUND:
            return {"results": []}
        reponse.raise_for_status()
        for morceau in reponse.iter_bytes():
            contenu += morceau
            if len(contenu) > TAILLE_MAX:
                raise ValueError("answer too large")
            # The timeout of the client is per read: an answer that drips would last for ever.
            if time.monotonic() > limite:
                raise httpx.ReadTimeout("answer too slow")
    return json.loads(contenu)


def _lire(siret: str, reponse: dict[str, Any]) -> Fiche:
    """The head office is in `siege`; any other establishment only in `matching_etablissements`."""
    for unite in reponse["results"]:
        for etablissement in [unite.get("siege") or {}, *(unite.get("matching_etablissements") or [])]:
            if etablissement.get("siret") == siret:
                return _fiche(siret, unite, etablissement)
    return Fiche(siret, Verdict.INCONNU)


def _fiche(siret: str, unite: dict[str, Any], etablissement: dict[str, Any]) -> Fiche:
    ouvert = etablissement.get("etat_administratif") != "F" and unite.get("etat_administratif") != "C"
    enseignes = etablissement.get("liste_enseignes") or []
    noms = [_clair(nom) for nom in (unite.get("nom_complet"), unite.get("nom_raison_sociale"), *enseignes)]
    return Fiche(
        siret=siret,
        verdict=Verdict.TROUVE if ouvert else Verdict.FERME,
        nom=next((nom for nom in noms if nom), "")[:250],
        categorie_juridique=_clair(unite.get("nature_juridique"))[:4],
        adresse=_adresse(etablissement),
        code_postal=_clair(etablissement.get("code_postal"))[:5],
        code_commune=_clair(etablissement.get("commune"))[:5],
        est_ess=bool((unite.get("complements") or {}).get("est_ess")),
        non_diffusible=MASQUE in json.dumps([unite.get("nom_complet"), etablissement], ensure_ascii=False),
    )


def _adresse(etablissement: dict[str, Any]) -> str:
    """The street without « 03000 MOULINS », which has its own fields."""
    adresse, code = _clair(etablissement.get("adresse")), _clair(etablissement.get("code_postal"))
    if code and f" {code} " in f"{adresse} ":
        adresse = adresse.partition(f" {code} ")[0] if f" {code} " in adresse else adresse.removesuffix(f" {code}")
    return adresse[:250]


def _clair(valeur: Any) -> str:
    """A text, empty when it is masked."""
    texte = str(valeur or "").strip()
    return "" if MASQUE in texte else texte
