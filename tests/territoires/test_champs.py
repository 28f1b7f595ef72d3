"""The commune field, with and without JavaScript, in the portal's form and in django-dsfr's own."""

import re

import pytest
from dsfr.forms import DsfrBaseForm

from portal.commun.formulaires import Formulaire
from portal.territoires.champs import ChampCommune
from portal.territoires.models import Commune

pytestmark = pytest.mark.django_db


class DuPortail(Formulaire):
    commune = ChampCommune(label="Commune de résidence")


class DuDsfr(DsfrBaseForm):
    commune = ChampCommune(label="Commune de résidence")


class Facultatif(Formulaire):
    commune = ChampCommune(required=False)


def remplir(texte, choix=None, classe=DuPortail, **options):
    donnees = {"commune": texte} if choix is None else {"commune": texte, "commune_choix": choix}
    return classe(donnees, **options)


def rendu(formulaire):
    return str(formulaire["commune"].as_field_group())


@pytest.mark.parametrize(
    ("texte", "code"),
    [
        ("ajaccio", "2A004"),
        ("L'Haÿ-les-Roses", "94038"),
        ("st etienne", "42218"),
        ("97150", "97801"),
        ("Moulins (03000)", "03190"),
        ("Moulins (Allier) – 03000", "03190"),
        ("Saint-Pierre (97410)", "97416"),
        ("  Vichy  ", "03310"),
        ("2A004", "2A004"),
    ],
)
def test_un_texte_sans_ambiguite_donne_la_commune(texte, code):
    formulaire = remplir(texte)
    assert formulaire.is_valid(), formulaire.errors
    assert formulaire.cleaned_data["commune"] == Commune.objects.get(pk=code)


@pytest.mark.parametrize(
    ("texte", "proposees"),
    [
        # Hard case 12: one postal code, six communes.
        ("03000", {"03013", "03040", "03085", "03184", "03190", "03200"}),
        # The two communes of Saint-Pierre-et-Miquelon share one postal code.
        ("97500", {"97501", "97502"}),
        ("château chinon", {"58062", "58063"}),
    ],
)
def test_un_texte_ambigu_propose_les_communes_sans_rien_perdre(texte, proposees):
    formulaire = remplir(texte)
    assert not formulaire.is_valid()
    assert formulaire.errors["commune"] == [
        f"Plusieurs communes correspondent à « {texte} » : choisissez la bonne dans la liste."
    ]
    html = rendu(formulaire)
    assert f'value="{texte}"' in html
    assert set(re.findall(r'type="radio"[^>]*value="(\w+)"', html)) == proposees
    assert len(re.findall(r'name="commune_choix"', html)) == len(proposees)


@pytest.mark.parametrize("code", ["03190", "03013"])
def test_le_choix_dans_la_liste_est_retenu(code):
    formulaire = remplir("03000", code)
    assert formulaire.is_valid()
    assert formulaire.cleaned_data["commune"].code == code
    # Another field may be wrong: the list comes back with the answer ticked.
    assert re.search(rf'value="{code}"\s+checked', rendu(formulaire))


def test_tout_candidat_d_un_nom_exact_peut_etre_choisi():
    """Sainte-Colombe is the name of a dozen communes."""
    homonymes = Commune.objects.filter(nom="Sainte-Colombe").values_list("code", flat=True)
    assert len(homonymes) > 8
    html = rendu(remplir("Sainte Colombe"))
    assert set(homonymes) <= set(re.findall(r'type="radio"[^>]*value="(\w+)"', html))


def test_toutes_les_communes_d_un_code_postal_sont_proposees():
    assert rendu(remplir("51300")).count('type="radio"') == 47


@pytest.mark.parametrize("choix", ["75056", "99999", "' OR 1=1", "\x00"])
def test_un_choix_etranger_au_texte_est_ignore(choix):
    """A tick left over from an earlier text, or forged, decides nothing."""
    formulaire = remplir("03000", choix)
    assert not formulaire.is_valid()
    assert remplir("Vichy", choix).is_valid()


def test_un_texte_trop_vague_dit_combien():
    formulaire = remplir("saint")
    (message,) = formulaire.errors["commune"]
    assert re.match(r"\d{4} communes correspondent à « saint », voici les 12 premières", message)
    assert rendu(formulaire).count('type="radio"') == 12


