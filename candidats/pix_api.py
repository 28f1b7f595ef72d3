"""Pix’s partner interface (R45): the shared results of our campaigns, when the portal has its keys.

Whatever happens there, nothing of the portal waits for it: the pull is a nightly job, and files are imported without.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import httpx
from django.conf import settings
from django.utils import timezone

from candidats.pix import TEXTE_MAX, Campagne, Lecture, Participation, Rejet, verifier_date

logger = logging.getLogger(__name__)
PAR_PAGE = 200
CAMPAGNES_PAR_PAGE = 1000
# No campaign of ours has a million participants: an interface that never ends is stopped.
PAGES_MAX = 5_000
REPONSE_MAX = 8 * 1024 * 1024
ETRANGETES = (ValueError, KeyError, TypeError, AttributeError, InvalidOperation, OverflowError, RecursionError)
PARTAGEE = "SHARED"


class PixIndisponible(Exception):
    """Pix has not answered what is needed; the sentence holds neither secret nor name."""


def configuree() -> bool:
    return all((settings.PIX_API_URL, settings.PIX_API_ID, settings.PIX_API_SECRET, settings.PIX_API_ORGANISATION))


def lire_participations(depuis: datetime | None = None) -> Lecture:
    """Every shared participation of the organisation’s campaigns since an instant; `PixIndisponible` otherwise."""
    entetes = {"User-Agent": f"portail-conseiller-numerique ({settings.SUPPORT_COURRIEL})"}
    try:
        with httpx.Client(
            base_url=settings.PIX_API_URL, timeout=settings.PIX_API_DELAI_S, headers=entetes, follow_redirects=False
        ) as client:
            return _lire(_Session(client), depuis)
    except PixIndisponible:
        raise
    except httpx.HTTPStatusError as erreur:
        raise PixIndisponible(f"Pix a répondu {erreur.response.status_code}.") from None
    except (httpx.HTTPError, httpx.InvalidURL, *ETRANGETES) as erreur:
        raise PixIndisponible(f"Pix est injoignable ou sa réponse est illisible ({type(erreur).__name__}).") from None


class _Session:
    """Holds the token; Pix does not say how long it lasts, so a 401 is how one learns that it is over."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.jeton = ""

    def _demander_jeton(self) -> None:
        donnees = {
            "grant_type": "client_credentials",
            "client_id": settings.PIX_API_ID,
            "client_secret": settings.PIX_API_SECRET,
            "scope": "meta campaigns",
        }
        reponse = self.client.post("/api/application/token", data=donnees)
        if reponse.status_code in (400, 401, 403):
            raise PixIndisponible(f"Pix refuse nos identifiants ({reponse.status_code}).")
        reponse.raise_for_status()
        self.jeton = str(reponse.json()["access_token"])

    def lire(self, chemin: str, parametres: dict[str, Any]) -> dict[str, Any]:
        if not self.jeton:
            self._demander_jeton()
        statut, contenu = self._demander(chemin, parametres)
        if statut == httpx.codes.UNAUTHORIZED:
            self._demander_jeton()
            statut, contenu = self._demander(chemin, parametres)
        if statut in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise PixIndisponible(f"Pix refuse l’accès à nos campagnes ({statut}).")
        if statut != httpx.codes.OK:
            raise PixIndisponible(f"Pix a répondu {statut}.")
        return json.loads(contenu)

    def _demander(self, chemin: str, parametres: dict[str, Any]) -> tuple[int, bytes]:
        contenu = bytearray()
        entetes = {"Authorization": f"Bearer {self.jeton}"}
        with self.client.stream("GET", chemin, params=parametres, headers=entetes) as reponse:
            for morceau in reponse.iter_bytes():
                contenu += morceau
                if len(contenu) > REPONSE_MAX:
                    raise ValueError("answer too large")
        return reponse.status_code, bytes(contenu)

    def pages(self, chemin: str, cle: str, taille: int, parametres: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Each object of every page; `count` is the number of pages."""
        for numero in range(1, PAGES_MAX + 1):
            lu = self.lire(chemin, {**parametres, "page[number]": numero, "page[size]": taille})
            yield from lu[cle]
            if not lu[cle] or numero >= int(lu["page"]["count"]):
                return
        raise PixIndisponible("Pix donne des pages sans fin.")


def _lire(session: _Session, depuis: datetime | None) -> Lecture:
    lecture, maintenant = Lecture(), timezone.now()
    depuis_iso = {"since": depuis.isoformat()} if depuis else {}
    campagnes = f"/api/organizations/{settings.PIX_API_ORGANISATION}/campaigns"
    for campagne in session.pages(campagnes, "campaigns", CAMPAGNES_PAR_PAGE, {}):
        code = str(campagne.get("code") or "")
        if settings.PIX_CAMPAGNE_CODE and code != settings.PIX_CAMPAGNE_CODE:
            continue
        notre = Campagne.de(str(campagne["id"]), code, str(campagne.get("name") or ""))
        chemin = f"/api/campaigns/{int(campagne['id'])}/participations"
        for lue in session.pages(chemin, "campaignParticipations", PAR_PAGE, depuis_iso):
            lecture.lues += 1
            if lue.get("status") != PARTAGEE:
                lecture.non_partagees += 1
                continue
            try:
                lecture.participations.append(_participation(notre, lue, lecture.lues, maintenant))
            except ETRANGETES:
                lecture.rejets.append(Rejet(lecture.lues, "Cette participation ne peut pas être lue."))
    return lecture


def _participation(campagne: Campagne, lue: dict[str, Any], numero: int, maintenant: datetime) -> Participation:
    partage_le = datetime.fromisoformat(lue["sharedAt"])
    if timezone.is_naive(partage_le) or not verifier_date(partage_le, maintenant):
        raise ValueError("impossible date")
    etapes = lue.get("stages") or {}
    niveau, niveau_max = etapes.get("reachedStage"), etapes.get("numberOfStages")
    avec_niveau = niveau is not None and niveau_max is not None
    if avec_niveau and not 0 <= int(niveau) <= int(niveau_max) <= 99:
        raise ValueError("impossible level")
    return Participation(
        numero=numero,
        campagne=campagne,
        identifiant=_texte(lue.get("participantExternalId")),
        nom=_texte(lue.get("participantLastName")),
        prenom=_texte(lue.get("participantFirstName")),
        # The file gives minutes: the same result must be the same, whatever the way it came.
        partage_le=partage_le.replace(second=0, microsecond=0),
        niveau=int(niveau) if avec_niveau else None,
        niveau_max=int(niveau_max) if avec_niveau else None,
        badges=tuple((_texte(b["title"]), b["isAcquired"] is True) for b in lue.get("badges") or []),
        maitrise=_taux(lue.get("masteryRate")),
    )


def _texte(valeur: Any) -> str:
    return " ".join(str(valeur or "").replace("\x00", "").split())[:TEXTE_MAX]


def _taux(valeur: Any) -> Decimal | None:
    if valeur is None:
        return None
    taux = Decimal(str(valeur)).quantize(Decimal("0.0001"))
    if not 0 <= taux <= 1:
        raise ValueError("impossible rate")
    return taux
