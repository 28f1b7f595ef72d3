"""Two structures that are one body: found, shown side by side, set aside or merged without losing anything (R22)."""

from __future__ import annotations

import itertools
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.commun.acteurs import Acteur
from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from portal.territoires.models import Commune, Epci
from structures.actions import ecarter_doublon, fusionner
from structures.doublons import lire, rapprochements
from structures.models import DoublonEcarte, Poste, Structure
from structures.regles_doublons import Fiche, comparer
from tests.structures.factories import (
    CampagneFactory,
    PosteFactory,
    StructureFactory,
    candidature_de,
    lieu,
)

pytestmark = pytest.mark.django_db
MOTIF = "Vérifié au téléphone avec la mairie et la préfecture."
SIRET_A, SIRET_B, SIRET_C = "21030190700017", "21030190700025", "77567227200010"


def communs(**champs):
    return {"nom_normalise": "ville de moulins", "commune": "03190", "courriel": "", "epci": "e1", **champs}


# --- the rule -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("une", "autre", "motifs"),
    [
        (communs(nom_normalise="a", siret=SIRET_A), communs(nom_normalise="b", siret=SIRET_B), ["même SIREN"]),
        (communs(siret=SIRET_A), communs(siret=SIRET_C), ["même nom, dans la même commune"]),
        (
            communs(nom_normalise="a", siret=SIRET_A, courriel="DGS@moulins.fr"),
            communs(nom_normalise="b", siret=SIRET_C, courriel="dgs@moulins.fr"),
            ["même adresse électronique"],
        ),
        (communs(siret=SIRET_A), communs(commune="03310", ridet="1234567"), ["dans le même EPCI", "un SIRET"]),
        (
            communs(siret=SIRET_A, courriel="dgs@moulins.fr"),
            communs(siret=SIRET_C, commune="03310", courriel="dgs@moulins.fr"),
            ["dans le même EPCI", "même adresse électronique"],
        ),
    ],
)
def test_signes_d_un_doublon(une, autre, motifs):
    """R22: each sign that is enough, in words, whatever the order of the two."""
    ressemblance = comparer(Fiche(**une), Fiche(**autre))
    assert ressemblance.probable
    assert len(ressemblance.motifs) == len(motifs)
    for attendu, motif in zip(motifs, ressemblance.motifs, strict=True):
        assert attendu in motif
    assert comparer(Fiche(**autre), Fiche(**une)) == ressemblance


@pytest.mark.parametrize(
    ("une", "autre"),
    [
        # Hard case 22: the establishments of a network, in different communes, under one name and one contact.
        (communs(siret=SIRET_A, courriel="a@b.fr"), communs(siret=SIRET_B, commune="03310", courriel="a@b.fr")),
        # The same name far away; the same name in the EPCI alone; the same contact elsewhere.
        (communs(siret=SIRET_A), communs(siret=SIRET_C, commune="63113", epci="e2")),
        (communs(siret=SIRET_A), communs(siret=SIRET_C, commune="03310")),
        (
            communs(siret=SIRET_A, courriel="a@b.fr"),
            communs(nom_normalise="b", siret=SIRET_C, commune="03310", courriel="a@b.fr"),
        ),
        # No EPCI is not the same EPCI; no contact is not the same contact.
        (communs(epci=""), communs(epci="", commune="03310", ridet="1234567")),
        (communs(nom_normalise="a"), communs(nom_normalise="b")),
    ],
)
def test_ce_qui_n_est_pas_un_doublon(une, autre):
    """R22: uniqueness is on the establishment, not on the SIREN."""
    assert not comparer(Fiche(**une), Fiche(**autre)).probable


# --- the list -------------------------------------------------------------------------------------------------------


def nommee(nom, **champs):
    return StructureFactory(nom=nom, nom_normalise=normaliser(nom), **champs)


def paires():
    return [(d.une.pk, d.autre.pk) for d in lire(rapprochements())]


