"""`synchroniser_communes` against a local peer that speaks the documented API."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from portal.comptes.models import Organisation, TypeOrganisation
from portal.territoires.api_geo import ListeRefusee, assembler_communes
from portal.territoires.chargement import charger
from portal.territoires.models import Chargement, CodePostal, Commune, Departement, Epci
from portal.territoires.recherche import chercher_communes
from structures.models import Structure

from .pair_api_geo import Pair, listes_officielles, ouvrir

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def listes():
    return listes_officielles()


@pytest.fixture
def pair(listes, settings):
    with ouvrir(Pair(listes)) as pair:
        settings.GEO_API_URL = pair.adresse + "/"
        yield pair


def synchroniser(**options):
    sortie = StringIO()
    call_command("synchroniser_communes", stdout=sortie, **options)
    return sortie.getvalue()


def etat():
    """Enough to see any change of the tables; the rows of the postal codes have no identity of their own."""
    lignes = {Commune: "t::text", Epci: "t::text", Departement: "t::text", CodePostal: "(t.code, t.commune_id)::text"}
    empreintes = [Chargement.objects.count()]
    with connection.cursor() as curseur:
        for modele, ligne in lignes.items():
            requete = sql.SQL("SELECT count(*), md5(string_agg({ligne}, E'\\n' ORDER BY {ligne})) FROM {table} t")
            curseur.execute(requete.format(ligne=sql.SQL(ligne), table=sql.Identifier(modele._meta.db_table)))
            empreintes.append(curseur.fetchone())
    return empreintes


def structure_a(code):
    organisation = Organisation.objects.create(type=TypeOrganisation.STRUCTURE, nom="Mairie")
    return Structure.objects.create(
        organisation=organisation,
        siret="21030190000013",
        nom="Mairie",
        nom_normalise="mairie",
        type="commune",
        statut_juridique="public",
        code_postal="03000",
        commune_id=code,
        contact_prenom="Camille",
        contact_nom="Durand",
        contact_fonction="Maire",
        contact_courriel="mairie@exemple.fr",
    )


def test_les_memes_listes_ne_changent_que_la_provenance(pair):
    avant = etat()
    assert synchroniser() == "34969 communes, dont 0 ajoutées ou modifiées.\n"
    assert etat()[1:] == avant[1:]
    assert Chargement.objects.first().source == "api-geo"
    assert [adresse for adresse, _ in pair.demandes] == ["/regions", "/departements", "/epcis", "/communes"]
    assert all(parametres["zone"] == ["metro,drom,com"] for _, parametres in pair.demandes)
    assert pair.demandes[-1][1]["type"] == ["commune-actuelle"]


def test_une_nouvelle_liste_remplace_l_ancienne(pair):
    """One of each: renamed, moved to another EPCI, placed, created, merged, merged but still used, left out."""
    structure_a("03013")
    pair.commune("03190").update(nom="Moulins-sur-Allier", population=20_000, codesPostaux=["03000", "03001"])
    pair.commune("03111")["codeEpci"] = "200071140"
    # GeoJSON says longitude first.
    pair.commune("01001")["centre"] = {"type": "Point", "coordinates": [4.9243, 46.1534]}
    pair.listes["communes"].append(
        {"nom": "Œuvre-Neuve", "code": "03999", "codesPostaux": ["03190"], "codeDepartement": "03"}
    )
    pair.retirer(lambda c: c["code"] in ("03013", "03010") or c["codeDepartement"] == "978")
    pair.listes["departements"] = [d for d in pair.listes["departements"] if d["code"] != "978"]
    pair.listes["regions"] = [r for r in pair.listes["regions"] if r["code"] != "978"]

    sortie = synchroniser()

    assert "1 communes disparues, retirées : 03010" in sortie
    assert "1 communes disparues, conservées car utilisées : 03013" in sortie
    moulins = Commune.objects.get(pk="03190")
    assert (moulins.nom, moulins.population, moulins.liste_codes_postaux) == (
        "Moulins-sur-Allier",
        20_000,
        ["03000", "03001"],
    )
    assert Commune.objects.get(pk="03111").epci_id == "200071140"
    placee = Commune.objects.get(pk="01001")
    assert (placee.latitude, placee.longitude, placee.precision) == (46.1534, 4.9243, "commune")
    neuve = Commune.objects.get(pk="03999")
    assert (neuve.nom_normalise, neuve.zone, neuve.region_id, neuve.precision) == (
        "oeuvre neuve",
        "metropole",
        "84",
        "postal",
    )
    assert chercher_communes("oeuvre neuve").communes == [neuve]

    # Hard case 13: Saint-Martin, left out of the answer, was not merged with anybody.
    assert Commune.objects.get(pk="97801").actuelle
    assert Departement.objects.filter(pk="978").exists()
    # Still used by a structure: kept, shown where it is used, no longer proposed.
    assert not Commune.objects.get(pk="03013").actuelle
    assert not chercher_communes("avermes").communes
    assert not Commune.objects.filter(pk="03010").exists()
    # The next start must not bring the packaged list back.
    assert charger().inchange
    assert Commune.objects.filter(pk="03999").exists()


def test_un_point_deja_exact_n_est_pas_perdu(pair):
    """The API gives no centre for it: the point we have is better than a mean."""
    avant = Commune.objects.get(pk="03190")
    synchroniser()
    apres = Commune.objects.get(pk="03190")
    assert (apres.latitude, apres.longitude, apres.precision) == (avant.latitude, avant.longitude, "commune")


def test_un_point_impossible_est_ignore(pair):
    impossibles = [
        {"type": "Point", "coordinates": [4, 460]},
        {"type": "Point"},
        "ici",
        {"coordinates": ["4", "46"]},
        None,
    ]
    for code, point in zip(("03190", "03310", "75056", "97801", "01001"), impossibles, strict=True):
        pair.commune(code)["centre"] = point
    assert "dont 0 ajoutées ou modifiées" in synchroniser()


@pytest.mark.parametrize(
    ("liste", "panne", "message"),
    [
        ("communes", 500, "L’API Géo a répondu 500 pour « communes »."),
        ("regions", 404, "L’API Géo a répondu 404 pour « regions »."),
        ("communes", 2.0, "L’API Géo n’a pas répondu à temps pour « communes »."),
        ("epcis", "<html>maintenance</html>", "L’API Géo n’a pas envoyé du JSON pour « epcis »."),
        ("communes", '[{"nom": "Moulins", "code": "03', "L’API Géo n’a pas envoyé du JSON pour « communes »."),
        ("communes", '{"message": "erreur"}', "La liste « communes » est vide ou n’est pas une liste."),
        ("communes", "[]", "La liste « communes » est vide ou n’est pas une liste."),
        ("communes", '[{"code": "03190", "nom": "Moulins", "codeDepartement": "03"}]', "liste incomplète"),
    ],
)
def test_une_panne_ne_change_rien(pair, liste, panne, message):
    avant = etat()
    pair.pannes[liste] = panne
    with pytest.raises(CommandError) as erreur:
        synchroniser(delai=0.5)
    assert message in str(erreur.value)
    assert str(erreur.value).endswith("Rien n’a été modifié.")
    assert etat() == avant


@pytest.mark.parametrize(
    ("champ", "valeur", "message"),
    [
        ("code", "3190", "Code absent, répété ou mal formé dans « communes » : 3190."),
        ("code", "03310", "Code absent, répété ou mal formé dans « communes » : 03310."),
        ("code", None, "Code absent, répété ou mal formé dans « communes » : None."),
        ("nom", "  ", "Nom absent ou illisible dans « communes » pour le code 03190."),
        ("codeDepartement", "99", "« codeDepartement » inconnu dans « communes » pour 03190 : 99."),
        ("codeEpci", "999999999", "« codeEpci » inconnu dans « communes » pour 03190 : 999999999."),
        ("codesPostaux", ["03"], "Codes postaux illisibles pour la commune 03190."),
        ("codesPostaux", "03000", "Codes postaux illisibles pour la commune 03190."),
        ("population", -1, "Population illisible pour la commune 03190."),
        ("population", "beaucoup", "Population illisible pour la commune 03190."),
    ],
)
def test_une_ligne_fausse_fait_refuser_toute_la_liste(listes, champ, valeur, message):
    communes = [commune for commune in listes["communes"] if commune["code"] in ("03310", "03190")]
    assembler_communes({"communes": communes}, {"03"}, {"200071140", "200071363"})
    communes = [commune | {champ: valeur} if commune["code"] == "03190" else commune for commune in communes]
    with pytest.raises(ListeRefusee) as erreur:
        assembler_communes({"communes": communes}, {"03"}, {"200071140", "200071363"})
    assert message in str(erreur.value)


def test_une_seule_ligne_fausse_ne_change_rien(pair):
    avant = etat()
    pair.commune("97801")["population"] = -1
    with pytest.raises(CommandError, match="Population illisible pour la commune 97801. Rien n’a été modifié."):
        synchroniser()
    assert etat() == avant


def test_service_injoignable(settings):
    settings.GEO_API_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="injoignable"):
        synchroniser()


def test_service_non_configure(settings):
    settings.GEO_API_URL = ""
    with pytest.raises(CommandError, match="GEO_API_URL"):
        synchroniser()
