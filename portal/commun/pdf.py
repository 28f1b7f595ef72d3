"""Accessible PDF files (PDF/UA-1) from a template, with the State's own typeface and no access to the network."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pydyf
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

PREFIXE = "statique:"


class _Statiques(URLFetcher):
    """Serves `statique:<path>` from the static files, and nothing else: a document never reaches the network."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith(PREFIXE):
            raise ValueError(f"a PDF only uses static files, not {url[:80]}")
        return URLFetcherResponse(url, body=_lire_statique(url.removeprefix(PREFIXE)))


@lru_cache(maxsize=32)
def _lire_statique(chemin: str) -> bytes:
    trouve = finders.find(chemin)
    if not trouve:
        raise FileNotFoundError(chemin)
    return Path(trouve).read_bytes()


def rendre_pdf(gabarit: str, contexte: Mapping[str, Any], *, titre: str) -> bytes:
    """Render `templates/<gabarit>` (which extends `pdf/base.html`) as a PDF; the same input gives the same bytes."""
    html = render_to_string(gabarit, {"titre": titre, "site_url": settings.SITE_URL.rstrip("/"), **contexte})
    return html_en_pdf(html)


def html_en_pdf(html: str) -> bytes:
    """A whole HTML page as PDF/UA-1."""
    polices = FontConfiguration()
    recuperateur = _Statiques()
    feuille = CSS(string=render_to_string("pdf/style.css"), font_config=polices, url_fetcher=recuperateur)
    document = HTML(string=html, url_fetcher=recuperateur, base_url=PREFIXE)
    return document.write_pdf(
        stylesheets=[feuille],
        font_config=polices,
        pdf_variant="pdf/ua-1",
        pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
        finisher=_stabiliser,
    )


def _stabiliser(document: Any, pdf: pydyf.PDF) -> None:
    """WeasyPrint names the header cells after their place in memory: number them instead.

    A signature keeps the digest of what was signed (R63): the same convention must always give the same bytes.
    """
    numeros: dict[str, str] = {}

    def numeroter(identifiant: pydyf.String) -> pydyf.String:
        return pydyf.String(numeros.setdefault(str(identifiant.string), f"cellule-{len(numeros) + 1}"))

    for objet in pdf.objects:
        if not isinstance(objet, pydyf.Dictionary) or objet.get("Type") != "/StructElem":
            continue
        if "ID" in objet:
            objet["ID"] = numeroter(objet["ID"])
        attributs = objet.get("A")
        if isinstance(attributs, pydyf.Dictionary) and "Headers" in attributs:
            attributs["Headers"] = pydyf.Array(numeroter(identifiant) for identifiant in attributs["Headers"])
