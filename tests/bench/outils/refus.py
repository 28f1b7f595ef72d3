"""Fifty people refuse a proposal at once, by the link of their mail; the same page, only read, is the reference."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from typing import Any

import httpx

CLIENTS = 50
ATTENTE_S = 60


def mesurer_refus(nombre: int) -> dict[str, Any]:
    """A real server (granian, as in production), fifty clients that do not wait between two requests."""
    from django.urls import reverse

    from candidats.liens import signer
    from candidats.models import MiseEnRelation

    paires = MiseEnRelation.objects.du_moteur().order_by("poste_id", "pk").distinct("poste_id")[:nombre]
    chemins = [reverse("candidats:pas_interesse", args=[signer(paire)]) for paire in paires]
    port = _port_libre()
    serveur = subprocess.Popen(
        [sys.executable, "-m", "granian", "portal.wsgi:application", "--interface", "wsgi", "--host", "127.0.0.1",
         "--port", str(port), "--workers", "2", "--blocking-threads", "2", "--no-access-log"],
        env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _attendre(f"http://127.0.0.1:{port}/sante/")
        lectures, refus = _tous(f"http://127.0.0.1:{port}", chemins)
    finally:
        serveur.terminate()
        serveur.wait()
    page, suivante = _resume(lectures), _resume(refus)
    return {"page_ms": page, "refus_ms": suivante, "refus_sur_page_p95": suivante["p95"] / page["p95"]}


def _port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


def _attendre(adresse: str) -> None:
    fin = time.monotonic() + ATTENTE_S
    while time.monotonic() < fin:
        try:
            httpx.get(adresse, timeout=5)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the server did not answer")


def _tous(adresse: str, chemins: list[str]) -> tuple[list[float], list[float]]:
    """Everybody reads their page, then everybody refuses: the two are never measured together."""
    temps: dict[str, list[float]] = {"lire": [], "refuser": []}
    erreurs: list[BaseException] = []
    barriere = threading.Barrier(CLIENTS)

    def client(les_miens: list[str]) -> None:
        try:
            with httpx.Client(base_url=adresse, timeout=ATTENTE_S) as navigateur:
                for quoi in ("lire", "refuser"):
                    barriere.wait()
                    for chemin in les_miens:
                        temps[quoi].append(_demander(navigateur, chemin, quoi))
        except BaseException as erreur:
            erreurs.append(erreur)
            barriere.abort()

    fils = [threading.Thread(target=client, args=(chemins[rang::CLIENTS],)) for rang in range(CLIENTS)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    if erreurs:
        raise erreurs[0]
    return temps["lire"], temps["refuser"]


def _demander(navigateur: httpx.Client, chemin: str, quoi: str) -> float:
    debut = time.perf_counter()
    if quoi == "lire":
        reponse = navigateur.get(chemin)
    else:
        jeton = navigateur.cookies.get("csrftoken") or ""
        reponse = navigateur.post(chemin, data={"motif": "profil", "csrfmiddlewaretoken": jeton})
    duree = time.perf_counter() - debut
    if reponse.status_code != 200:
        raise RuntimeError(f"{chemin} answered {reponse.status_code}")
    return duree * 1000


def _resume(temps: list[float]) -> dict[str, float]:
    centiles = statistics.quantiles(temps, n=100)
    return {"p50": centiles[49], "p95": centiles[94]}
