"""The base form: what is read aloud, what is marked, what is kept."""

from __future__ import annotations

import re

import pytest
from django import forms

from portal.commun.erreurs import ErreurMetier, Manquement, RegleNonRespectee
from portal.commun.formulaires import (
    Formulaire,
    FormulaireModele,
    ajouter_erreur_metier,
    ajouter_manquements,
    avec_aide,
)
from portal.commun.templatetags.portail import erreurs_titre, resume_erreurs
from portal.comptes.models import Organisation


class Essai(Formulaire):
    nom = forms.CharField(label="Nom de la structure", max_length=20, help_text="Comme au répertoire")
    siret = forms.CharField(label="SIRET", max_length=14)
    ville = forms.CharField(label="Ville", max_length=20, required=False)
    genre = forms.ChoiceField(
        label="Statut",
        choices=[("a", "Public"), ("b", avec_aide("Privé", "Association, entreprise"))],
        widget=forms.RadioSelect,
        help_text="Un seul choix",
    )
    missions = forms.MultipleChoiceField(
        label="Missions", choices=[("x", "Ateliers"), ("y", "Aide")], widget=forms.CheckboxSelectMultiple
    )
    accord = forms.BooleanField(label="Je m’engage", help_text="Article 3")
    liste = forms.ChoiceField(label="Région", choices=[("", "Choisir"), ("84", "AURA")])
    cache = forms.CharField(widget=forms.HiddenInput, required=False, max_length=5)


def balise(html: str, identifiant: str) -> str:
    return re.search(rf'<[a-z]+[^>]*\bid="{identifiant}"[^>]*>', html)[0]


def verifier_les_renvois(html: str) -> None:
    identifiants = re.findall(r'\bid="([^"]+)"', html)
    assert len(identifiants) == len(set(identifiants)), "ids are unique"
    for attribut in ("for", "aria-describedby", "aria-labelledby"):
        for valeurs in re.findall(rf'\b{attribut}="([^"]*)"', html):
            assert valeurs, attribut
            assert set(valeurs.split()) <= set(identifiants), f"{attribut}={valeurs}"


@pytest.mark.parametrize("donnees", [None, {}, {"nom": "x" * 21, "genre": "z"}])
def test_chaque_renvoi_mene_a_quelque_chose_et_rien_n_est_en_ligne(donnees):
    html = str(Essai(donnees))
    verifier_les_renvois(html)
    assert " style=" not in html
    assert not re.search(r"\son\w+=", html)


def test_l_aide_et_l_erreur_sont_lues_toutes_les_deux():
    html = str(Essai({}))
    champ = balise(html, "id_nom")
    assert 'aria-describedby="id_nom_helptext id_nom-desc-error"' in champ
    assert 'aria-invalid="true"' in champ
    assert 'aria-describedby="id_nom_helptext"' in balise(str(Essai()), "id_nom")
    assert "aria-invalid" not in balise(str(Essai()), "id_nom")
    groupe = re.search(r'<fieldset[^>]*id="id_genre"[^>]*>', html)[0]
    assert 'aria-labelledby="id_genre-legende id_genre-desc-error"' in groupe


def test_seuls_les_champs_facultatifs_sont_marques():
    html = str(Essai())
    assert html.count("(facultatif)") == 1
    assert re.search(r"Ville\s*<span[^>]*>\(facultatif\)", html)


def test_construire_un_formulaire_ne_le_valide_pas():
    assert Essai({})._errors is None


def test_un_choix_peut_porter_sa_propre_aide():
    html = str(Essai())
    assert "Association, entreprise" in html
    assert 'aria-describedby="id_genre_1-aide"' in balise(html, "id_genre_1")
    assert html.count("fr-radio-group") == 2


def test_un_champ_obligatoire_vide_dit_quoi_faire():
    form = Essai({})
    assert form.errors["nom"] == ["Remplissez ce champ : nom de la structure."]
    assert form.errors["siret"] == ["Remplissez ce champ : SIRET."]
    assert form.errors["genre"] == ["Choisissez une réponse : statut."]
    assert form.errors["accord"] == ["Cochez cette case pour continuer."]
    assert "ville" not in form.errors


def test_le_resume_mene_a_chaque_champ_et_le_titre_les_compte():
    form = Essai({"nom": "Moulins", "siret": "1", "liste": "84", "accord": "on", "missions": ["x"]})
    erreurs = resume_erreurs(form)["erreurs"]
    assert erreurs == [{"lien": "#id_genre_0", "texte": "Choisissez une réponse : statut."}]
    assert 'id="id_genre_0"' in str(form)
    assert erreurs_titre(form) == "Erreur (1) : "
    form.add_error("nom", "Trop long.")
    assert resume_erreurs(form)["erreurs"][1]["texte"] == "Nom de la structure : Trop long."
    assert erreurs_titre(Essai()) == ""
    assert resume_erreurs(Essai())["erreurs"] == []


def test_une_erreur_d_un_champ_cache_est_dite_sans_lien():
    form = Essai({"cache": "trop long"})
    caches = [e for e in resume_erreurs(form)["erreurs"] if e["lien"] == ""]
    assert len(caches) == 1


def test_ce_qui_a_ete_tape_revient_echappe():
    html = str(Essai({"nom": '"><script>alert(1)</script>'})["nom"])
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_ce_qu_un_verbe_refuse_se_lit_a_cote_du_champ_ou_en_haut():
    form = Essai({})
    ajouter_erreur_metier(form, RegleNonRespectee("R21", "Ce SIRET n’existe pas.", champ="siret"))
    ajouter_erreur_metier(form, RegleNonRespectee("R22", "Une candidature existe.", champ="inconnu"))
    ajouter_erreur_metier(form, ErreurMetier("Trop tard."))
    assert "Ce SIRET n’existe pas." in form.errors["siret"]
    assert form.non_field_errors() == ["Une candidature existe.", "Trop tard."]


def test_les_manquements_s_affichent_tous_sauf_les_avertissements():
    form = Essai({})
    ajouter_manquements(
        form,
        [
            Manquement("R62", "Salaire trop bas.", "nom"),
            Manquement("R62", "Durée trop longue."),
            Manquement("R83", "Pensez à la formation.", bloquant=False),
        ],
    )
    assert "Salaire trop bas." in form.errors["nom"]
    assert form.non_field_errors() == ["Durée trop longue."]


def test_un_formulaire_de_modele_n_ecrit_pas_lui_meme():
    class DOrganisation(FormulaireModele):
        class Meta:
            model = Organisation
            fields = ["nom", "courriel"]

    form = DOrganisation({"nom": "Moulins", "courriel": ""})
    assert form.is_valid()
    assert "(facultatif)" in str(form)
    with pytest.raises(TypeError):
        form.save()


def test_tout_texte_libre_a_une_longueur_maximale():
    """A text without a limit is a way to fill the database."""

    class Libre(Formulaire):
        texte = forms.CharField(label="Texte", widget=forms.Textarea)

    assert Libre({"texte": "x" * 5000}).is_valid()
    assert "texte" in Libre({"texte": "x" * 5001}).errors
    assert 'maxlength="5000"' in str(Libre())
    assert len({len(Libre().fields["texte"].validators) for _ in range(3)}) == 1, "the limit is added once"


def test_ce_qu_un_formulaire_change_apres_coup_se_lit():
    class Change(Formulaire):
        nombre = forms.IntegerField(label="Nombre", help_text="En tout.")

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.fields["nombre"].label, self.fields["nombre"].help_text = "Combien ?", "En plus."

    page = Change()["nombre"].as_field_group()
    assert "Combien ?" in page and "En plus." in page
    assert "En tout." not in page
