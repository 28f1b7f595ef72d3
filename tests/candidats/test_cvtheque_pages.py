"""The pages of the CVthèque (R44, R49, R112): who enters, what is shown, what never is, exports and traces."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from candidats import cvtheque
from candidats.enums import EtatMiseEnRelation, NatureConsultation
from candidats.models import ConsultationCandidat, MiseEnRelation
from structures.models import Structure
from tests.candidats.factories import CandidatFactory, MiseEnRelationFactory
from tests.structures.factories import PosteFactory, StructureFactory, lieu, membre

pytestmark = pytest.mark.django_db
PAGE = "/espace/structure/cvtheque/"


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def poste(structure):
    return PosteFactory(structure=structure)


@pytest.fixture
def client(client_de, structure):
    return client_de(rattachement=membre(structure))


def lire(client, adresse=PAGE, **criteres):
    reponse = client.get(adresse, criteres)
    assert reponse.status_code == 200
    return reponse.content.decode()


def secrets(candidat):
    return candidat.utilisateur.email, candidat.telephone, "06\u00a012", "06 12", "1990"


# --- who enters -----------------------------------------------------------------------------------------------------


def test_une_structure_qui_n_est_pas_activee_ou_plus_la_lit_ce_qui_manque(client_de):
    """R44: for activated structures, as long as they take part."""
    candidat = CandidatFactory()
    a_activer = PosteFactory(a_activer=True).structure
    partie = StructureFactory()
    Structure.objects.filter(pk=partie.pk).update(participation_fin_le=timezone.now())
    for une, phrase in ((a_activer, "s’ouvrira à l’activation"), (partie, "ne participe plus")):
        client = client_de(rattachement=membre(une))
        page = lire(client)
        assert phrase in page
        assert str(candidat) not in page
        assert client.get(f"{PAGE}export.csv").status_code == 403
        assert client.get(f"{PAGE}{candidat.uuid}/").status_code == 404
        assert client.post(f"{PAGE}{candidat.uuid}/preselectionner/").status_code == 404
    assert not ConsultationCandidat.objects.exists()


def test_on_y_vient_des_candidats_et_du_menu(client, poste):
    page = lire(client, "/espace/structure/candidats/")
    assert page.count(f'href="{PAGE}') >= 2


# --- the list -------------------------------------------------------------------------------------------------------


def test_la_liste_montre_ce_qu_il_faut_pour_choisir_et_rien_de_plus(client, poste):
    """R112: neither address, nor phone, nor birth date before a pair exists; the list alone is not a reading."""
    candidat = CandidatFactory(diplome_nomme=True, coordination=True)
    page = lire(client)
    for attendu in (str(candidat), "Titre REMN", "40 km", "1 personne", "dans la même commune"):
        assert attendu in page
    for secret in secrets(candidat):
        assert secret not in page
    assert not ConsultationCandidat.objects.exists()


def test_les_criteres_se_lisent_et_se_retirent(client, poste):
    CandidatFactory(experimente=True, motivation="Des ateliers.")
    page = lire(client, q="atelier", experience="on", disponible_au="2031-02-28", rayon="100")
    for libelle in ("« atelier »", "28 février 2031", "Avec une expérience"):
        assert libelle in page
    sans = next(brin for brin in page.split('href="') if brin.startswith("?") and "q=" not in brin.split('"')[0])
    assert "experience=on" in sans and "rayon=100" in sans


def test_ce_qui_est_mal_saisi_se_dit_a_cote_du_champ(client, poste):
    """What was typed stays, nothing is searched, the title counts the errors."""
    CandidatFactory()
    for criteres, phrase in (
        ({"commune": "Saint-Denis"}, "choisissez la bonne dans la liste"),
        ({"commune": "Nullepart-sur-Rien"}, "Aucune commune ne correspond"),
        ({"disponible_au": "31/02/2026"}, "date"),
        ({"q": "pour les"}, "trop courants"),
        ({"rayon": "12"}, "Sélectionnez un choix valide"),
        ({"poste": "n’importe quoi"}, "poste"),
        ({"poste": str(PosteFactory().uuid)}, "poste"),
    ):
        page = lire(client, **criteres)
        assert "<title>Erreur (1)" in page.replace("\n", "").replace("  ", ""), criteres
        assert phrase in page
        assert "Habite" not in page
        export = client.get(f"{PAGE}export.csv", criteres)
        assert (export.status_code, export.url.split("?")[0]) == (302, PAGE)
    assert 'value="Saint-Denis"' in lire(client, commune="Saint-Denis")


def test_une_liste_vide_dit_quoi_faire(client, poste):
    page = lire(client)
    assert "0 personne" in page
    # A search asks for nothing: no field need say that it may be left empty.
    assert "(facultatif)" not in page
    assert "Élargissez la distance" in page


def test_les_pages_et_la_borne(client, poste, monkeypatch):
    monkeypatch.setattr("candidats.views.cvtheque.PAR_PAGE", 2)
    candidats = [CandidatFactory(disponible_le="2030-01-0" + str(rang)) for rang in range(1, 6)]
    pages = [lire(client, rayon="france", page=str(rang)) for rang in (1, 2, 3)]
    for rang, candidat in enumerate(candidats):
        assert [str(candidat.uuid) in page for page in pages] == [rang // 2 == numero for numero in range(3)]
    monkeypatch.setattr(cvtheque, "RESULTATS_MAX", 4)
    assert "Plus de" in lire(client, rayon="france")
    assert str(candidats[4].uuid) not in lire(client, rayon="france", page="9")


def test_les_requetes_ne_dependent_pas_du_nombre(client, structure, poste, django_assert_max_num_queries):
    def compter(adresse):
        with django_assert_max_num_queries(60) as requetes:
            b"".join(client.get(adresse))
        return len(requetes)

    adresses = [
        PAGE,
        f"{PAGE}?rayon=40&experience=on&q=transmettre",
        f"{PAGE}?rayon=france&tri=inscription",
        f"{PAGE}export.csv?rayon=france",
    ]
    for nombre in (2, 10):
        for _ in range(nombre):
            MiseEnRelationFactory(poste=poste, candidat__experimente=True, ecartee=True)
        if nombre == 2:
            peu = [compter(adresse) for adresse in adresses]
    assert [compter(adresse) for adresse in adresses] == peu


# --- export ---------------------------------------------------------------------------------------------------------


def test_l_export_suit_la_recherche_sans_coordonnees_et_se_sait(client, structure, poste):
    """R112, R44: the same people in the same order; each of them will know."""
    loin, pres = CandidatFactory(commune=lieu("03310"), mobilite_km=100), CandidatFactory(commune=lieu("03321"))
    CandidatFactory(commune=lieu("69123"))
    reponse = client.get(f"{PAGE}export.csv", {"rayon": "100"})
    assert reponse.streaming
    texte = b"".join(reponse).decode("utf-8-sig")
    lignes = texte.splitlines()
    assert [pres.utilisateur.nom in lignes[1], loin.utilisateur.nom in lignes[2], len(lignes)] == [True, True, 3]
    for secret in (*secrets(pres), "naissance", "Téléphone"):
        assert secret not in texte
    traces = ConsultationCandidat.objects.values_list("candidat", "nature", "organisation")
    assert set(traces) == {(c.pk, NatureConsultation.EXPORT, structure.organisation_id) for c in (pres, loin)}
    classeur = load_workbook(io.BytesIO(client.get(f"{PAGE}export.xlsx", {"rayon": "100"}).content))
    assert classeur.active.max_row == 3
    assert client.get(f"{PAGE}export.pdf").status_code == 404


def test_l_export_est_borne(client, poste, monkeypatch):
    monkeypatch.setattr(cvtheque, "RESULTATS_MAX", 2)
    for _ in range(3):
        CandidatFactory()
    assert len(b"".join(client.get(f"{PAGE}export.csv")).splitlines()) == 3
    assert ConsultationCandidat.objects.count() == 2


# --- one person -----------------------------------------------------------------------------------------------------


def test_le_profil_sans_coordonnees_est_une_lecture(client, structure, poste):
    candidat = CandidatFactory(commune=lieu("03310"), mobilite_km=20, motivation="Les aînés d’abord.")
    ecartee = MiseEnRelationFactory(candidat=candidat, poste=PosteFactory(structure=structure), ecartee=True)
    page = lire(client, f"{PAGE}{candidat.uuid}/", poste=str(poste.uuid), q="aînés")
    for attendu in (
        "Les aînés d’abord.",
        "accepte de travailler jusqu’à 20 km",
        f"Poste n° {ecartee.poste.numero} : Écartée",
        f"{PAGE}?poste={poste.uuid}&amp;q=a%C3%AEn%C3%A9s",
    ):
        assert attendu in page
    for secret in secrets(candidat):
        assert secret not in page
    assert ConsultationCandidat.objects.get().nature == NatureConsultation.CVTHEQUE


def test_qui_n_est_plus_dans_la_cvtheque_ne_s_ouvre_pas(client, poste):
    candidat = CandidatFactory(indisponible=True)
    assert client.get(f"{PAGE}{candidat.uuid}/").status_code == 404
    reponse = client.post(f"{PAGE}{candidat.uuid}/preselectionner/", {"poste": str(poste.uuid)}, follow=True)
    page = reponse.content.decode()
    assert "n’est plus disponible" in page
    assert str(candidat) not in page
    assert not ConsultationCandidat.objects.exists()


def test_preselectionner_mene_a_la_candidature_et_a_ses_coordonnees(client, poste):
    candidat = CandidatFactory()
    adresse = reverse("candidats:cvtheque_preselectionner", args=[candidat.uuid])
    page = client.post(adresse, {"poste": str(poste.uuid)}, follow=True).content.decode()
    paire = MiseEnRelation.objects.get()
    assert (paire.candidat, paire.poste, paire.etat) == (candidat, poste, EtatMiseEnRelation.PRESELECTIONNEE)
    assert "Présélection enregistrée" in page
    assert candidat.utilisateur.email in page
    assert "Ce qui rapproche cette personne du poste" in page
    # Again: led to the same pair.
    encore = client.post(adresse, {"poste": str(poste.uuid)}, follow=True).content.decode()
    assert "déjà une candidature en cours" in encore
    assert MiseEnRelation.objects.count() == 1


def test_un_refus_se_lit_sur_le_profil(client, structure, poste):
    """The choice stays; a post of somebody else is not one of the choices."""
    candidat = CandidatFactory()
    adresse = f"{PAGE}{candidat.uuid}/preselectionner/"
    for envoye in (str(PosteFactory().uuid), "x", ""):
        page = client.post(adresse, {"poste": envoye})
        assert page.status_code == 200
        assert "<title>Erreur (1)" in page.content.decode().replace("\n", "").replace("  ", "")
    membre_et_candidat = CandidatFactory(utilisateur=membre(structure).utilisateur)
    page = client.post(f"{PAGE}{membre_et_candidat.uuid}/preselectionner/", {"poste": str(poste.uuid)})
    assert "membre ou du contact de votre structure" in page.content.decode()
    assert not MiseEnRelation.objects.exists()


def test_sans_poste_libre_le_profil_le_dit(client, structure):
    PosteFactory(structure=structure, pourvu=True)
    candidat = CandidatFactory()
    assert "Aucun de vos postes n’est à pourvoir" in lire(client, f"{PAGE}{candidat.uuid}/")
    assert str(candidat) in lire(client)