@pytest.mark.parametrize("texte", ["zzzz", "Moulins (99999)", "<bzz>", "%%%"])
def test_un_texte_inconnu_le_dit_et_reste(texte):
    formulaire = remplir(texte)
    (message,) = formulaire.errors["commune"]
    assert message.startswith(f"Aucune commune ne correspond à « {texte} »")
    assert "<bzz>" not in rendu(formulaire)


def test_un_caractere_nul_est_ignore():
    assert remplir("97\x00150").is_valid()
    assert "\x00" not in rendu(remplir("zzz\x00"))


def test_un_texte_demesure_est_refuse_sans_etre_recopie_en_entier():
    (message,) = remplir("x" * 100_000).errors["commune"]
    assert len(message) < 200


def test_obligatoire_et_facultatif():
    assert remplir("   ").errors["commune"] == ["Indiquez une commune : son nom ou son code postal."]
    assert remplir("", "03190").errors["commune"]
    assert DuPortail({}).errors["commune"]
    vide = remplir("", classe=Facultatif)
    assert vide.is_valid()
    assert vide.cleaned_data["commune"] is None


def test_deux_formulaires_ne_partagent_pas_leurs_candidats():
    ambigu = remplir("03000")
    assert not ambigu.is_valid()
    assert 'type="radio"' not in rendu(remplir("Vichy"))
    assert 'type="radio"' not in rendu(DuPortail())


@pytest.mark.parametrize("initiale", ["objet", "code"])
def test_valeur_initiale(initiale):
    moulins = Commune.objects.get(pk="03190")
    formulaire = DuPortail(initial={"commune": moulins if initiale == "objet" else "03190"})
    assert 'value="Moulins (03000)"' in rendu(formulaire)


def test_champ_change_ou_non():
    initial = {"commune": "03190"}
    assert not remplir("Moulins (03000)", initial=initial).has_changed()
    assert remplir("Vichy", initial=initial).has_changed()
    assert not remplir("", classe=Facultatif).has_changed()
    assert remplir("Vichy", classe=Facultatif).has_changed()


def test_champ_desactive_garde_la_valeur_initiale():
    formulaire = remplir("Vichy", initial={"commune": "03190"})
    formulaire.fields["commune"].disabled = True
    assert formulaire.is_valid()
    assert formulaire.cleaned_data["commune"].code == "03190"


def test_prefixe_de_formulaire():
    formulaire = DuPortail({"a-commune": "03000", "a-commune_choix": "03190"}, prefix="a")
    assert formulaire.is_valid()
    assert 'name="a-commune_choix"' in rendu(formulaire)


@pytest.mark.parametrize("classe", [DuPortail, DuDsfr])
def test_aide_et_erreur_decrivent_toutes_deux_le_champ(classe):
    formulaire = remplir("03000", classe=classe)
    assert not formulaire.is_valid()
    html = rendu(formulaire)
    saisie = re.search(r'<input type="text"[^>]*>', html)[0]
    assert 'aria-invalid="true"' in saisie
    decrit_par = re.search(r'aria-describedby="([^"]*)"', saisie)[1].split()
    assert len(decrit_par) == 2
    for identifiant in decrit_par:
        assert html.count(f'id="{identifiant}"') == 1
    textes = [re.search(rf'id="{identifiant}"[^>]*>(.*?)</(?:span|div|p)', html, re.S)[1] for identifiant in decrit_par]
    assert "Nom de la commune ou code postal" in textes[0]
    assert "Plusieurs communes" in textes[1]


@pytest.mark.parametrize("classe", [DuPortail, DuDsfr])
def test_rendu_accessible_et_sans_code_en_ligne(classe):
    html = rendu(remplir("03000", classe=classe))
    identifiants = re.findall(r'\bid="([^"]+)"', html)
    assert len(identifiants) == len(set(identifiants))
    for cible in re.findall(r'for="([^"]+)"', html):
        assert cible in identifiants
    legende = re.search(r'<fieldset[^>]*aria-labelledby="([^"]+)"', html)[1]
    assert legende in identifiants
    assert " style=" not in html
    assert not re.search(r"\son\w+=", html)
    assert re.findall(r"<script[^>]*>(.*?)</script>", html, re.S) == [""]
    assert "fr-input-group--error" in html
