"""Spreadsheets as offices write them: encodings, separators, formats, and files that are no spreadsheet (R24, R25)."""

from __future__ import annotations

import io
import zipfile

import pytest

from portal.commun.erreurs import RegleNonRespectee
from structures.tableurs import lire_tableur
from tests.structures.outils_tableaux import en_csv, en_xlsx

COLONNES = {"nom": ("Nom", "Dénomination"), "note": ("Note",)}


def lire(contenu, obligatoires=("nom",)):
    return [dict(ligne.cellules) for ligne in lire_tableur(contenu, COLONNES, obligatoires, regle="R25")]


def refus(contenu):
    with pytest.raises(RegleNonRespectee) as erreur:
        lire(contenu)
    assert erreur.value.champ == "fichier"
    return erreur.value.message


@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separateur", [";", ",", "\t"])
def test_encodages_et_separateurs_des_bureaux(encodage, separateur):
    contenu = en_csv([["Hérault – l’été", "a;b,c"]], ["Dénomination", "NOTE"], encodage=encodage, separateur=separateur)
    assert lire(contenu) == [{"nom": "Hérault – l’été", "note": "a;b,c"}]


def test_classeur_excel_et_ses_nombres():
    lignes = lire(en_xlsx([["Été", 3.0], ["Hiver", 2.5], [None, None], ["Printemps", True]], ["Nom", "Note"]))
    assert lignes == [
        {"nom": "Été", "note": "3"},
        {"nom": "Hiver", "note": "2.5"},
        {"nom": "Printemps", "note": "Oui"},
    ]


def test_le_numero_de_ligne_est_celui_que_le_tableur_montre():
    """A line break inside a cell, an empty line, the « sep= » line of Excel."""
    contenu = b'sep=;\r\nNom;Note\r\n"a\r\nb";1\r\n;;\r\nc;2\r\n'
    lignes = lire_tableur(contenu, COLONNES, ["nom"], regle="R25")
    assert [(ligne.numero, ligne["nom"]) for ligne in lignes] == [(3, "a\nb"), (5, "c")]


def test_l_apostrophe_d_une_formule_exportee_est_retiree():
    """R25: a file exported and sent back unchanged says the same thing."""
    assert lire(en_csv([["'=1+1", "'- à revoir"], ["'s Graven", ""]], ["Nom", "Note"])) == [
        {"nom": "=1+1", "note": "- à revoir"},
        {"nom": "'s Graven", "note": ""},
    ]


def test_une_cellule_de_trop_est_signalee_et_les_titres_inconnus_sont_ignores():
    lignes = lire_tableur(b"Nom;Autre\na;b;c\nd;e;\n", COLONNES, ["nom"], regle="R25")
    assert [ligne.deborde for ligne in lignes] == [True, False]


@pytest.mark.parametrize(
    "texte", ["projet soutenu par la mairie dâ€™Ambert", "numÃ©rique", "num\u201arique", "ac\ufffd"]
)
def test_un_texte_mal_decode_se_voit(texte):
    (ligne,) = lire_tableur(en_csv([[texte, ""]], ["Nom", "Note"]), COLONNES, ["nom"], regle="R25")
    assert ligne.illisible


def test_un_texte_francais_ordinaire_est_lisible():
    texte = "L’été à Nîmes… « œuvre », Ã seul, 50 % – déjà ; ‚rare‘ mot"
    (ligne,) = lire_tableur(en_csv([[texte, ""]], ["Nom", "Note"]), COLONNES, ["nom"], regle="R25")
    assert not ligne.illisible


def _bombe() -> bytes:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (101 * 1024 * 1024))
    return tampon.getvalue()


def _zip(nom: str) -> bytes:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        archive.writestr(nom, b"<xml/>")
    return tampon.getvalue()


@pytest.mark.parametrize(
    ("contenu", "attendu"),
    [
        (b"", "vide"),
        (b"Nom;Note\r\n", "aucune ligne"),
        (b"Autre;Note\na;b\n", "« Nom »"),
        (b"Nom;Nom\na;b\n", "deux fois"),
        (b"%PDF-1.7 ...", "pas un tableau"),
        (b"\x00\x01\x02", "pas un tableau"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "ancien classeur"),
        (b"Nom;Note\n\x81\x8d;a\n", "encodage"),
        (b'Nom;Note\n"a;b\n', "guillemet"),
        (b'Nom;Note\n"' + b"a" * 200_000 + b'";b\n', "trop longue"),
        (b"Nom;Note\n" + b";" * 300 + b"\n", "cellules"),
        (b"PK\x03\x04abim\xc3\xa9", "abîmé"),
        (_zip("content.xml"), "pas un classeur Excel"),
        (_zip("xl/workbook.xml"), "abîmé"),
    ],
    # Named by rank: the bytes of an archive hold the time it was made, and two workers must see the same names.
    ids=[f"fichier-{rang}" for rang in range(14)],
)
def test_un_fichier_qui_n_est_pas_le_bon_est_refuse_avec_la_raison(contenu, attendu):
    assert attendu in refus(contenu)


def test_un_classeur_qui_explose_est_refuse():
    assert "trop lourd" in refus(_bombe())


def test_trop_lourd_ou_trop_long():
    assert "10 Mo" in refus(b"Nom;Note\n" + b"a" * (10 * 1024 * 1024))
    assert "partagez" in refus(b"Nom;Note\n" + b"a;b\n" * 60_001)