def test_la_liste(django_assert_num_queries):
    """R22: from the database, the most probable first; the network is not in it; set aside or merged, not any more."""
    une = nommee("Ville de Moulins", siret=SIRET_A, contact_courriel="dgs@moulins.fr")
    autre = nommee("VILLE DE MOULINS", siret=SIRET_B, contact_courriel="DGS@moulins.fr")
    troisieme = nommee("Médiathèque", siret=SIRET_C, contact_courriel="dgs@Moulins.fr")
    nommee("Ville de Moulins", commune=lieu("63113"))
    assert paires() == [(une.pk, autre.pk), (une.pk, troisieme.pk), (autre.pk, troisieme.pk)]
    assert [d.ressemblance.libelle for d in lire(rapprochements())] == ["Très probable", "Probable", "Probable"]
    anct = Acteur(Role.ANCT)
    ecarter_doublon(acteur=anct, structure=troisieme, autre=une, motif=MOTIF)
    ecarter_doublon(acteur=anct, structure=une, autre=troisieme, motif=MOTIF)
    assert DoublonEcarte.objects.count() == 1
    fusionner(acteur=anct, gardee=une, absorbee=autre, motif=MOTIF)
    assert paires() == []


def test_un_reseau_national_n_est_pas_un_doublon():
    """Hard case 22: the Red Cross has one SIREN, one name and an establishment per town of the same EPCI."""
    epci = Epci.objects.create(code="209999999", nom="Communauté d’essai", nom_normalise="communaute d essai")
    for rang, code in enumerate(("03310", "03095", "03190")):
        Commune.objects.filter(pk=lieu(code).pk).update(epci=epci)
        nommee(
            "Croix-Rouge française",
            siret=f"775672272{rang:05d}",
            commune=Commune.objects.get(pk=code),
            contact_courriel="reseau@croix-rouge.exemple.fr",
        )
    assert paires() == []


@pytest.mark.parametrize(
    ("une", "autre", "trouvees"),
    [
        ({"siret": SIRET_A}, {"siret": SIRET_B}, True),
        ({"siret": SIRET_A}, {"siret": SIRET_B, "commune": "63113"}, False),
        ({"nom": "Ville"}, {"nom": "VILLE"}, True),
        ({"nom": "Ville"}, {"nom": "Ville", "commune": "03310", "siret": None, "ridet": "1234567"}, True),
        ({"nom": "Ville"}, {"nom": "Ville", "commune": "63113", "siret": None, "ridet": "1234567"}, False),
        ({"contact_courriel": "dgs@essai.fr"}, {"contact_courriel": "DGS@essai.fr"}, True),
        ({"contact_courriel": "dgs@essai.fr"}, {"contact_courriel": "dgs@essai.fr", "commune": "63113"}, False),
        (
            {"nom": "Ville", "contact_courriel": "dgs@essai.fr"},
            {"nom": "Ville", "contact_courriel": "Dgs@essai.fr", "commune": "63113", "siret": None, "ridet": "1234567"},
            True,
        ),
    ],
)
def test_chaque_signe_suffit_a_rapprocher(une, autre, trouvees):
    """R22: whatever the only thing that two structures share, the list finds what the rule says is probable."""
    epci = Epci.objects.create(code="209999999", nom="Communauté d’essai", nom_normalise="communaute d essai")
    for code in ("03190", "03310"):
        Commune.objects.filter(pk=lieu(code).pk).update(epci=epci)
    creees = []
    for champs, nom, siret in ((une, "Une", "11111111100011"), (autre, "Autre", "22222222200022")):
        champs = {"nom": nom, "siret": siret, "commune": "03190", **champs}
        creees.append(nommee(champs.pop("nom"), **{**champs, "commune": lieu(champs["commune"])}).pk)
    assert paires() == ([tuple(creees)] if trouvees else [])


