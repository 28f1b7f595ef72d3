"""Content check of uploaded files (R44, R60)."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from portal.commun.erreurs import RegleNonRespectee
from portal.commun.fichiers import NOM_MAX, controler_fichier, nom_propre
from tests.commun.fichiers_exemples import image, pdf, pdf_avec_annotation


def refus(contenu: bytes, **options) -> str:
    with pytest.raises(RegleNonRespectee) as erreur:
        controler_fichier(SimpleUploadedFile("piece.pdf", contenu), **options)
    assert erreur.value.regle == "R60"
    return erreur.value.message


def test_un_pdf_est_pris_avec_son_empreinte_R60():
    contenu = pdf()
    fichier = controler_fichier(SimpleUploadedFile("Délibération n° 3.PDF", contenu))
    assert (fichier.contenu, fichier.taille, fichier.extension) == (contenu, len(contenu), "pdf")
    assert fichier.type_mime == "application/pdf"
    assert fichier.empreinte == hashlib.sha256(contenu).hexdigest()
    assert fichier.nom == "Délibération n° 3.pdf"


def test_le_meme_fichier_se_relit_depuis_des_octets_ou_un_fichier_deja_lu():
    depose = SimpleUploadedFile("cv.pdf", pdf())
    depose.read()
    premier = controler_fichier(depose)
    assert controler_fichier(premier.contenu, nom="cv.pdf") == premier
    assert controler_fichier(premier) is premier


ANNOTATIONS = ["annotation-lance", "annotation-script", "annotation-piece", "annotation-media", "page-agit"]


@pytest.mark.parametrize(
    ("contenu", "phrase"),
    [
        (b"", "vide"),
        (b"MZ\x90\x00 un programme", "n’est pas au format PDF"),
        (image(), "n’est pas au format PDF"),
        (b"%PDF-1.7\n mais rien derriere", "abîmé"),
        (pdf()[:200], "abîmé"),
        (pdf(pages=0), "aucune page"),
        (pdf(mot_de_passe="secret"), "mot de passe"),
        (pdf(script="app.alert(1)"), "programme"),
        (pdf(piece=b"MZ"), "fichier caché"),
        (pdf(ouverture="/Launch"), "programme"),
        (pdf_avec_annotation(action="/Launch"), "programme"),
        (pdf_avec_annotation(action="/JavaScript"), "programme"),
        (pdf_avec_annotation("/FileAttachment"), "programme"),
        (pdf_avec_annotation("/RichMedia"), "programme"),
        (pdf_avec_annotation(sur_la_page=True), "programme"),
    ],
    ids=[
        "vide",
        "exe",
        "image",
        "entete",
        "coupe",
        "sans-page",
        "chiffre",
        "script",
        "piece",
        "lancement",
        *ANNOTATIONS,
    ],
)
def test_ce_qui_n_est_pas_un_pdf_lisible_est_refuse_avec_la_raison_R60(contenu, phrase):
    assert phrase in refus(contenu)


def test_la_taille_se_compte_bornes_comprises_R60():
    contenu = pdf()
    assert controler_fichier(contenu, taille_max=len(contenu)).taille == len(contenu)
    assert "trop lourd" in refus(contenu, taille_max=len(contenu) - 1)
    assert "5 Mo au plus" in refus(b"%PDF-" + b"0" * (5 * 1024 * 1024))


def test_un_fichier_de_taille_inconnue_n_est_pas_lu_au_dela_de_la_limite():
    class SansFin:
        name, lus = "x.pdf", 0

        def seek(self, position):
            return position

        def read(self, taille):
            self.lus += taille
            return b"0" * taille

    sans_fin = SansFin()
    with pytest.raises(RegleNonRespectee):
        controler_fichier(sans_fin, taille_max=1000)
    assert sans_fin.lus == 1001


def test_une_image_est_prise_quand_on_l_accepte_et_seulement_alors():
    assert controler_fichier(image("PNG"), types=("pdf", "jpg", "png")).type_mime == "image/png"
    assert controler_fichier(image("JPEG"), types=("jpg",)).extension == "jpg"
    assert "JPEG ou PNG" in refus(pdf(), types=("jpg", "png"))
    assert "abîmée" in refus(image()[:40], types=("png",))


def test_un_fichier_deja_controle_reste_soumis_aux_types_attendus():
    fichier = controler_fichier(image(), types=("png",))
    with pytest.raises(RegleNonRespectee):
        controler_fichier(fichier, types=("pdf",))


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\moi\\CV.pdf", "CV.pdf"),
        ("cv.pdf.exe", "cv.pdf.exe.pdf"),
        ("scan.JPG", "scan.pdf"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie x.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        ("é" * 300, "é" * (NOM_MAX - 4) + ".pdf"),
    ],
)
def test_le_nom_montre_est_sans_chemin_et_porte_la_vraie_extension(nom, attendu):
    assert nom_propre(nom, "pdf") == attendu


@given(st.text(max_size=400))
def test_aucun_nom_ne_sort_de_son_dossier_ni_ne_coupe_un_entete(nom):
    propre = nom_propre(nom, "pdf")
    assert 4 < len(propre) <= NOM_MAX
    assert not set(propre) & set('/\\\r\n\0"<>')
    assert propre.endswith(".pdf")


def test_un_lien_ordinaire_dans_un_pdf_est_admis():
    assert controler_fichier(pdf_avec_annotation(), types=("pdf",)).extension == "pdf"


@given(st.binary(max_size=300))
def test_aucun_contenu_ne_fait_tomber_le_controle(contenu):
    for debut in (b"", b"%PDF-1.4\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"):
        with pytest.raises(RegleNonRespectee):
            controler_fichier(debut + contenu, types=("pdf", "jpg", "png"))
