"""Tags of the templates, and the strictness that the tests themselves rely on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.paginator import Paginator
from django.template import Context, Origin, Template, engines
from django.test import RequestFactory

from portal.commun import affichage
from portal.commun.templatetags.portail import _adresse

INSECABLE, FINE = "\u00a0", "\u202f"


def rendre(source: str, **contexte) -> str:
    return Template(source, engine=engines["django"].engine).render(Context(contexte))


@pytest.mark.parametrize(
    ("montant", "attendu"),
    [
        (Decimal("50000"), f"50{FINE}000,00{INSECABLE}€"),
        ("1234567.005", f"1{FINE}234{FINE}567,00{INSECABLE}€"),
        (Decimal("-0.5"), f"−0,50{INSECABLE}€"),
        (0, f"0,00{INSECABLE}€"),
        (None, ""),
        ("", ""),
    ],
)
def test_un_montant_s_ecrit_a_la_francaise(montant, attendu):
    assert rendre("{{ m|euros }}", m=montant) == attendu


def test_une_date_et_un_moment_s_ecrivent_en_toutes_lettres_a_l_heure_de_paris():
    nuit = datetime(2026, 3, 2, 23, 5, tzinfo=UTC)
    assert rendre("{{ j|date_longue }}", j=date(2026, 3, 1)) == "1er mars 2026"
    assert rendre("{{ j|date_longue }}", j=nuit) == "3 mars 2026"
    assert rendre("{{ j|moment }}", j=nuit) == f"3 mars 2026 à 0{INSECABLE}h{INSECABLE}05"
    assert rendre("{{ j|date_longue }}{{ j|moment }}", j=None) == ""


def test_les_petites_ecritures():
    assert affichage.telephone("0612345678").replace(INSECABLE, " ") == "06 12 34 56 78"
    assert affichage.telephone("+687123456") == "+687123456"
    assert affichage.taille(1_258_291).replace(INSECABLE, " ") == "1,2 Mo"
    assert affichage.taille(10).replace(INSECABLE, " ") == "1 Ko"
    for nom, attendu in (
        ("Annecy", "d’Annecy"),
        ("Élancourt", "d’Élancourt"),
        ("Œting", "d’Œting"),
        ("Hyères", "d’Hyères"),
        ("Yzeure", "d’Yzeure"),
        ("Yutz", "de Yutz"),
        ("Hauteville", "de Hauteville"),
        ("Le Mans", "du Mans"),
        ("Les Sables-d’Olonne", "des Sables-d’Olonne"),
        ("La Rochelle", "de La Rochelle"),
        ("L’Haÿ-les-Roses", "de L’Haÿ-les-Roses"),
        ("Lessay", "de Lessay"),
        ("Moulins", "de Moulins"),
    ):
        assert affichage.de(nom) == attendu
    assert rendre("{{ n|milliers }}", n=4000) == f"4{FINE}000"
    assert rendre("{{ n|milliers }}{{ n|taille }}", n="x") == ""


def requete(adresse: str):
    return RequestFactory().get(adresse)


def test_l_adresse_courante_garde_les_filtres():
    request = requete("/liste/?region=84&page=3")
    assert rendre("{% url_courante page=2 %}", request=request) == "?region=84&amp;page=2"
    assert rendre("{% url_courante page=None %}", request=request) == "?region=84"


def test_la_pagination_garde_les_filtres_et_dit_ou_l_on_est():
    page = Paginator(range(100), 10).page(5)
    html = rendre("{% pagination page %}", page=page, request=requete("/liste/?q=été&page=5"))
    assert 'href="?q=%C3%A9t%C3%A9&amp;page=6"' in html
    assert html.count('aria-current="page"') == 1
    assert "…" in html
    assert rendre("{% pagination page %}", page=Paginator([1], 10).page(1), request=requete("/")).strip() == ""


def test_un_menu_ne_mene_jamais_a_une_page_absente():
    source = '{% entrees "/sante/" "Santé" "/absente/" "Absente" "commun:rien" "Rien" as menu %}{{ menu|length }}'
    assert rendre(source, request=requete("/sante/")) == "1"
    source = '{% entrees "/sante/" "Santé" as menu %}{% for e in menu %}{{ e.lien }} {{ e.actif }}{% endfor %}'
    assert rendre(source, request=requete("/sante/")) == "/sante/ True"
    assert rendre(source, request=requete("/")) == "/sante/ False"
    assert _adresse(None, "/absente/") == ""


def test_un_etat_se_dit_dans_les_mots_de_qui_lit():
    simple = SimpleNamespace(etat="a", get_etat_display=lambda: "Déposée <b>")
    assert rendre("{% etat o %}", o=simple) == '<p class="fr-badge fr-badge--no-icon">Déposée &lt;b&gt;</p>'
    deux = SimpleNamespace(etat="a", libelle_etat=lambda qui: f"vu par {qui}", COULEURS_ETATS={"a": "success"})
    assert rendre("{% etat o acteur %}", o=deux, acteur="ANCT") == (
        '<p class="fr-badge fr-badge--no-icon fr-badge--success">vu par ANCT</p>'
    )


def test_le_fil_d_ariane_va_par_paires():
    html = rendre('{% fil_ariane "Ici" "/" "Accueil" %}')
    assert 'href="/">Accueil</a>' in html
    assert 'aria-current="page">Ici</a>' in html
    with pytest.raises(ValueError):
        rendre('{% fil_ariane "Ici" "/" %}')


# --- strictness ------------------------------------------------------------------------------------------------------


def gabarit_de(chemin: str, source: str) -> Template:
    from django.conf import settings

    return Template(source, Origin(str(settings.BASE_DIR / chemin)), engine=engines["django"].engine)


def test_une_variable_oubliee_dans_un_gabarit_du_portail_est_une_erreur():
    for source in (
        "{{ oubliee }}",
        "{{ objet.oublie }}",
        "{{ oubliee|default:'x' }}",
        "{% with a=oubliee %}{% endwith %}",
    ):
        with pytest.raises(NameError, match="oubli"):
            gabarit_de("templates/essai.html", source).render(Context({"objet": object()}))


def test_une_condition_une_boucle_et_un_gabarit_de_bibliotheque_la_tolerent():
    tolere = "{% if oubliee %}x{% endif %}{% for a in oubliee %}x{% endfor %}{% firstof oubliee 'b' %}"
    assert gabarit_de("templates/essai.html", tolere).render(Context()) == "b"
    assert gabarit_de("ailleurs/essai.html", "{{ oubliee|default:'x' }}{{ oubliee }}").render(Context()) == "x"


@pytest.mark.parametrize(
    ("km", "attendu"),
    [
        (0, "dans votre commune"),
        (0.49, "dans votre commune"),
        (0.5, f"à 1{INSECABLE}km de chez vous"),
        (12.4, f"à 12{INSECABLE}km de chez vous"),
        (9345.6, f"à 9{FINE}346{INSECABLE}km de chez vous"),
        (None, ""),
    ],
)
def test_personne_n_habite_a_0_km(km, attendu):
    assert rendre('{{ km|distance:"dans votre commune,de chez vous" }}', km=km) == attendu


def test_une_distance_sans_suite_s_arrete_au_chiffre():
    assert rendre("{{ km|distance }}", km=3.2) == f"à 3{INSECABLE}km"
    assert rendre("{{ km|distance }}", km=0.0) == "dans la même commune"


def test_un_iban_se_lit_par_quatre_et_se_masque_R112():
    compte = "FR7630006000011234567890189"
    assert rendre("{{ c|iban }}", c=compte).split(INSECABLE) == ["FR76", "3000", "6000", "0112", "3456", "7890", "189"]
    assert rendre("{{ c|iban_masque }}", c=compte) == f"FR76{INSECABLE}••••{INSECABLE}••••{INSECABLE}0189"
    assert rendre("{{ c|iban }}{{ c|iban_masque }}", c="") == ""