def test_les_requetes_ne_dependent_pas_du_nombre():
    """No N² : as many queries for 40 pairs as for one."""

    def compter():
        with CaptureQueriesContext(connection) as requetes:
            lire(rapprochements())
        return len(requetes)

    nommee("Ville de Moulins")
    nommee("Ville de Moulins")
    avant = compter()
    for rang in range(20):
        nommee(f"Syndicat {rang}")
        nommee(f"Syndicat {rang}")
    assert compter() == avant
    assert len(paires()) == 21


# --- the pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def deux():
    return nommee("Ville de Moulins"), nommee("Mairie de Moulins")


def adresse(nom, une, autre):
    return reverse(f"admin:structures_doublons_{nom}", args=[une.uuid, autre.uuid])


def test_de_la_liste_a_la_fusion(client_de, deux):
    """The whole way of ANCT: the list, the two side by side, what will move, then done."""
    gardee, absorbee = nommee("CCAS de Moulins"), nommee("Ccas de Moulins")
    poste = PosteFactory(structure=absorbee, reserve=True)
    client = client_de("anct")
    accueil = unescape(client.get(reverse("admin:index")).content.decode())
    assert "doublon" in accueil
    liste = client.get(reverse("admin:structures_doublons"))
    assert adresse("paire", gardee, absorbee) in liste.content.decode()
    paire = unescape(client.get(adresse("paire", gardee, absorbee)).content.decode())
    for attendu in (gardee.siret, absorbee.siret, f"n° {poste.numero}", absorbee.contact_courriel, "même nom"):
        assert attendu in paire
    page = adresse("fusionner", gardee, absorbee)
    confirmation = unescape(client.get(page).content.decode())
    # Two names alike: the number says which one goes.
    assert f"Fusionner {absorbee.designation} dans {gardee.designation} ?" in confirmation
    assert "ne peut pas être annulée" in confirmation
    assert f"n° {poste.numero} (candidat validé)" in confirmation
    refus = client.post(page, {"motif": "court"})
    assert refus.status_code == 200
    assert "court" in refus.content.decode()
    assert Structure.objects.en_propre().count() == 4
    suite = client.post(page, {"motif": MOTIF, "definitif": "on"}, follow=True)
    assert "est fusionnée dans" in unescape(suite.content.decode())
    assert Poste.objects.get().structure == gardee
    assert client.get(page).status_code == 404
    liste = client.get(reverse("admin:structures_structure_changelist"))
    assert absorbee not in liste.context["cl"].result_list
    fusionnees = client.get(reverse("admin:structures_structure_changelist"), {"fusion": "oui"})
    assert list(fusionnees.context["cl"].result_list) == [absorbee]
    assert client.get(reverse("admin:structures_structure_history", args=[absorbee.uuid])).status_code == 200


def test_ecarter_par_la_page(client_de, deux):
    """« Ce sont deux structures différentes », with a reason; not shown again."""
    une, autre = nommee("CCAS de Moulins"), nommee("Ccas de Moulins")
    client = client_de("anct")
    page = adresse("ecarter", autre, une)
    assert client.post(page, {"motif": ""}).status_code == 200
    assert not DoublonEcarte.objects.exists()
    client.post(page, {"motif": MOTIF})
    assert DoublonEcarte.objects.get().motif == MOTIF
    assert client.get(reverse("admin:structures_doublons")).context["page"].paginator.count == 0


def test_un_obstacle_est_dit_avant_la_confirmation(client_de, deux):
    campagne = CampagneFactory()
    for structure in deux:
        candidature_de(structure, campagne=campagne)
    client = client_de("anct")
    reponse = client.post(adresse("fusionner", *deux), {"motif": MOTIF, "definitif": "on"})
    assert "pour le même appel" in unescape(reponse.content.decode())
    assert Structure.objects.en_propre().count() == 2


def test_les_noms_communs_ne_rapprochent_pas_la_france_entiere():
    """A name or an address shared by more than twenty structures of one commune says nothing of them."""
    for rang in range(21):
        nommee(f"Association {rang}", contact_courriel="plateforme@exemple.fr")
    assert paires() == []
    assert len(list(itertools.combinations(range(21), 2))) == 210
