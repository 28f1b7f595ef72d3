"""Accessible PDF (R63: PDF/UA): tagged, in French, titled, with its fonts, the same bytes for the same input."""

from __future__ import annotations

import io

import pytest
from django.template import engines
from pypdf import PdfReader

from portal.commun.pdf import html_en_pdf, rendre_pdf

CORPS = """{% extends "pdf/base.html" %}{% block contenu %}<h1>Convention n° {{ numero }}</h1>
<p>Œuvre d’été — 50 000,00 €</p><h2>Échéances</h2>
<table><caption>Tranches</caption><thead><tr><th scope="col">Rang</th></tr></thead>
<tbody><tr><td>1</td></tr></tbody></table>
{% endblock %}"""


@pytest.fixture
def gabarit(tmp_path):
    (tmp_path / "essai.html").write_text(CORPS)
    moteur = engines["django"].engine
    origine = list(moteur.dirs)
    moteur.dirs = [tmp_path, *origine]
    yield "essai.html"
    moteur.dirs = origine
    for chargeur in moteur.template_loaders:
        chargeur.reset()


def test_le_pdf_est_balise_titre_et_en_francais_R63(gabarit):
    lecteur = PdfReader(io.BytesIO(rendre_pdf(gabarit, {"numero": 12}, titre="Convention n° 12")))
    racine = lecteur.root_object
    assert racine["/MarkInfo"]["/Marked"]
    assert racine["/Lang"].startswith("fr")
    assert racine["/ViewerPreferences"]["/DisplayDocTitle"]
    assert lecteur.metadata.title == "Convention n° 12"
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/P"} <= set(_balises(racine["/StructTreeRoot"]))
    assert "pdfuaid" in racine["/Metadata"].get_object().get_data().decode()
    texte = lecteur.pages[0].extract_text()
    assert "Convention n° 12" in texte
    assert "Œuvre d’été — 50 000,00 €" in texte


def _balises(noeud) -> list[str]:
    noeud = noeud.get_object()
    if not isinstance(noeud, dict):
        return []
    enfants = noeud.get("/K", [])
    enfants = enfants.get_object() if hasattr(enfants, "get_object") else enfants
    trouves = [noeud["/S"]] if "/S" in noeud else []
    for enfant in enfants if isinstance(enfants, list) else [enfants]:
        trouves += _balises(enfant)
    return trouves


def test_la_police_de_l_etat_est_dans_le_fichier(gabarit):
    lecteur = PdfReader(io.BytesIO(rendre_pdf(gabarit, {"numero": 1}, titre="Essai")))
    polices = {str(police.get_object()["/BaseFont"]) for police in lecteur.pages[0]["/Resources"]["/Font"].values()}
    assert polices
    assert all("Marianne" in police for police in polices), polices


def test_la_meme_entree_donne_les_memes_octets_R63(gabarit):
    premier, second = (rendre_pdf(gabarit, {"numero": 7}, titre="Essai") for _ in range(2))
    assert premier == second
    assert rendre_pdf(gabarit, {"numero": 8}, titre="Essai") != premier


def test_un_document_n_atteint_ni_le_reseau_ni_le_disque(monkeypatch):
    demandes = []
    monkeypatch.setattr("portal.commun.pdf._lire_statique", lambda chemin: demandes.append(chemin) or b"")
    for adresse in ("http://127.0.0.1:1/x.png", "file:///etc/passwd", "data:image/png;base64,AAAA"):
        octets = html_en_pdf(f'<html lang="fr"><title>x</title><img src="{adresse}" alt="x"><p>fin</p></html>')
        assert b"root:" not in octets
    assert all(chemin.startswith("dsfr/") for chemin in demandes)
