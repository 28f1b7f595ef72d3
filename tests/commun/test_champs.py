"""Fields that accept what people type, and say what is expected otherwise."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from portal.commun.affichage import euros
from portal.commun.formulaires import ChampDate, ChampMontant, ChampPdf, ChampTelephone, Formulaire
from tests.commun.fichiers_exemples import image, pdf


def refus(champ: forms.Field, valeur) -> str:
    with pytest.raises(forms.ValidationError) as erreur:
        champ.clean(valeur)
    return erreur.value.messages[0]


@pytest.mark.parametrize("saisie", ["2021-03-31", "31/03/2021", "31-03-2021", "31.03.2021", " 31/03/2021 "])
def test_une_date_se_tape_de_plusieurs_facons(saisie):
    assert ChampDate().clean(saisie) == date(2021, 3, 31)


@pytest.mark.parametrize("saisie", ["31/02/2021", "demain", "2021", "03/31/2021", "0001-01-01", "3021-01-01"])
def test_une_date_impossible_est_refusee_par_une_phrase(saisie):
    assert refus(ChampDate(), saisie).endswith(".")


def test_les_bornes_d_une_date_sont_comprises_et_dites_au_navigateur():
    champ = ChampDate(min_value=date(2021, 1, 1), max_value=date(2021, 12, 31))
    assert champ.clean("2021-01-01") == date(2021, 1, 1)
    assert champ.clean("2021-12-31") == date(2021, 12, 31)
    assert "à partir du 01/01/2021" in refus(champ, "2020-12-31")
    assert "au plus tard le 31/12/2021" in refus(champ, "2022-01-01")
    assert champ.widget.attrs["min"] == "2021-01-01"


def test_une_date_s_affiche_comme_le_navigateur_l_attend():
    class F(Formulaire):
        jour = ChampDate(label="Jour")

    html = str(F(initial={"jour": date(2021, 3, 1)})["jour"])
    assert 'type="date"' in html
    assert 'value="2021-03-01"' in html


def test_une_date_vide_reste_vide():
    champ = ChampDate(required=False, min_value=date(2021, 1, 1))
    assert champ.clean("") is None


@pytest.mark.parametrize(
    ("saisie", "attendu"),
    [
        ("1234,5", "1234.5"),
        ("1 234,50 €", "1234.50"),
        ("1\u202f234,50\u00a0€", "1234.50"),
        ("1.234,50", "1234.50"),
        ("50000", "50000"),
        ("0", "0"),
    ],
)
def test_un_montant_se_tape_comme_on_l_ecrit(saisie, attendu):
    assert ChampMontant().clean(saisie) == Decimal(attendu)


@pytest.mark.parametrize("saisie", ["-1", "1,234", "abc", "NaN", "Infinity", "1e3000", "12345678901,00", "1,2,3"])
def test_un_montant_impossible_est_refuse(saisie):
    assert refus(ChampMontant(), saisie)


@given(st.decimals(min_value=0, max_value=Decimal("9999999999.99"), places=2))
def test_un_montant_affiche_se_retape_tel_quel(montant):
    assert ChampMontant().clean(euros(montant)) == montant


def test_un_montant_refuse_revient_comme_il_a_ete_tape():
    class F(Formulaire):
        montant = ChampMontant(label="Montant")

    assert 'value="1 234,567"' in str(F({"montant": "1 234,567"})["montant"])
    assert 'value="1234,50"' in str(F(initial={"montant": Decimal("1234.5")})["montant"])


@pytest.mark.parametrize(
    ("saisie", "attendu"),
    [
        ("06 12 34 56 78", "0612345678"),
        ("06.12.34.56.78", "0612345678"),
        ("+33 6 12 34 56 78", "0612345678"),
        ("+33 (0)6 12 34 56 78", "0612345678"),
        ("0033612345678", "0612345678"),
        ("+687 12 34 56", "+687123456"),
        ("+262 262 12 34 56", "+262262123456"),
    ],
)
def test_un_telephone_se_range_sous_une_seule_forme(saisie, attendu):
    assert ChampTelephone().clean(saisie) == attendu


@pytest.mark.parametrize("saisie", ["12", "0012", "06123456789", "téléphone", "123456", "0" * 26, "+33 6 12"])
def test_un_numero_impossible_est_refuse(saisie):
    assert refus(ChampTelephone(), saisie)


def test_un_telephone_facultatif_reste_vide():
    assert ChampTelephone(required=False).clean("") == ""


def test_un_pdf_se_controle_dans_le_formulaire_R60():
    fichier = ChampPdf().clean(SimpleUploadedFile("cv.pdf", pdf()))
    assert fichier.type_mime == "application/pdf"
    assert "PDF" in refus(ChampPdf(), SimpleUploadedFile("cv.pdf", image()))
    assert refus(ChampPdf(), None) == "Choisissez un fichier."
    assert ChampPdf().widget.attrs["accept"] == ".pdf,application/pdf"
