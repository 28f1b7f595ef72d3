"""R63: the agreement is an accessible PDF (PDF/UA-1) that says what the regime, the amounts and the schedule say."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from pypdf import PdfReader

from portal.commun.affichage import euros
from portal.commun.dates import ajouter_mois, date_longue, fin_de_periode
from structures.questionnaire import engagements
from structures.regimes import obtenir_regime
from subventions.actions import generer_convention
from subventions.models import Convention
from tests.comptes.factories import acteur
from tests.structures.factories import lieu
from tests.subventions.factories import DossierFactory
from tests.subventions.factories_contrats import ContratFactory, lire

pytestmark = pytest.mark.django_db
AUJOURDHUI = dt.date(2026, 9, 15)


@pytest.fixture(autouse=True)
def _jour_fixe():
    with time_machine.travel(dt.datetime(2026, 9, 15, 12, tzinfo=dt.UTC), tick=False):
        yield


def publique():
    """Public call, 36 months, contract signed."""
    debut = AUJOURDHUI + dt.timedelta(days=5)
    return ContratFactory(signe=True, debut=debut, fin=fin_de_periode(debut, 36))


def outre_mer():
    """La Réunion, aid deducted."""
    dossier = DossierFactory(
        conforme=True,
        aides=Decimal("3000.50"),
        mise_en_relation__poste__structure__commune=lieu("97411"),
        mise_en_relation__poste__structure__code_postal="97400",
        mise_en_relation__poste__structure__nom="Commune de Saint-Denis",
    )
    return ContratFactory(signe=True, dossier=dossier)


def privee():
    """Association, CDI not signed yet: no date before the departure in training."""
    dossier = DossierFactory(
        conforme=True, privee=True, mise_en_relation__poste__structure__nom="Association Les Tilleuls & Cie"
    )
    return ContratFactory(dossier=dossier)


def coordinatrice():
    """Coordinators' call: one tranche, a month after the agreement is signed."""
    return ContratFactory(signe=True, dossier=DossierFactory(conforme=True, coordinateurs=True))


CAS = {"publique": publique, "outre-mer": outre_mer, "privee": privee, "coordinateur": coordinatrice}


def etablir(nom):
    contrat = CAS[nom]()
    convention = generer_convention(acteur=acteur("bdt"), dossier=contrat.dossier)
    contenu = lire(convention.document)
    if os.environ.get("CAPTURES"):
        Path(os.environ["CAPTURES"], f"convention-{nom}.pdf").write_bytes(contenu)
    return contrat, Convention.objects.get(pk=convention.pk), contenu


def texte(contenu):
    pages = PdfReader(io.BytesIO(contenu)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def plat(chaine):
    """As the text of a PDF comes back: spaces of any kind are spaces."""
    return " ".join(str(chaine).split())


@pytest.mark.parametrize("nom", CAS)
def test_document(nom):
    contrat, convention, contenu = etablir(nom)
    lecteur = PdfReader(io.BytesIO(contenu))
    racine = lecteur.trailer["/Root"]
    assert racine["/Lang"] == "fr"
    assert racine["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in racine
    assert lecteur.metadata.title == f"Convention de subvention n° {convention.numero}"
    assert b"pdfuaid" in racine["/Metadata"].get_data()
    assert convention.empreinte == hashlib.sha256(contenu).hexdigest() == convention.document.empreinte
    dit = texte(contenu)
    dossier = contrat.dossier
    for attendu in (
        convention.numero,
        dossier.structure.nom,
        dossier.structure.siret,
        dossier.candidat.utilisateur.nom_complet,
        euros(convention.montant),
        euros(convention.base),
        date_longue(contrat.debut),
        contrat.get_nature_display(),
        *(engagement.texte for engagement in engagements(obtenir_regime(dossier.poste.regime))),
    ):
        assert plat(attendu) in dit, attendu
    # R112: no identity, no birth date, no bank account; nor our own shorthand for the sources.
    for interdit in (
        dossier.president_nom,
        dossier.dgs_nom,
        dossier.iban,
        date_longue(dossier.president_naissance),
        date_longue(dossier.candidat.date_naissance),
        "1990",
        "S0",
        "S2,",
    ):
        assert interdit not in dit, interdit


def test_echeancier_date():
    """R4, R11: the contract is signed: each tranche has its date."""
    contrat, _, contenu = etablir("publique")
    dit = texte(contenu)
    for mois, montant in ((1, 10000), (6, 15000), (12, 25000)):
        assert plat(f"{euros(montant)} le {date_longue(ajouter_mois(contrat.signe_le, mois))}") in dit
    assert "36 mois" in dit


def test_outre_mer_et_aides():
    """R7, R8"""
    dit = texte(etablir("outre-mer")[2])
    for montant in (17500, Decimal("3000.50"), Decimal("64499.50")):
        assert plat(euros(montant)) in dit


def test_sans_date_avant_le_depart():
    """R4: the private clock has not started."""
    dit = texte(etablir("privee")[2])
    assert "départ en formation" in dit
    assert "1 mois après l’événement de départ" in dit
    assert "Ce contrat reste à signer" in dit
    assert "sans terme" in dit
    assert "Les Tilleuls & Cie" in dit


def test_coordinateur():
    """R5: one tranche; the commitments of that call."""
    dit = texte(etablir("coordinateur")[2])
    assert "100 %" in dit
    assert "numérique coordinateur" in dit
    assert "Tranche 2" not in dit


def test_meme_entree_meme_fichier():
    """R63: made again from the same facts, the same bytes: the hash can be checked by anyone."""
    from portal.commun.pdf import rendre_pdf
    from subventions.contenu_convention import contenu as contexte
    from subventions.faits import horloge_du_dossier, montant_du_contrat

    contrat, convention, contenu = etablir("publique")
    dossier = contrat.dossier
    refait = rendre_pdf(
        "pdf/subventions/convention.html",
        contexte(
            dossier,
            contrat,
            montant_du_contrat(dossier, contrat),
            convention.numero,
            horloge_du_dossier(dossier),
            timezone.localdate(),
        ),
        titre=f"Convention de subvention n° {convention.numero}",
    )
    assert refait == contenu


@pytest.mark.parametrize("lignes", range(26, 36))
def test_titre_de_tableau_en_bas_de_page(lignes):
    """R63: wherever the page ends, the document is made: a caption alone at the bottom would break the tagging."""
    from portal.commun.pdf import html_en_pdf

    corps = "<p>Une ligne.</p>" * lignes
    tableau = "<table><caption>Calcul</caption><tbody>" + "<tr><td>a</td></tr>" * 3 + "</tbody></table>"
    page = f"<!DOCTYPE html><html lang='fr'><head><title>t</title></head><body>{corps}{tableau}</body></html>"
    assert html_en_pdf(page).startswith(b"%PDF")
