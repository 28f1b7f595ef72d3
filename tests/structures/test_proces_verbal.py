"""Who reads what of the minutes: ANCT the whole, a prefecture and a SGAR the extract of their territory (R26, §2)."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from portal.commun import documents
from portal.commun.models import LectureDocument
from structures.actions import cloturer
from structures.models import Avis
from structures.proces_verbal import NATURE_PROCES_VERBAL, rendre_extrait
from tests.comptes.factories import OrganisationFactory
from tests.structures.factories import AvisFactory, ComiteFactory, lieu
from tests.structures.outils_comites import MOTIF, decidee

pytestmark = pytest.mark.django_db

REFUS = "Le budget du projet n’est pas équilibré."


def page(comite):
    return reverse("admin:structures_comite_proces_verbal", args=[comite.uuid])


def lire(contenu):
    pdf = PdfReader(BytesIO(contenu))
    return pdf, " ".join(" ".join(feuille.extract_text() for feuille in pdf.pages).split())


@pytest.fixture
def scene(anct, comite):
    """A closed committee over three départements: Allier, Puy-de-Dôme (same région) and Paris."""
    lignes = {
        "03": decidee(comite, anct, nb_postes=2, nom="Commune de Moulins"),
        "63": decidee(comite, anct, "refusee", 0, REFUS, nom="Ville de Clermont", commune=lieu("63113")),
        "75": decidee(comite, anct, "examen", 0, MOTIF, nom="Ville de Paris", commune=lieu("75056")),
    }
    return cloturer(acteur=anct, comite=comite), lignes


def test_la_prefecture_lit_l_extrait_de_son_departement(client_de, scene):
    """R26: no name, figure or reason of another département."""
    comite, lignes = scene
    reponse = client_de("prefecture").get(page(comite))
    assert reponse.status_code == 200
    assert reponse["Content-Type"] == "application/pdf"
    assert "no-store" in reponse["Cache-Control"]
    pdf, texte = lire(reponse.content)
    assert pdf.metadata.title == f"Extrait du procès-verbal du comité de sélection n° {comite.numero}"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert lignes["03"].candidature.nom in texte
    assert "a examiné 1 candidature de ce territoire" in texte
    assert "Sans avis" in texte
    for autre in ("Clermont", "Puy-de-Dôme", "Paris", REFUS, MOTIF, "Enveloppe de la campagne", "4 000"):
        assert autre not in texte


def test_le_sgar_lit_l_extrait_de_sa_region(client_de, scene):
    """§2"""
    _, texte = lire(client_de("sgar").get(page(scene[0])).content)
    assert "Commune de Moulins" in texte
    assert "Ville de Clermont" in texte
    assert REFUS in texte
    assert "Paris" not in texte


@pytest.mark.parametrize("role", ["anct", "support"])
def test_l_anct_lit_le_proces_verbal_entier(client_de, scene, role):
    """R26"""
    comite, lignes = scene
    reponse = client_de(role).get(page(comite), follow=True)
    _, texte = lire(b"".join(reponse))
    for ligne in lignes.values():
        assert ligne.candidature.nom in texte
    assert "Enveloppe de la campagne" in texte


@pytest.mark.parametrize("role", ["prefecture", "sgar"])
def test_le_fichier_entier_n_est_pas_a_eux(client_de, scene, role):
    """R26: its address answers 404, and the page of the committee does not give it."""
    comite, _ = scene
    client = client_de(role)
    entier = reverse("commun:document", args=[comite.proces_verbal.uuid])
    assert client.get(entier).status_code == 404
    fiche = client.get(reverse("admin:structures_comite_change", args=[comite.uuid])).content.decode()
    assert entier not in fiche
    assert page(comite) in fiche
    assert "Extrait du procès-verbal" in fiche


def test_hors_du_territoire_ou_avant_la_cloture_il_n_y_a_rien(client_de, scene):
    comite, _ = scene
    ailleurs = OrganisationFactory(prefecture=True, codes_departements=["2A"])
    assert client_de("prefecture", organisation=ailleurs).get(page(comite)).status_code == 404
    prepare = ComiteFactory(campagne=comite.campagne)
    assert client_de("anct").get(page(prepare)).status_code == 404
    assert client_de("prefecture").get(page(prepare)).status_code == 404
    assert client_de("anct").post(page(comite)).status_code == 405


def test_l_extrait_est_le_meme_chaque_fois_meme_apres_un_nouvel_avis(anct, scene):
    """R25, R26: further examination lets the opinion change; the minutes keep the one of the session."""
    comite, lignes = scene
    territoire = frozenset({"75"})
    avant = rendre_extrait(comite, territoire, pour="Paris")
    AvisFactory(candidature=lignes["75"].candidature, rendu_le=timezone.now() + dt.timedelta(days=1))
    assert rendre_extrait(comite, territoire, pour="Paris") == avant


def test_l_extrait_dit_l_avis_connu_a_la_cloture(anct, comite):
    """R25"""
    ligne = decidee(comite, anct, "examen", 0, MOTIF)
    AvisFactory(candidature=ligne.candidature, nb_postes=3, rendu_le=timezone.now())
    comite = cloturer(acteur=anct, comite=comite)
    Avis.objects.update(en_vigueur=False)
    AvisFactory(
        candidature=ligne.candidature,
        version=2,
        sens="defavorable",
        rendu_le=timezone.now() + dt.timedelta(days=1),
    )
    _, texte = lire(rendre_extrait(comite, frozenset({"03"}), pour="Préfecture de l’Allier"))
    assert "Favorable, 3 postes" in texte
    assert "Défavorable" not in texte


def test_la_lecture_de_l_extrait_est_notee_quand_la_nature_le_demande(client_de, scene, monkeypatch):
    """The extract follows the rule of the document that it comes from."""
    comite, _ = scene
    client = client_de("prefecture")
    client.get(page(comite))
    assert not LectureDocument.objects.exists()
    nature = documents._natures[NATURE_PROCES_VERBAL]
    tracee = documents.Nature(nature.nom, nature.libelle, nature.peut_lire, trace=True)
    monkeypatch.setitem(documents._natures, NATURE_PROCES_VERBAL, tracee)
    client.get(page(comite))
    lecture = LectureDocument.objects.get()
    assert (lecture.document, lecture.role) == (comite.proces_verbal, "prefecture")
