"""Applications in the administration: perimeter, list, page (R20, R23 to R26)."""

from __future__ import annotations

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from structures.enums import EtatCandidature
from structures.models import Avis, Candidature, Structure
from tests.comptes.factories import RattachementFactory
from tests.structures.factories import (
    AvisFactory,
    CampagneFactory,
    CandidatureFactory,
    ComiteFactory,
    LigneComiteFactory,
    PosteFactory,
    lieu,
)
from tests.structures.outils_admin import LISTE, avis, page, texte

pytestmark = pytest.mark.django_db


@pytest.fixture
def allier():
    return CandidatureFactory(deposee=True, nom="Commune de Moulins")


@pytest.fixture
def puy_de_dome():
    return CandidatureFactory(deposee=True, nom="Ville de Clermont", commune=lieu("63113"))


# --- perimeter ------------------------------------------------------------------------------------------------------


def test_la_prefecture_ne_voit_que_son_departement(client_de, allier, puy_de_dome):
    """§2: outside the perimeter an object answers 404."""
    client = client_de("prefecture")
    liste = texte(client.get(reverse(LISTE)))
    assert allier.nom in liste
    assert puy_de_dome.nom not in liste
    assert client.get(page(allier)).status_code == 200
    for verbe in (None, "avis", "correction", "faits"):
        assert client.get(page(puy_de_dome, verbe)).status_code == 404
    assert client.post(page(puy_de_dome, "avis"), avis()).status_code == 404
    assert not Avis.objects.exists()


def test_le_sgar_lit_sa_region_et_n_ecrit_rien(client_de, allier, puy_de_dome):
    """§2: inside but not permitted, 403 with the reason."""
    ailleurs = CandidatureFactory(deposee=True, commune=lieu("75056"))
    client = client_de("sgar")
    contenu = texte(client.get(page(allier)))
    assert "Rendre un avis" not in contenu
    assert "Rendre pour correction" not in contenu
    assert client.get(page(puy_de_dome)).status_code == 200
    assert client.get(page(ailleurs)).status_code == 404
    for verbe in ("avis", "correction", "faits", "activer"):
        reponse = client.post(page(allier, verbe), avis())
        assert reponse.status_code == 403
        assert "SGAR" in texte(reponse) or "rôle" in texte(reponse)
    assert not Avis.objects.exists()


@pytest.mark.parametrize("role", ["structure", "candidat", "bdt", "organisme"])
def test_les_autres_roles_n_entrent_pas(client_de, allier, role):
    client = client_de(role)
    for adresse in (reverse(LISTE), page(allier), page(allier, "avis")):
        assert client.get(adresse).status_code in (302, 403)
        assert client.get(adresse, follow=True).status_code == 403


def test_rien_ne_se_modifie_ni_ne_se_supprime_a_la_main(client_de, allier):
    """No raw editing of a state, no deletion."""
    client = client_de("anct")
    assert client.post(page(allier), {"etat": "activee"}).status_code == 403
    supprimer = page(allier).replace("/change/", "/delete/")
    assert client.post(supprimer, {"post": "yes"}).status_code == 404
    assert Candidature.objects.get(pk=allier.pk).etat == EtatCandidature.DEPOSEE


def test_une_candidature_non_confirmee_n_est_pas_montree_a_la_prefecture(client_de):
    """R23"""
    candidature = CandidatureFactory()
    assert client_de("prefecture").get(page(candidature)).status_code == 404
    assert client_de("anct").get(page(candidature)).status_code == 200


# --- list -----------------------------------------------------------------------------------------------------------


def test_la_liste_montre_la_demande_l_avis_les_faits_et_la_densite(client_de):
    """R24, R25"""
    PosteFactory()
    PosteFactory()
    avis = AvisFactory(candidature__nb_conseillers=7, sens="reserve", nb_postes=3, rang=12)
    candidature = avis.candidature
    Structure.objects.filter(pk=candidature.structure_id).update(zone_rurale=True, france_services=True)
    contenu = texte(client_de("prefecture").get(reverse(LISTE), {"etat": "deposee"}))
    assert candidature.nom in contenu
    assert "Réservé, 3 postes, rang 12" in contenu
    assert "ZRR, FS" in contenu
    assert "2 / 2 / 2" in contenu


@pytest.mark.parametrize(
    ("filtre", "attendues"),
    [
        ({"departement": "63"}, {"puy"}),
        ({"etat": "refusee"}, {"refusee"}),
        ({"avis": "sans"}, {"puy", "refusee", "privee"}),
        ({"avis": "favorable"}, {"avec"}),
        ({"avis": "defavorable"}, set()),
        ({"regime": "ami-prive-2021"}, {"privee"}),
        ({"fait": "quartier_prioritaire"}, {"puy"}),
        ({"fait": "zone_rurale"}, set()),
        ({"q": "clermont"}, {"puy"}),
        ({"q": "CLERMONT-FERRAND"}, {"puy"}),
        ({"q": "avec moulins"}, {"avec"}),
        ({"q": "inconnue"}, set()),
    ],
)
def test_filtres_et_recherche(client_de, filtre, attendues):
    """R24, R25"""
    toutes = {
        "avec": AvisFactory(candidature__nom="Structure avec avis").candidature,
        "puy": CandidatureFactory(deposee=True, nom="Ville de Clermont", commune=lieu("63113")),
        "refusee": CandidatureFactory(refusee=True, nom="Structure refusée"),
        "privee": CandidatureFactory(deposee=True, privee=True, nom="Association"),
    }
    Structure.objects.filter(pk=toutes["puy"].structure_id).update(quartier_prioritaire=True)
    reponse = client_de("anct").get(reverse(LISTE), filtre)
    trouvees = {c.pk for c in reponse.context["cl"].result_list}
    assert trouvees == {toutes[cle].pk for cle in attendues}


