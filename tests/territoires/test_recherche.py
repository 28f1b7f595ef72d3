import pytest
from django.urls import reverse

from portal.territoires.models import Commune
from portal.territoires.recherche import chercher_communes

pytestmark = pytest.mark.django_db


def codes(texte, **options):
    return [commune.code for commune in chercher_communes(texte, **options).communes]


@pytest.mark.parametrize(
    ("texte", "code"),
    [
        ("ajaccio", "2A004"),
        ("AJACCIO", "2A004"),
        ("2a004", "2A004"),
        ("L'Haÿ-les-Roses", "94038"),
        ("l hay les roses", "94038"),
        ("lhay les roses", "94038"),
        ("st etienne", "42218"),
        ("Saint-Étienne", "42218"),
        ("97150", "97801"),
        ("978", "97801"),
        ("97133", "97701"),
        ("schoelcher", "97229"),
        ("le havre", "76351"),
        ("havre", "76351"),
        ("y", "80829"),
        ("Moulins 03000", "03190"),
        ("03000 moulins", "03190"),
        ("03 000 Moulins", "03190"),
        ("Moulins (03000)", "03190"),
        ("Moulins (Allier)", "03190"),
        ("Moulins (Allier) – 03000", "03190"),
        ("saint denis reunion", "97411"),
        ("Saint-Denis (La Réunion)", "97411"),
        ("Château-Chinon (Campagne)", "58063"),
        ("Paris 13e", "75056"),
        ("lyon 3ème arrondissement", "69123"),
        ("Marseille 1er", "13055"),
        ("75013", "75056"),
        ("75056", "75056"),
        ("03017 Moulins Cedex 9", "03190"),
    ],
)
def test_la_bonne_commune_vient_en_tete(texte, code):
    assert codes(texte)[0] == code


def test_nom_exact_puis_prefixe_puis_mot_et_population():
    communes = chercher_communes("moulins", limite=None).communes
    assert [c.nom for c in communes[:3]] == ["Moulins"] * 3
    assert [c.population for c in communes[:3]] == sorted((c.population for c in communes[:3]), reverse=True)
    debuts = [c.nom_normalise.startswith("moulins") for c in communes]
    assert debuts == sorted(debuts, reverse=True)
    assert not debuts[-1]


def test_un_mot_au_milieu_se_trouve_mais_pas_un_bout_de_mot():
    noms = {c.nom for c in chercher_communes("roses", limite=None).communes}
    assert "L'Haÿ-les-Roses" in noms
    assert not chercher_communes("ulins").communes


def test_un_code_postal_rend_toutes_ses_communes():
    """Hard case 12: 46 communes share 51300 (also one INSEE code); the limit of the page does not hide any."""
    resultat = chercher_communes("51300", limite=20)
    assert len(resultat.communes) == resultat.total == 47
    assert resultat.exactes == 46
    assert not resultat.tronque


def test_code_postal_partiel():
    resultat = chercher_communes("0319", limite=5)
    assert resultat.tronque
    assert all(any(cp.startswith("0319") for cp in c.liste_codes_postaux) for c in resultat.communes)
    assert not chercher_communes("0").communes


def test_cinq_chiffres_sont_un_code_postal_avant_d_etre_un_code_insee():
    """03190 is the postal code of eleven communes and the INSEE code of Moulins, which comes last."""
    resultat = chercher_communes("03190")
    assert (resultat.total, resultat.exactes) == (12, 11)
    assert resultat.communes[-1].code == "03190"


def test_la_corse_par_departement_et_par_code_postal():
    assert chercher_communes("2A").total == 124
    assert chercher_communes("20").total == Commune.objects.filter(zone="corse").count()


def test_jamais_coupe_en_silence():
    resultat = chercher_communes("saint", limite=20)
    assert len(resultat.communes) == 20
    assert resultat.total == len(chercher_communes("saint", limite=None).communes) > 4000
    assert resultat.tronque
    assert resultat.message == f"20 communes affichées sur {resultat.total} : précisez le nom ou le code postal."


