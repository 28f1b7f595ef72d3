"""The pages of the local review: list, filters, exchange, map, versions (R24, R25, R31)."""

from __future__ import annotations

import io
import re
from itertools import combinations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from portal.territoires.models import Departement, Epci
from structures.actions import classer, importer_avis, rendre_avis
from structures.carte import Zone, carte_du_departement, nommer
from structures.models import Candidature, Structure
from tests.comptes.factories import OrganisationFactory, RattachementFactory
from tests.structures.factories import (
    AvisFactory,
    CampagneFactory,
    CandidatureFactory,
    PosteFactory,
    StructureFactory,
    lieu,
)
from tests.structures.outils_admin import COMMENTAIRE, LISTE, page, texte

pytestmark = pytest.mark.django_db
CONCERTATION = "admin:structures_candidature_concertation"
CARTE = "admin:structures_candidature_carte"


def lignes(client, **filtres):
    return [ligne["candidature"].nom for ligne in client.get(reverse(CONCERTATION), filtres).context["lignes"]]


# --- list -----------------------------------------------------------------------------------------------------------


def test_la_concertation_montre_le_departement_dans_l_ordre_des_rangs(client_de):
    """R24, R25: ranked first, the others by number; nothing of another département, nor what is not confirmed."""
    PosteFactory()
    for nom, rang in (("Sans rang", None), ("Deuxième", 2), ("Première", 1)):
        AvisFactory(candidature__nom=nom, rang=rang)
    CandidatureFactory(deposee=True, nom="Sans avis")
    CandidatureFactory(deposee=True, nom="Ailleurs", commune=lieu("63113"))
    CandidatureFactory(nom="Non confirmée")
    client = client_de("prefecture")
    assert lignes(client) == ["Première", "Deuxième", "Sans rang", "Sans avis"]
    reponse = client.get(reverse(CONCERTATION))
    assert reponse.context["chiffres"] == {
        "candidatures": 4, "a_examiner": 4, "sans_avis": 1, "demandes": 8, "proposes": 3,
    }  # fmt: skip
    contenu = texte(reponse)
    assert contenu.count("<h1") == 1
    assert "1 / 1 / 1" in contenu or "1 / 0 / 1" in contenu
    assert "Rendre pour correction" in contenu


def test_les_filtres(client_de):
    """R24, R25: campaign, state, type, opinion, EPCI, facts; a value that does not exist filters nothing."""
    campagne = CampagneFactory(nom="Autre vague")
    CandidatureFactory(deposee=True, nom="A", campagne=campagne)
    AvisFactory(candidature__nom="B", sens="reserve")
    vichy = CandidatureFactory(deposee=True, nom="C", commune=lieu("03310"))
    Structure.objects.filter(pk=vichy.structure_id).update(zone_rurale=True)
    CandidatureFactory(deposee=True, nom="D", privee=True)
    CandidatureFactory(retenue=True, nom="E")
    client = client_de("prefecture")
    assert set(lignes(client)) == set("ABCD")
    assert lignes(client, campagne=campagne.code) == ["A"]
    assert lignes(client, etat="retenue") == ["E"]
    assert set(lignes(client, etat="toutes")) == set("ABCDE")
    assert lignes(client, type="association") == ["D"]
    assert lignes(client, avis="reserve") == lignes(client, avis="avec") == ["B"]
    assert set(lignes(client, avis="sans")) == set("ACD")
    assert lignes(client, fait="zone_rurale") == ["C"]
    assert lignes(client, q="vichy") == ["C"]
    assert lignes(client, q=str(vichy.numero)) == ["C"]
    if vichy.commune.epci_id:
        assert lignes(client, epci=vichy.commune.epci_id) == ["C"]
    assert set(lignes(client, fait="activee_le", etat="x", avis="y", page="zéro", campagne="-")) == set("ABCD")
    assert "Aucune candidature avec ces filtres" in texte(client.get(reverse(CONCERTATION), {"q": "introuvable"}))


def test_une_prefecture_de_plusieurs_departements_choisit(client_de):
    """§2: its territories, together or one by one."""
    rattachement = RattachementFactory(
        prefecture=True, organisation=OrganisationFactory(prefecture=True, codes_departements=["03", "63"])
    )
    for nom, code in (("Allier", "03190"), ("Puy-de-Dôme", "63113")):
        CandidatureFactory(deposee=True, nom=nom, commune=lieu(code))
    client = client_de(rattachement=rattachement)
    assert lignes(client) == ["Allier", "Puy-de-Dôme"]
    assert lignes(client, departement="63") == ["Puy-de-Dôme"]


def test_le_sgar_lit_sa_region_sans_rien_pouvoir_faire(client_de):
    """§2"""
    for nom, code in (("Allier", "03190"), ("Puy-de-Dôme", "63113"), ("Paris", "75056")):
        CandidatureFactory(deposee=True, nom=nom, commune=lieu(code))
    client = client_de("sgar")
    assert lignes(client) == ["Allier", "Puy-de-Dôme"]
    contenu = texte(client.get(reverse(CONCERTATION)))
    for absent in ("Rendre", "Classer", "Importer", "/verbe/"):
        assert absent not in contenu
    assert client.get(reverse(CARTE), {"departement": "63"}).status_code == 200
    assert client.get(reverse(CARTE), {"departement": "75"}).status_code == 404


