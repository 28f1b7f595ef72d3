"""The dashboard of posts by territory: its figures are those of the lists, in every perimeter (DOMAIN §2, R15, R30)."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import random
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from portal.territoires.models import Commune, Departement, Epci, Region
from structures import enveloppe
from structures.carte import carte_du_departement
from structures.densite import attacher_densites
from structures.models import Candidature, DemandePostes, Poste
from structures.tableau_de_bord import Echelle, Territoire, lire_territoire, tableau_de_bord
from tests.structures.factories import (
    CampagneFactory,
    CandidatureFactory,
    PosteFactory,
    StructureFactory,
    candidature_de,
    lieu,
)

pytestmark = pytest.mark.django_db
ADRESSE = "admin:structures_tableau_de_bord"
COMMUNES = ("03190", "03310", "03185", "63113", "75056", "97411", "98818")
# Two départements of a région with an EPCI over both, a commune outside any, and a région that is one département.
COMMUNES_DU_PAYS = ("03190", "03310", "03185", "63113", "98818")
ETATS = ("deposee", "examen", "a_corriger", "refusee", "abandonnee", "retenue")
# What a figure that is a number of posts adds up over the rows of its list.
SOMMES = {"postes_candidatures": "nb_conseillers", "postes_demandes": "nb_postes"}


def epci(code: str, *communes: str) -> Epci:
    groupe, _ = Epci.objects.get_or_create(code=code, defaults={"nom": f"Communauté {code}", "nom_normalise": code})
    for commune in communes:
        Commune.objects.filter(pk=lieu(commune).pk).update(epci=groupe)
    return groupe


@pytest.fixture
def pays():
    """Random posts, applications and requests of two campaigns in five communes; the same each time."""
    alea = random.Random(20)  # noqa: S311 - a drawing, not a secret
    epci("200000001", "03310")
    epci("200000002", "03190", "63113")
    Commune.objects.filter(pk=lieu("03185").pk).update(epci=None)
    campagnes = [CampagneFactory(), CampagneFactory()]
    hier, demain = (timezone.localdate() + dt.timedelta(days=jours) for jours in (-1, 1))
    # Every state in turn: the figures of each role have all of them.
    etats = itertools.cycle([{}, {"pourvu": True}, {"reserve": True}, {}, {"rendu": True}, {"retire": True}])
    for rang in range(24):
        structure = StructureFactory(commune=lieu(COMMUNES_DU_PAYS[rang % len(COMMUNES_DU_PAYS)]))
        campagne = alea.choice(campagnes)
        if alea.random() < 0.5:
            candidature_de(
                structure, campagne=campagne, nb_conseillers=alea.choice([None, 1, 4]), **{alea.choice(ETATS): True}
            )
            continue
        for _ in range(alea.randint(1, 3)):
            poste = PosteFactory(
                structure=structure,
                campagne=campagne,
                accorde_le=hier - dt.timedelta(days=90),
                echeance_recrutement=alea.choice([hier, demain]),
                **next(etats),
            )
        if alea.random() < 0.5:
            DemandePostes.objects.create(
                structure=structure,
                campagne=campagne,
                candidature=poste.candidature,
                nb_postes=alea.randint(1, 5),
                demarrage_le=demain,
                motif="De plus en plus d’habitants demandent de l’aide.",
            )
    return campagnes


def chiffres_de(reponse):
    """Every figure of the page, totals included: its name, its number, its address."""
    for cellules in (reponse.context["total"], *(rangee["cellules"] for rangee in reponse.context["lignes"])):
        yield from ((cellule["colonne"].champ, cellule["nombre"], cellule["lien"]) for cellule in cellules)


def pages_du_tableau(client, parametres):
    """The page and all those below it."""
    reponse = client.get(reverse(ADRESSE), parametres)
    assert reponse.status_code == 200
    yield reponse
    for rangee in reponse.context["lignes"]:
        if rangee["lien"] and not rangee["ligne"].chiffres.vide:
            suite = parse_qs(urlsplit(rangee["lien"]).query)
            yield from pages_du_tableau(client, {cle: valeurs[0] for cle, valeurs in suite.items()})


def liste_de(client, lien):
    """The rows that the list at this address shows to this reader, without drawing it."""
    chemin = urlsplit(lien)
    requete = RequestFactory().get(chemin.path, parse_qs(chemin.query))
    requete.acteur, requete.user = client.acteur, client.utilisateur
    return resolve(chemin.path).func.model_admin.get_changelist_instance(requete).queryset


def compter(champ, lignes):
    return lignes.aggregate(n=Sum(SOMMES[champ], default=0))["n"] if champ in SOMMES else lignes.count()


@pytest.mark.parametrize("role", ["anct", "prefecture", "sgar"])
def test_chaque_chiffre_est_le_compte_de_sa_liste(pays, client_de, role):
    """R15, R26, R29, R30: at every level and for every role, the figure is the number of rows that its link shows."""
    client = client_de(role)
    compares, listes = set(), {}
    for parametres in ({}, {"campagne": pays[0].code}):
        for page in pages_du_tableau(client, parametres):
            for champ, nombre, lien in chiffres_de(page):
                if not nombre:
                    assert lien == ""
                    continue
                # The row of a territory and the total of its own table lead to the same list: it is read once.
                if lien not in listes:
                    listes[lien] = liste_de(client, lien)
                assert nombre == compter(champ, listes[lien]), (champ, lien)
                compares.add(champ)
    assert len(compares) == 9
    # What is read here without drawing it is what the page shows.
    lien, lignes = listes.popitem()
    assert client.get(lien).context["cl"].queryset.count() == lignes.count()


def test_les_niveaux_s_additionnent(pays):
    """A territory is the sum of what it is made of, whatever the level."""
    anct = Acteur(Role.ANCT)
    france = tableau_de_bord(anct, Territoire())
    for ligne in france.lignes:
        region = tableau_de_bord(anct, lire_territoire(anct, ligne.code))
        assert region.total.chiffres == ligne.chiffres
        for rangee in region.lignes:
            assert tableau_de_bord(anct, lire_territoire(anct, "", rangee.code)).total.chiffres == rangee.chiffres


def test_memes_regles_que_l_enveloppe_la_densite_et_la_carte(pays):
    """R15, R24: one way of counting everywhere."""
    anct = Acteur(Role.ANCT)
    for campagne in pays:
        accordes = tableau_de_bord(anct, Territoire(), campagne).total.chiffres.accordes
        assert accordes == enveloppe.accorde(campagne).postes == enveloppe.postes_accordes([campagne])[campagne.pk]
    allier = tableau_de_bord(anct, lire_territoire(anct, "", "03"))
    candidature = CandidatureFactory(deposee=True, commune=Commune.objects.get(pk="03310"))
    attacher_densites([candidature])
    assert candidature.densites.departement == allier.total.chiffres.accordes
    par_epci = {ligne.code: ligne.chiffres.accordes for ligne in allier.lignes}
    assert candidature.densites.epci == par_epci["200000001"]
    carte = carte_du_departement(Departement.objects.get(pk="03"), Candidature.objects.none())
    assert carte.total.postes == allier.total.chiffres.accordes


def test_un_epci_sur_deux_departements_est_compte_dans_chacun(client_de):
    """The table of a département holds what is inside it; its links too."""
    epci("200000002", "03190", "63113")
    PosteFactory(structure=StructureFactory(commune=Commune.objects.get(pk="03190")))
    PosteFactory.create_batch(2, structure=StructureFactory(commune=Commune.objects.get(pk="63113")))
    anct = Acteur(Role.ANCT)
    for departement, attendu in (("03", 1), ("63", 2)):
        lignes = tableau_de_bord(anct, lire_territoire(anct, "", departement)).lignes
        assert {ligne.code: ligne.chiffres.accordes for ligne in lignes}["200000002"] == attendu


def test_le_perimetre_est_le_depart(client_de):
    """DOMAIN §2: a prefecture starts from its département, a SGAR from its région, ANCT from the nation."""
    for role, echelle in (("prefecture", Echelle.EPCI), ("sgar", Echelle.DEPARTEMENT), ("anct", Echelle.REGION)):
        assert client_de(role).get(reverse(ADRESSE)).context["tableau"].echelle is echelle
    prefecture, sgar = client_de("prefecture"), client_de("sgar")
    lieu("75056")
    assert prefecture.get(reverse(ADRESSE), {"departement": "75"}).status_code == 404
    assert sgar.get(reverse(ADRESSE), {"departement": "75"}).status_code == 404
    assert sgar.get(reverse(ADRESSE), {"region": "11"}).status_code == 404
    assert sgar.get(reverse(ADRESSE), {"departement": "03"}).status_code == 200


@pytest.mark.parametrize(
    "parametres",
    [{"region": "zz"}, {"departement": "9Z"}, {"departement": "03", "epci": "000"}, {"departement": "\x00"}],
)
def test_un_territoire_inconnu(client_de, parametres):
    lieu()
    assert client_de("anct").get(reverse(ADRESSE), parametres).status_code in (400, 404)


def test_une_prefecture_de_plusieurs_departements(client_de):
    """Its table starts with its départements, and leads to each."""
    for code in ("03190", "63113", "75056"):
        PosteFactory(structure=StructureFactory(commune=lieu(code)))
    client = client_de("prefecture", organisation__codes_departements=["03", "63"])
    page = client.get(reverse(ADRESSE))
    avec = {rangee["ligne"].code: rangee["ligne"].chiffres.accordes for rangee in page.context["lignes"]}
    assert avec == {"03": 1, "63": 1}
    assert page.context["total"][4]["nombre"] == 2
    dessous = client.get(page.context["lignes"][0]["lien"])
    assert [nom for nom, _ in dessous.context["fil"]] == ["Mon périmètre"]


def test_les_requetes_sont_constantes(client_de, django_assert_max_num_queries):
    """§2: as many queries for 1 post as for 30."""
    client = client_de("anct")
    PosteFactory(structure=StructureFactory(commune=lieu()))

    def compter():
        with CaptureQueriesContext(
            connection,
        ) as requetes:
            assert client.get(reverse(ADRESSE)).status_code == 200
        return len(requetes)

    avant = compter()
    campagne = CampagneFactory()
    for code in COMMUNES:
        PosteFactory.create_batch(4, structure=StructureFactory(commune=lieu(code)), campagne=campagne)
        candidature_de(StructureFactory(commune=lieu(code)), campagne=campagne)
    assert compter() == avant


def test_export(pays, client_de):
    """The same rows and the total, in both formats."""
    client = client_de("sgar")
    page = client.get(reverse(ADRESSE))
    reponse = client.get(reverse(f"{ADRESSE}_export", args=["csv"]))
    lignes = list(csv.reader(io.StringIO(reponse.content.decode("utf-8-sig")), delimiter=";"))
    assert lignes[0][:2] == ["Code (Département)", "Département"]
    assert len(lignes) == len(page.context["lignes"]) + 2
    assert lignes[-1][1] == "Total"
    assert [int(nombre) for nombre in lignes[-1][2:]] == [cellule["nombre"] for cellule in page.context["total"]]
    assert client.get(reverse(f"{ADRESSE}_export", args=["xlsx"])).status_code == 200
    assert client.get(reverse(f"{ADRESSE}_export", args=["pdf"])).status_code == 404


def test_le_graphique_a_les_donnees_du_tableau(client_de):
    """Bars on one scale: half as many posts, half as long; each one said in words."""
    structure = StructureFactory(commune=lieu("03190"))
    PosteFactory.create_batch(2, structure=structure, pourvu=True)
    PosteFactory.create_batch(2, structure=structure)
    PosteFactory.create_batch(2, structure=StructureFactory(commune=lieu("63113")), reserve=True)
    page = client_de("sgar").get(reverse(ADRESSE))
    barres = {barre["ligne"].code: barre for barre in page.context["barres"]}
    assert [(p["classe"], p["x"], p["largeur"]) for p in barres["03"]["parts"]] == [
        ("pourvus", 0, 500),
        ("vacants", 500, 500),
    ]
    assert [(p["classe"], p["largeur"]) for p in barres["63"]["parts"]] == [("reserves", 500)]
    assert "4 accordés, dont 2 pourvus" in page.content.decode()


def test_depuis_l_accueil_de_l_administration(client_de):
    """§2: one click from the home page of each role."""
    for role in ("anct", "prefecture", "sgar"):
        assert reverse(ADRESSE) in client_de(role).get(reverse("admin:index")).content.decode()


def test_rien_encore(client_de):
    """An empty territory says so instead of showing an empty drawing."""
    Region.objects.get_or_create(code="84", defaults={"nom": "Auvergne-Rhône-Alpes", "nom_normalise": "auvergne"})
    page = client_de("anct").get(reverse(ADRESSE))
    assert page.context["barres"] == []
    assert Poste.objects.count() == 0
