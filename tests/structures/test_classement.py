"""R25: the ranking of a département in a campaign, by the verb and by the page."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from structures.a_faire import avis_a_revoir
from structures.actions import classer, rendre_avis
from structures.classement import classables, deplacer, empreinte, lire_saisie
from structures.models import Avis, Candidature
from tests.comptes.factories import OrganisationFactory, acteur
from tests.structures.factories import AvisFactory, CampagneFactory, CandidatureFactory, lieu
from tests.structures.outils_admin import texte

pytestmark = pytest.mark.django_db
PAGE = "admin:structures_candidature_classement"


@pytest.fixture
def prefecture():
    return acteur(Role.PREFECTURE)


@pytest.fixture
def campagne():
    return CampagneFactory()


@pytest.fixture
def trois(campagne):
    """Three applications with an opinion, ranked 1, 2, 3."""
    return [
        AvisFactory(candidature__campagne=campagne, candidature__nom=f"Commune {lettre}", rang=rang).candidature
        for rang, lettre in enumerate("ABC", start=1)
    ]


def rangs(*candidatures):
    return [Avis.objects.get(candidature=c, en_vigueur=True).rang for c in candidatures]


def ranger(prefecture, campagne, *candidatures, **options):
    return classer(acteur=prefecture, campagne=campagne, departement="03", candidatures=candidatures, **options)


# --- the verb -------------------------------------------------------------------------------------------------------


def test_seuls_les_avis_dont_le_rang_change_ont_une_nouvelle_version(prefecture, campagne, trois):
    """R25: every version is kept, with who ranked and when; the rest of the opinion is the same."""
    a, b, c = trois
    versions = ranger(prefecture, campagne, b, a, c)
    assert rangs(a, b, c) == [2, 1, 3]
    assert {avis.candidature for avis in versions} == {a, b}
    assert c.avis.count() == 1
    nouveau = a.avis.get(en_vigueur=True)
    ancien = a.avis.get(en_vigueur=False)
    assert (nouveau.version, nouveau.classement, nouveau.sens) == (2, True, ancien.sens)
    assert (nouveau.commentaire, nouveau.nb_postes) == (ancien.commentaire, ancien.nb_postes)
    assert (nouveau.auteur_id, nouveau.organisation_id) == (prefecture.utilisateur_id, prefecture.organisation_id)
    trace = nouveau.history.get()
    assert (trace.history_role, trace.history_user_id, trace.history_type) == (
        Role.PREFECTURE,
        prefecture.utilisateur_id,
        "+",
    )
    assert ancien.history.first().en_vigueur is False


def test_le_meme_ordre_ne_change_rien(prefecture, campagne, trois):
    """R25"""
    assert ranger(prefecture, campagne, *trois) == []
    assert Avis.objects.count() == 3


def test_une_candidature_classee_par_un_collegue_reste_classee_apres_les_autres(prefecture, campagne, trois):
    """R25: what the page did not show is not lost."""
    a, b, c = trois
    ranger(prefecture, campagne, c, a)
    assert rangs(c, a, b) == [1, 2, 3]


def test_retirer_du_classement(prefecture, campagne, trois):
    """R25"""
    a, b, c = trois
    ranger(prefecture, campagne, b, c, sans_rang=[a])
    assert rangs(a, b, c) == [None, 1, 2]


@pytest.mark.parametrize(
    "cas", ["sans avis", "décidée", "autre campagne", "autre département", "deux fois", "les deux"]
)
def test_ce_qui_ne_se_classe_pas_est_refuse(prefecture, campagne, trois, cas):
    """R25: an application is ranked once its opinion exists, among those of its campaign and département."""
    a = trois[0]
    fautive = {
        "sans avis": lambda: CandidatureFactory(deposee=True, campagne=campagne),
        "décidée": lambda: AvisFactory(candidature=CandidatureFactory(retenue=True, campagne=campagne)).candidature,
        "autre campagne": lambda: AvisFactory(candidature=CandidatureFactory(deposee=True)).candidature,
        "autre département": lambda: (
            AvisFactory(
                candidature=CandidatureFactory(deposee=True, campagne=campagne, commune=lieu("63113"))
            ).candidature
        ),
        "deux fois": lambda: a,
        "les deux": lambda: a,
    }[cas]()
    options = {"sans_rang": [a]} if cas == "les deux" else {}
    with pytest.raises(RegleNonRespectee) as refus:
        ranger(prefecture, campagne, a, *([] if cas == "les deux" else [fautive]), **options)
    assert refus.value.regle == "R25"
    assert Avis.objects.filter(version__gt=1).count() == 0


@pytest.mark.parametrize("role", [Role.ANCT, Role.SGAR, Role.STRUCTURE, Role.BDT])
def test_seule_la_prefecture_classe(campagne, trois, role):
    """R25"""
    with pytest.raises(AccesRefuse):
        ranger(acteur(role), campagne, *trois)


def test_une_autre_prefecture_ne_classe_pas(campagne, trois):
    """R25"""
    autre = acteur(Role.PREFECTURE, organisation=OrganisationFactory(prefecture=True, codes_departements=["63"]))
    with pytest.raises(AccesRefuse, match="autre préfecture"):
        ranger(autre, campagne, *trois)


def test_un_classement_change_entre_temps_est_refuse(prefecture, campagne, trois):
    """R25: the order of a colleague is not overwritten unseen."""
    a, b, c = trois
    lu = empreinte(classables(campagne, "03"))
    ranger(prefecture, campagne, c, b, a)
    with pytest.raises(TransitionInterdite, match="changé"):
        ranger(prefecture, campagne, b, a, c, etat_lu=lu)
    assert rangs(a, b, c) == [3, 2, 1]


def test_classer_ne_repond_pas_a_une_demande_de_reexamen(prefecture, campagne, trois):
    """R28: the opinion is still to be looked at again; saying it again, even unchanged, does."""
    a, b, c = trois
    Candidature.objects.filter(pk=a.pk).update(reexamen_demande_le=timezone.now(), reexamen_motif="Un nouveau projet.")
    a_revoir = Candidature.objects.filter(avis_a_revoir())
    assert list(a_revoir.all()) == [a]
    ranger(prefecture, campagne, b, a, c)
    assert list(a_revoir.all()) == [a]
    avis = a.avis.get(en_vigueur=True)
    contenu = {"sens": avis.sens, "nb_postes": avis.nb_postes, "rang": avis.rang, "commentaire": avis.commentaire}
    redit = rendre_avis(acteur=prefecture, candidature=a, **contenu)
    assert redit.version == 3
    assert not a_revoir.all().exists()
    assert rendre_avis(acteur=prefecture, candidature=a, **contenu) == redit
    ranger(prefecture, campagne, a, b, c)
    assert not a_revoir.all().exists()


def test_nombre_de_requetes_du_classement_constant(prefecture):
    """One move shifts every rank below it: as many statements for 1,000 as for 10."""

    def requetes(nombre):
        campagne = CampagneFactory()
        communes = [AvisFactory(candidature__campagne=campagne, rang=rang).candidature for rang in range(1, nombre + 1)]
        with CaptureQueriesContext(connection) as contexte:
            assert len(ranger(prefecture, campagne, communes[-1], *communes[:-1])) == nombre
        return len(contexte)

    assert requetes(10) == requetes(120)


# --- what is typed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("saisis", "attendu"),
    [
        ({"a": "1", "b": "2", "c": "3"}, "abc"),
        # The number of another one: it takes its place, whichever way it moves.
        ({"a": "1", "b": "2", "c": "1"}, "cab"),
        ({"a": "3", "b": "2", "c": "3"}, "bca"),
        ({"a": "10", "b": "2", "c": "3"}, "bca"),
        ({"a": "", "b": "2", "c": "3"}, "bc"),
        ({"a": "1", "b": " 2 ", "c": ""}, "ab"),
    ],
)
def test_ordre_donne_par_les_numeros(saisis, attendu):
    """R25"""
    saisie = lire_saisie("abc", saisis, {"a": "1", "b": "2", "c": "3"})
    assert "".join(saisie.classees) == attendu
    assert set(saisie.sans_rang) == set("abc") - set(attendu)
    assert not saisie.erreurs


@pytest.mark.parametrize("saisi", ["0", "-1", "1,5", "premier", "²", "10000", "9" * 40])
def test_un_rang_faux_est_dit_a_sa_ligne_et_rien_ne_bouge(saisi):
    """R25"""
    saisie = lire_saisie("abc", {"a": "1", "b": saisi, "c": "3"}, {"a": "1", "b": "2", "c": "3"})
    assert list(saisie.erreurs) == ["b"]
    assert saisie.classees == list("abc")


def test_monter_et_descendre():
    """R25"""
    assert deplacer(list("abc"), "c", -1) == list("acb")
    assert deplacer(list("abc"), "a", -1) == list("abc")
    assert deplacer(list("abc"), "c", 1) == list("abc")
    assert deplacer(list("ab"), "z", -1) == list("abz")


# --- the page -------------------------------------------------------------------------------------------------------


def poster(client, candidatures, saisis, **champs):
    """The form as the browser sends it."""
    donnees = {"etat_lu": empreinte(classables(candidatures[0].campagne, "03")), **champs}
    for rang, (candidature, saisi) in enumerate(zip(candidatures, saisis, strict=True), start=1):
        donnees[f"rang-{candidature.uuid}"] = saisi
        donnees[f"affiche-{candidature.uuid}"] = str(rang)
    return client.post(reverse(PAGE), donnees, follow=True)


def test_la_page_classe_par_numero(client_de, trois):
    """R25, without JavaScript."""
    a, b, c = trois
    client = client_de("prefecture")
    contenu = texte(client.get(reverse(PAGE)))
    assert contenu.index("Commune A") < contenu.index("Commune B") < contenu.index("Commune C")
    contenu = texte(poster(client, trois, ["1", "2", "1"]))
    assert "3 avis ont une nouvelle version" in contenu
    assert rangs(a, b, c) == [2, 3, 1]


def test_la_page_monte_sans_enregistrer_puis_enregistre(client_de, trois):
    """R25: the buttons change the page; « Enregistrer » writes."""
    a, b, c = trois
    client = client_de("prefecture")
    reponse = poster(client, trois, ["1", "2", "3"], geste=f"monter:{c.uuid}")
    contenu = texte(reponse)
    assert "pas encore enregistré" in contenu
    assert contenu.index("Commune A") < contenu.index("Commune C") < contenu.index("Commune B")
    assert rangs(a, b, c) == [1, 2, 3]
    poster(client, [a, c, b], ["1", "2", "3"])
    assert rangs(a, b, c) == [1, 3, 2]


def test_un_rang_faux_garde_tout_ce_qui_est_saisi(client_de, trois):
    """R25"""
    contenu = texte(poster(client_de("prefecture"), trois, ["1", "deux", "3"]))
    assert "Le classement n’est pas enregistré." in contenu
    assert 'value="deux"' in contenu
    assert f'href="#rang-{trois[1].uuid}"' in contenu
    assert Avis.objects.count() == 3


def test_un_classement_change_entre_temps_se_voit_sur_la_page(client_de, prefecture, campagne, trois):
    """R25: what was typed stays, and can be saved again."""
    a, b, c = trois
    client = client_de("prefecture")
    ancien = empreinte(classables(campagne, "03"))
    ranger(prefecture, campagne, c, b, a)
    reponse = poster(client, trois, ["2", "1", "3"], etat_lu=ancien)
    assert "ont changé depuis" in texte(reponse)
    assert rangs(a, b, c) == [3, 2, 1]
    assert [ligne["candidature"] for ligne in reponse.context["lignes"]] == [b, a, c]
    poster(client, [b, a, c], ["1", "2", "3"])
    assert rangs(a, b, c) == [2, 1, 3]


def test_la_page_dit_pourquoi_une_candidature_n_est_pas_la(client_de, campagne):
    """R25: ranked once its opinion exists."""
    sans = CandidatureFactory(deposee=True, campagne=campagne, nom="Commune sans avis")
    contenu = texte(client_de("prefecture").get(reverse(PAGE)))
    assert sans.nom not in contenu
    assert "une candidature se classe une fois son avis rendu" in contenu
    assert "avis=sans" in contenu


@pytest.mark.parametrize("role", ["anct", "sgar", "support"])
def test_les_autres_roles_ne_classent_pas(client_de, trois, role):
    """§2: the SGAR reads; 403 with the reason."""
    reponse = client_de(role).get(reverse(PAGE))
    assert reponse.status_code == 403
    assert "préfecture" in texte(reponse)


def test_hors_du_perimetre(client_de, trois):
    client = client_de("prefecture")
    assert client.get(reverse(PAGE), {"departement": "63"}).status_code == 404
    assert client.get(reverse(PAGE), {"campagne": "inconnue"}).status_code == 404


def test_nombre_de_requetes_de_la_page_constant(client_de, campagne):
    client = client_de("prefecture")

    def requetes():
        with CaptureQueriesContext(connection) as contexte:
            assert client.get(reverse(PAGE)).status_code == 200
        return len(contexte)

    for _ in range(10):
        AvisFactory(candidature__campagne=campagne)
    requetes()
    avant = requetes()
    for _ in range(60):
        AvisFactory(candidature__campagne=campagne)
    assert requetes() == avant