def test_rendre_pour_correction_depuis_les_deux_listes(client_de):
    """R31"""
    candidature = CandidatureFactory(deposee=True)
    for role, adresse in (("prefecture", LISTE), ("prefecture", CONCERTATION), ("anct", LISTE)):
        assert page(candidature, "correction") in client_de(role).get(reverse(adresse)).content.decode()
    client = client_de("prefecture")
    client.post(page(candidature, "correction"), {"motif": "Précisez les lieux d’exercice."})
    assert Candidature.objects.get(pk=candidature.pk).etat == "a_corriger"
    for adresse in (LISTE, CONCERTATION):
        contenu = client.get(reverse(adresse), {"etat": "a_corriger"}).content.decode()
        assert page(candidature, "correction") not in contenu
    assert page(candidature, "correction") not in client_de("support").get(reverse(LISTE)).content.decode()


def test_liste_paginee_et_nombre_de_requetes_constant(client_de):
    campagne, client = CampagneFactory(), client_de("prefecture")

    def requetes(adresse, **parametres):
        with CaptureQueriesContext(connection) as contexte:
            assert client.get(reverse(adresse), parametres).status_code == 200
        return len(contexte)

    def toutes():
        return [
            requetes(CONCERTATION),
            requetes(CARTE),
            *(len(_requetes_export(client, format)) for format in ("csv", "xlsx")),
        ]

    for _ in range(10):
        AvisFactory(candidature__campagne=campagne)
    toutes()
    avant = toutes()
    for _ in range(60):
        AvisFactory(candidature__campagne=campagne)
    assert toutes() == avant
    assert len(client.get(reverse(CONCERTATION)).context["lignes"]) == 50
    assert len(lignes(client, page="2")) == 20
    assert "Page 1 sur 2" in texte(client.get(reverse(CONCERTATION)))


def _requetes_export(client, format):
    with CaptureQueriesContext(connection) as contexte:
        client.get(reverse("admin:structures_candidature_tableau", args=[format]))
    return contexte


# --- exchange -------------------------------------------------------------------------------------------------------


def test_le_tableau_exporte_se_remplit_et_revient(client_de):
    """R25: the same columns both ways; what is filtered and inside the perimeter."""
    rattachement = RattachementFactory(prefecture=True)
    candidature = CandidatureFactory(deposee=True, nom="Commune de Moulins")
    CandidatureFactory(deposee=True, nom="Ailleurs", commune=lieu("63113"))
    client = client_de(rattachement=rattachement)
    reponse = client.get(reverse("admin:structures_candidature_tableau", args=["xlsx"]), {"avis": "sans"})
    classeur = load_workbook(io.BytesIO(reponse.content))
    feuille = classeur.active
    assert feuille.max_row == 2
    titres = [cellule.value for cellule in feuille[1]]
    valeurs = {"Avis de la préfecture": "Favorable", "Postes proposés": 2, "Rang": 1}
    for titre, valeur in {**valeurs, "Commentaire de la préfecture": COMMENTAIRE}.items():
        feuille.cell(row=2, column=titres.index(titre) + 1, value=valeur)
    tampon = io.BytesIO()
    classeur.save(tampon)
    assert importer_avis(acteur=client.acteur, contenu=tampon.getvalue(), nom="avis.xlsx").nouveaux == 1
    avis = candidature.avis.get()
    assert (avis.sens, avis.nb_postes, avis.rang, avis.commentaire) == ("favorable", 2, 1, COMMENTAIRE)
    assert client.get(reverse("admin:structures_candidature_tableau", args=["pdf"])).status_code == 404


# --- versions -------------------------------------------------------------------------------------------------------


def test_chaque_version_dit_qui_quand_et_ce_qui_change(client_de, acteur):
    """R25"""
    prefecture = acteur("prefecture")
    candidature = CandidatureFactory(deposee=True)
    avis = {"acteur": prefecture, "candidature": candidature, "rang": None, "commentaire": COMMENTAIRE}
    rendre_avis(**avis, sens="favorable", nb_postes=2)
    rendre_avis(**{**avis, "commentaire": "Le budget reste à confirmer."}, sens="reserve", nb_postes=1)
    classer(acteur=prefecture, campagne=candidature.campagne, departement="03", candidatures=[candidature])
    contenu = texte(client_de("prefecture").get(page(candidature)))
    for attendu in (
        "Premier avis",
        "Avis : Favorable → Réservé",
        "Postes : 2 → 1",
        "Commentaire modifié",
        "Rang : aucun → 1",
        "par le classement",
        prefecture.nom,
    ):
        assert attendu in contenu


