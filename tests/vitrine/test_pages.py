"""Public pages: open to all, one `h1`, a title of their own, facts that agree with the rules (R102)."""

import re

import pytest
from django.urls import reverse

from portal.vitrine.contenus import CHIFFRES, ETAPES
from structures.regimes import REGIMES
from subventions import bareme

PAGES = [
    "accueil",
    "accueillir",
    "devenir_conseiller",
    "missions",
    "contact",
    "accessibilite",
    "mentions_legales",
    "donnees_personnelles",
]


def texte(reponse):
    """The text of a page, tags and runs of spaces removed."""
    return (
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", reponse.content.decode()))
        .replace("\u202f", " ")
        .replace("\xa0", " ")
    )


@pytest.mark.django_db
@pytest.mark.parametrize("nom", PAGES)
def test_la_page_est_publique_avec_un_seul_h1(client, nom):
    reponse = client.get(reverse(f"vitrine:{nom}"))
    assert reponse.status_code == 200
    html = reponse.content.decode()
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert 'lang="fr"' in html


@pytest.mark.django_db
def test_chaque_page_a_son_titre(client):
    titres = set()
    for nom in PAGES:
        html = client.get(reverse(f"vitrine:{nom}")).content.decode()
        titres.add(re.search(r"<title>(.*?)</title>", html, re.S).group(1).strip())
    assert len(titres) == len(PAGES)


@pytest.mark.django_db
@pytest.mark.parametrize("nom", PAGES)
def test_une_page_publique_ne_coute_aucune_requete(client, django_assert_num_queries, nom):
    with django_assert_num_queries(0):
        client.get(reverse(f"vitrine:{nom}"))


@pytest.mark.django_db
@pytest.mark.parametrize("nom", PAGES)
def test_aucun_lien_mort(client, nom):
    """Every address of ours on the page answers (a redirection to the sign-in page is an answer)."""
    html = client.get(reverse(f"vitrine:{nom}")).content.decode()
    for adresse in set(re.findall(r'href="(/[^"#?]*)"', html)):
        if adresse.startswith("/static/"):
            continue
        assert client.get(adresse).status_code in (200, 302), adresse


@pytest.mark.django_db
def test_post_refuse_sur_une_page_publique(client):
    assert client.post(reverse("vitrine:accueil")).status_code == 405


@pytest.mark.django_db
def test_r102_chiffres_et_etapes_sur_l_accueil(client):
    page = texte(client.get("/"))
    for chiffre in CHIFFRES:
        assert chiffre.valeur in page
    assert len(ETAPES) == 9
    for etape in ETAPES:
        assert etape.titre in page


def montants_du_bareme():
    lignes = [ligne.montant for ligne in bareme.BAREME]
    majores = [montant for ligne in bareme.BAREME for montant in ligne.outre_mer.values()]
    return {f"{int(montant):,}".replace(",", " ") + " €" for montant in [*lignes, *majores]}


@pytest.mark.django_db
def test_r6_les_montants_ecrits_sont_ceux_du_bareme(client):
    """What is written for readers never drifts from the scale: same amounts, none missing, none of our own."""
    ecrits = set(re.findall(r"\d\d \d{3} €", texte(client.get("/accueillir/"))))
    assert ecrits == montants_du_bareme()


@pytest.mark.django_db
def test_r5_les_tranches_ecrites_sont_celles_des_regimes(client):
    page = texte(client.get("/accueillir/"))
    mots = {1: "d’un mois", 6: "de six mois", 12: "d’un an"}
    for regime in REGIMES.values():
        if len(regime.tranches) == 1:
            assert "En une fois, un mois après" in page
            continue
        for tranche in regime.tranches:
            assert re.search(rf"{tranche.pourcentage} % au bout {mots[tranche.mois]}", page), (regime.code, tranche)


@pytest.mark.django_db
def test_l_entree_suivre_mene_a_l_espace(client):
    assert reverse("espace") in client.get("/").content.decode()
    reponse = client.get(reverse("espace"))
    assert reponse.status_code == 302
    assert reverse("account_login") in reponse.url


@pytest.mark.django_db
def test_l_hebergeur_est_nomme_quand_il_y_en_a_un(client, settings):
    settings.HEBERGEUR = "Hébergeur d’essai, 1 rue du Lac, Vichy"
    assert "1 rue du Lac" in texte(client.get("/mentions-legales/"))