def test_recherche_par_numero_et_par_siret(client_de, allier, puy_de_dome):
    client = client_de("anct")
    for terme in (str(allier.numero), allier.siret):
        reponse = client.get(reverse(LISTE), {"q": terme})
        assert [c.pk for c in reponse.context["cl"].result_list] == [allier.pk]


def test_nombre_de_requetes_de_la_liste_constant(client_de):
    """The same number of queries for 10 rows and for 40."""
    campagne = CampagneFactory()
    for _ in range(10):
        AvisFactory(candidature__campagne=campagne)
    client = client_de("prefecture")
    client.get(reverse(LISTE), {"all": ""})
    with CaptureQueriesContext(
        connection,
    ) as dix:
        client.get(reverse(LISTE), {"all": ""})
    for _ in range(30):
        AvisFactory(candidature__campagne=campagne)
    with CaptureQueriesContext(connection) as quarante:
        reponse = client.get(reverse(LISTE), {"all": ""})
    assert len(reponse.context["cl"].result_list) == 40
    assert len(quarante) == len(dix)


def test_export_de_la_liste_filtree(client_de, allier, puy_de_dome):
    """The file of what is filtered, inside the perimeter; a formula stays a text."""
    Candidature.objects.filter(pk=allier.pk).update(nom="=HYPERLINK(1)")
    AvisFactory(candidature=allier, rang=4)
    client = client_de("anct")
    csv = client.get(reverse("admin:structures_candidature_export", args=["csv"]), {"departement": "03"})
    lignes = csv.content.decode("utf-8-sig").splitlines()
    assert len(lignes) == 2
    assert "'=HYPERLINK(1)" in lignes[1]
    xlsx = client.get(reverse("admin:structures_candidature_export", args=["xlsx"]))
    feuille = load_workbook(io.BytesIO(xlsx.content)).active
    assert feuille.max_row == 3
    prefecture = client_de("prefecture").get(reverse("admin:structures_candidature_export", args=["csv"]))
    assert puy_de_dome.nom not in prefecture.content.decode("utf-8-sig")
    assert (
        client.get(reverse("admin:structures_candidature_export", args=["csv"]).replace("csv", "pdf")).status_code
        == 404
    )


# --- page of one application ----------------------------------------------------------------------------------------


def test_la_page_dit_tout_ce_qui_a_ete_repondu(client_de):
    """R20, R24, R25, R110: answers, facts, each version of the opinion with who and when."""
    candidature = CandidatureFactory(
        deposee=True,
        lieux=[("Médiathèque centrale", lieu())],
        motivation="Une motivation bien à nous.",
        partenaires="Le CCAS voisin",
        poste_existant=True,
        poste_existant_precisions="Un mi-temps jusqu’en juin.",
    )
    rattachement = RattachementFactory(prefecture=True, utilisateur__nom="Agentin")
    AvisFactory(candidature=candidature, en_vigueur=False, commentaire="Première version de l’avis.")
    AvisFactory(candidature=candidature, version=2, auteur=rattachement.utilisateur, commentaire="Seconde version.")
    contenu = texte(client_de(rattachement=rattachement).get(page(candidature)))
    for attendu in (
        "Une motivation bien à nous.",
        "Médiathèque centrale",
        "Le CCAS voisin",
        "Un mi-temps jusqu’en juin.",
        candidature.siret,
        candidature.contact_courriel,
        "Première version de l’avis.",
        "Seconde version.",
        "Agentin",
        "en vigueur",
        candidature.engagements.first().texte,
    ):
        assert attendu in contenu
    assert contenu.count("<h1") == 1


def test_la_prefecture_ne_voit_pas_ce_que_le_comite_prepare(client_de):
    """R26: decisions are told at the closing."""
    ligne = LigneComiteFactory(decision="refusee", motif="Un motif encore secret.")
    assert "Un motif encore secret." not in texte(client_de("prefecture").get(page(ligne.candidature)))
    assert "Un motif encore secret." in texte(client_de("anct").get(page(ligne.candidature)))


def test_nombre_de_requetes_de_la_page_constant(client_de):
    candidature = CandidatureFactory(deposee=True)
    client = client_de("anct")

    def requetes():
        with CaptureQueriesContext(connection) as contexte:
            assert client.get(page(candidature)).status_code == 200
        return len(contexte)

    AvisFactory(candidature=candidature, version=1, en_vigueur=False)
    LigneComiteFactory(comite=ComiteFactory(campagne=candidature.campagne), candidature=candidature)
    requetes()
    avant = requetes()
    for version in range(2, 12):
        AvisFactory(candidature=candidature, version=version, en_vigueur=version == 11)
    assert requetes() == avant
