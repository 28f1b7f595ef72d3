"""The official directory of companies and public bodies (R21): one question, less than three seconds, never compulsory.

Speaks the protocol of « recherche-entreprises ». Whatever happens there, the application goes on: an empty setting, a
refusal, an error, a strange answer or silence all give « indisponible ».
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import httpx
from django.conf import settings

from portal.territoires.models import Commune

logger = logging.getLogger(__name__)

TAILLE_MAX = 1024 * 1024
# A page never waits more than three seconds for the directory: what remains is for the page itself.
ATTENTE_MAX_S = 2.5
PAUSE_MAX_S = 120
# After silence, nobody else waits for it during this time.
PAUSE_SILENCE_S = 20
# Questions at the same time; past that, the directory counts as silent.
QUESTIONS_MAX = 8
MASQUE = "[NON-DIFFUSIBLE]"
# What reading a strange answer may raise; `RecursionError` for one that is only brackets.
ETRANGETES = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
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
    """« 429, come back later » is obeyed by the whole process; so is silence, for a shorter time."""

    jusqu_a = 0.0

    @classmethod
    def pendant(cls, secondes: float) -> None:
        cls.jusqu_a = max(cls.jusqu_a, time.monotonic() + secondes)


_places = threading.BoundedSemaphore(QUESTIONS_MAX)


def chercher(siret: str) -> Fiche:
    """The establishment of this SIRET, head office or not."""
    if not settings.SIRENE_API_URL or time.monotonic() < _Pause.jusqu_a:
        return Fiche(siret, Verdict.INDISPONIBLE)
    try:
        return _lire(siret, _demander(siret))
    except (httpx.HTTPError, httpx.InvalidURL, *ETRANGETES) as erreur:
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
    """The answer, or an error once the time is over whatever the directory is doing.

    The timeouts of an HTTP client are per operation: a slow name server, headers or a body that come byte by byte would
    last for ever. The question is asked in a thread that nobody waits for past the deadline.
    """
    delai = min(settings.DELAI_SERVICE_EXTERNE_S, ATTENTE_MAX_S)
    question = _Question(siret, delai)
    if not _places.acquire(blocking=False):
        raise httpx.PoolTimeout("too many questions at the same time")
    question.start()
    question.join(delai)
    if question.is_alive():
        question.abandonner()
        _Pause.pendant(PAUSE_SILENCE_S)
        raise httpx.ReadTimeout("no answer in time")
    if question.erreur is not None:
        raise question.erreur
    return json.loads(question.contenu)


class _Question(threading.Thread):
    """One request to the directory; `contenu` or `erreur` once it is over."""

    def __init__(self, siret: str, delai: float) -> None:
        super().__init__(daemon=True, name="annuaire")
        self.siret = siret
        self.limite = time.monotonic() + delai
        self.contenu, self.erreur = b"", None
        entetes = {"User-Agent": f"portail-conseiller-numerique ({settings.SUPPORT_COURRIEL})"}
        self.client = httpx.Client(timeout=delai, headers=entetes, follow_redirects=False)
        self.adresse = f"{settings.SIRENE_API_URL.rstrip('/')}/search"

    def run(self) -> None:
        try:
            with self.client:
                self.contenu = self._lire()
        except Exception as erreur:  # told to who waits, in its own thread
            self.erreur = erreur
        finally:
            _places.release()

    def abandonner(self) -> None:
        """Closes the connection under the thread, which ends by itself."""
        with contextlib.suppress(Exception):
            self.client.close()

    def _lire(self) -> bytes:
        contenu = bytearray()
        parametres = {"q": self.siret, "page": 1, "per_page": 1}
        with self.client.stream("GET", self.adresse, params=parametres) as reponse:
            if reponse.status_code == httpx.codes.TOO_MANY_REQUESTS:
                attente = reponse.headers.get("Retry-After", "")
                _Pause.pendant(min(int(attente), PAUSE_MAX_S) if attente.isdecimal() else 10)
            if reponse.status_code == httpx.codes.NOT_FOUND:
                return b'{"results": []}'
            reponse.raise_for_status()
            for morceau in reponse.iter_bytes():
                contenu += morceau
                if len(contenu) > TAILLE_MAX:
                    raise ValueError("answer too large")
                if time.monotonic() > self.limite:
                    raise httpx.ReadTimeout("answer too slow")
        return bytes(contenu)


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