@pytest.mark.parametrize("texte", ["", "   ", "---", "%", "_", "zzzzz", "Moulins 99999", None, "\x00", "🙂", "'; --"])
def test_rien_ne_correspond(texte):
    resultat = chercher_communes(texte)
    assert (resultat.communes, resultat.total, resultat.tronque) == ([], 0, False)


def test_une_commune_disparue_n_est_plus_proposee():
    Commune.objects.filter(pk="2A004").update(actuelle=False)
    assert not chercher_communes("ajaccio").communes
    assert "2A004" not in codes("20000", limite=None)


def test_chaque_libelle_se_relit():
    """What a page shows can be typed back, for a sample that holds the awkward names."""
    delicats = ["97801", "58062", "58063", "75056", "98412", "98901", "97411", "80829", "94038", "2A004"]
    echantillon = list(Commune.objects.order_by("?").values_list("pk", flat=True)[:60])
    for commune in Commune.objects.filter(pk__in=delicats + echantillon).avec_libelle():
        for libelle in (commune.libelle, commune.libelle_complet):
            resultat = chercher_communes(libelle)
            assert resultat.exactes == 1, libelle
            assert resultat.communes[0] == commune, libelle


def test_nombre_de_requetes_constant(django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        for commune in chercher_communes("saint", limite=100).communes:
            assert commune.libelle_complet


class TestAdresse:
    adresse = "/territoires/communes/"

    def test_nom_de_l_adresse(self):
        assert reverse("territoires:communes") == self.adresse

    def test_fragment(self, client):
        reponse = client.get(self.adresse, {"q": "ajaccio"})
        page = reponse.content.decode()
        assert 'data-commune-libelle="Ajaccio (20000)"' in page
        assert "1 commune trouvée." in page
        assert "public" in reponse["Cache-Control"]
        assert "max-age=3600" in reponse["Cache-Control"]
        assert "Accept" in reponse["Vary"]

    def test_fragment_coupe_le_dit(self, client):
        assert "8 communes affichées sur" in client.get(self.adresse, {"q": "saint", "limite": "8"}).content.decode()

    def test_fragment_vide_ou_sans_resultat(self, client):
        assert client.get(self.adresse).content.decode().strip() == ""
        assert "Aucune commune ne correspond" in client.get(self.adresse, {"q": "zzzz"}).content.decode()

    def test_json(self, client):
        donnees = client.get(self.adresse, {"q": "97150"}, headers={"accept": "application/json"}).json()
        assert donnees == {
            "communes": [
                {
                    "code": "97801",
                    "nom": "Saint-Martin",
                    "libelle": "Saint-Martin (97150)",
                    "libelle_complet": "Saint-Martin (Saint-Martin) – 97150",
                    "codes_postaux": ["97150"],
                    "departement": {"code": "978", "nom": "Saint-Martin"},
                }
            ],
            "total": 1,
            "tronque": False,
            "message": "1 commune trouvée.",
        }

    def test_un_navigateur_recoit_du_html(self, client):
        accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        assert client.get(self.adresse, {"q": "y"}, headers={"accept": accept})["Content-Type"].startswith("text/html")

    @pytest.mark.parametrize("limite", ["", "0", "-1", "abc", "99999999", "²", "1e3"])
    def test_limite_fantaisiste(self, client, limite):
        donnees = client.get(
            self.adresse, {"q": "saint", "limite": limite}, headers={"accept": "application/json"}
        ).json()
        assert len(donnees["communes"]) == 20

    def test_limite_plafonnee(self, client):
        donnees = client.get(
            self.adresse, {"q": "saint", "limite": "999"}, headers={"accept": "application/json"}
        ).json()
        assert len(donnees["communes"]) == 100

    def test_le_texte_est_echappe(self, client):
        assert "<script>" not in client.get(self.adresse, {"q": "<script>alert(1)</script>"}).content.decode()

    def test_lecture_seule(self, client):
        assert client.post(self.adresse, {"q": "y"}).status_code == 405