# --- map ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def epci():
    """Vichy and Cusset in one EPCI that reaches the next département; Moulins in another one."""
    vichy, moulins = (
        Epci.objects.create(code=code, nom=nom, nom_normalise=nom.lower())
        for code, nom in (("900000001", "Vichy Communauté d’essai"), ("900000002", "Moulins Communauté d’essai"))
    )
    for code, groupe in (("03310", vichy), ("03095", vichy), ("63113", vichy), ("03190", moulins)):
        commune = lieu(code)
        commune.epci = groupe
        commune.save(update_fields=["epci"])
    return vichy


def test_la_carte_compte_par_commune_et_par_epci(epci):
    """R24: what is returned no longer counts; an EPCI is counted whole, as in the lists."""
    for code, nombre in (("03310", 3), ("03190", 1), ("63113", 2)):
        structure = StructureFactory(commune=lieu(code))
        for _ in range(nombre):
            PosteFactory(structure=structure)
    PosteFactory(rendu=True, structure=StructureFactory(commune=lieu("03310")))
    CandidatureFactory(deposee=True, commune=lieu("03095"), nb_conseillers=4)
    CandidatureFactory(deposee=True, commune=lieu("03095"), nb_conseillers=None)
    allier = Departement.objects.get(pk="03")
    carte = carte_du_departement(allier, Candidature.objects.filter(etat="deposee"))
    communes = {zone.code: (zone.postes, zone.candidatures, zone.demandes) for zone in carte.communes}
    assert communes == {"03310": (3, 0, 0), "03190": (1, 0, 0), "03095": (0, 2, 4)}
    epcis = {zone.code: zone.postes for zone in carte.epcis}
    assert epcis[epci.pk] == 5
    assert (carte.total.postes, carte.total.candidatures) == (4, 2)
    vichy = next(zone for zone in carte.communes if zone.code == "03310")
    moulins = next(zone for zone in carte.communes if zone.code == "03190")
    # North is up, east is right; the surface of a disc says its number.
    assert float(moulins.y) < float(vichy.y)
    assert float(moulins.rayon) == pytest.approx(float(vichy.rayon) / 3**0.5, rel=0.01)
    # R24: each name beside its disc.
    assert (vichy.nom_x, vichy.partout) != ("", False)
    assert vichy.densite == f"{30000 / lieu('03310').population:.2f}".replace(".", ",")


def test_la_carte_et_son_tableau_disent_la_meme_chose(client_de, epci):
    """R24: title, description, no inline style; each disc has its row."""
    PosteFactory(structure=StructureFactory(commune=lieu("03310")))
    CandidatureFactory(deposee=True, commune=lieu("03095"))
    contenu = texte(client_de("prefecture").get(reverse(CARTE)))
    assert contenu.count('role="img"') == contenu.count('<desc id="svg-desc-') == 2
    assert "style=" not in contenu
    assert "Vichy : 1 poste" in contenu
    assert "Cusset : 0 poste, 1 candidature à examiner" in contenu
    for nom in ("Vichy", "Cusset", "Vichy Communauté d’essai"):
        assert f'<th scope="row">{nom}</th>' in contenu
        assert re.search(f'<text [^>]*class="nom[^>]*>{nom}</text>', contenu)
    # A commune without a post is named too, when pointed at.
    assert re.search(r"<title>Moulins</title>", contenu)


def test_aucun_nom_de_la_carte_n_en_couvre_un_autre():
    """R24: a name without room is left to the table; those that a telephone shows have twice the room."""
    zones = [
        Zone(str(n), f"Commune n° {n}", postes=1, x=f"{n % 6 * 105}", y=f"{n // 6 * 24}", rayon="6.0")
        for n in range(64)
    ]
    nommer(zones, 640)
    nommees = [zone for zone in zones if zone.nom_x]
    partout = [zone for zone in zones if zone.partout]
    assert 0 < len(partout) < len(nommees) < len(zones)
    debuts = {"start": 0, "middle": 0.5, "end": 1}

    def boite(zone, taille):
        largeur = len(zone.nom) * taille * 0.58
        gauche = float(zone.nom_x) - debuts[zone.ancre] * largeur
        return gauche, gauche + largeur, float(zone.nom_y) - taille * 0.8, float(zone.nom_y)

    for montrees, taille in ((nommees, 13), (partout, 26)):
        boites = [boite(zone, taille) for zone in montrees]
        for a, b in combinations(boites, 2):
            assert a[1] <= b[0] + 1 or b[1] <= a[0] + 1 or a[3] <= b[2] + 1 or b[3] <= a[2] + 1
        assert all(gauche >= -1 and droite <= 641 for gauche, droite, *_ in boites)


@pytest.mark.parametrize("code", ["97411", "98818"])
def test_la_carte_outre_mer_et_vide(client_de, code):
    """R24: one commune, no post: still a page."""
    commune = lieu(code)
    rattachement = RattachementFactory(
        prefecture=True,
        organisation=OrganisationFactory(prefecture=True, codes_departements=[commune.departement_id]),
    )
    contenu = texte(client_de(rattachement=rattachement).get(reverse(CARTE)))
    assert "Ni poste accordé ni candidature à examiner." in contenu
