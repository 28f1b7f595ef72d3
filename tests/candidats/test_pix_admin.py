"""R45 for ANCT: a file checked then imported, the lines to review given to the right person or set aside."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from candidats.enums import EtatLignePix
from candidats.models import ConsultationCandidat, ImportPix, LignePix, ResultatPix
from tests.candidats.factories import CandidatFactory, LignePixFactory
from tests.candidats.outils_pix import fichier_pix, ligne_pix
from tests.comptes.factories import UtilisateurFactory

pytestmark = pytest.mark.django_db
IMPORTER = "/admin/candidats/importpix/importer/"


@pytest.fixture
def client(client_de):
    return client_de("anct")


def deposer(client, contenu, nom="Resultats.csv"):
    return client.post(IMPORTER, {"fichier": SimpleUploadedFile(nom, contenu)})


def porte(reponse):
    return reponse.context["porte"]


def test_un_fichier_est_verifie_puis_enregistre(client):
    candidat = CandidatFactory(pix_consenti=True)
    contenu = fichier_pix(
        ligne_pix(candidat), ligne_pix(nom="<b>Nul", prenom="=1+1", identifiant="9"), ligne_pix(palier="x")
    )
    reponse = deposer(client, contenu)
    page = reponse.content.decode()
    for texte in ("3 lignes lues", "1 rattachée", "1 à revoir", "1 illisible", "de 0 à 3", "&lt;b&gt;Nul"):
        assert texte in page
    assert not ImportPix.objects.exists()
    reponse = client.post(IMPORTER, {"porte": porte(reponse)}, follow=True)
    assert "Import terminé : 3 lignes lues, 1 rattachée, 1 à revoir, 1 illisible." in reponse.content.decode()
    assert ResultatPix.objects.get().candidat == candidat
    trace = ImportPix.objects.get()
    assert trace.importe_par is not None
    page = client.get(reverse("admin:candidats_importpix_change", args=[trace.uuid])).content.decode()
    assert "1 ligne de cet import attend encore" in page
    # The same file: nothing to save.
    assert "Ce fichier ne change rien" in deposer(client, contenu).content.decode()


@pytest.mark.parametrize(("contenu", "dit"), [(b"a;b\n1;2\n", "pas un export"), (b"\xe9", "UTF-8"), (b"", "vide")])
def test_un_autre_fichier_est_refuse_a_cote_du_champ(client, contenu, dit):
    page = deposer(client, contenu).content.decode()
    assert dit in page
    assert 'aria-invalid="true"' in page
    assert not ImportPix.objects.exists()


def test_une_verification_modifiee_ne_passe_pas(client):
    reponse = client.post(IMPORTER, {"porte": "autre"}, follow=True)
    assert "déposez de nouveau le fichier" in reponse.content.decode()


def test_les_lignes_a_revoir_sont_dans_a_faire(client):
    LignePixFactory.create_batch(2)
    page = client.get("/admin/").content.decode()
    assert "2 lignes de résultats Pix à revoir" in page
    liste = client.get("/admin/candidats/lignepix/?etat__exact=a_revoir").content.decode()
    assert liste.count("Bellanger") == 2


def _detail(ligne):
    return reverse("admin:candidats_lignepix_change", args=[ligne.uuid])


def test_rattacher_apres_avoir_cherche(client):
    """Found by name whatever the accents and the hyphens, never suggested unasked; both sides before the button."""
    ligne = LignePixFactory()
    moi = CandidatFactory(pix_consenti=True, utilisateur=UtilisateurFactory(prenom="Marie-Inès", nom="Bellangér"))
    sans_accord = CandidatFactory(utilisateur=UtilisateurFactory(prenom="Inès", nom="Bellanger"))
    page = client.get(_detail(ligne)).content.decode()
    assert str(moi) not in page
    for cherche in ("bellanger ines", "MARIE INES", moi.identifiant_pix.lower()):
        page = client.get(_detail(ligne), {"q": cherche}).content.decode()
        assert str(moi.uuid) in page
        assert str(sans_accord.uuid) not in page
    assert "Personne de ce nom" in client.get(_detail(ligne), {"q": "zzz"}).content.decode()
    adresse = reverse("admin:candidats_lignepix_rattacher", args=[ligne.uuid, moi.uuid])
    page = client.get(adresse).content.decode()
    assert "Bellangér" in page
    assert moi.identifiant_pix in page
    assert ConsultationCandidat.objects.filter(candidat=moi).count() == 1
    assert client.post(adresse).status_code == 302
    ligne.refresh_from_db()
    assert (ligne.etat, ligne.candidat) == (EtatLignePix.RATTACHEE, moi)
    assert "Donnée à" in client.get(_detail(ligne)).content.decode()
    # Given already: the same page answers that it cannot be given again.
    assert client.get(adresse).status_code == 409


def test_qui_n_a_pas_d_accord_ne_recoit_rien(client):
    ligne, autre = LignePixFactory(), CandidatFactory()
    page = client.post(reverse("admin:candidats_lignepix_rattacher", args=[ligne.uuid, autre.uuid])).content.decode()
    assert "son accord manque" in page
    assert not ResultatPix.objects.exists()


def test_ecarter_puis_remettre_a_revoir(client):
    ligne = LignePixFactory()
    ecarter = reverse("admin:candidats_lignepix_verbe", args=[ligne.uuid, "ecarter"])
    assert "Remplissez ce champ" in client.post(ecarter, {"motif": ""}).content.decode()
    client.post(ecarter, {"motif": "Ancienne campagne"})
    assert LignePix.objects.get().etat == EtatLignePix.ECARTEE
    assert "Ancienne campagne" in client.get(_detail(ligne)).content.decode()
    client.post(reverse("admin:candidats_lignepix_verbe", args=[ligne.uuid, "reprendre"]))
    assert LignePix.objects.get().etat == EtatLignePix.A_REVOIR


def test_le_support_lit_sans_decider(client_de):
    ligne, candidat = LignePixFactory(), CandidatFactory(pix_consenti=True)
    client = client_de("support")
    page = client.get(_detail(ligne), {"q": str(candidat.utilisateur.nom)}).content.decode()
    assert "Rattacher à un candidat" not in page
    assert client.post(IMPORTER).status_code == 403


def test_la_liste_en_un_nombre_constant_de_requetes(client, django_assert_max_num_queries):
    LignePixFactory.create_batch(3)
    client.get("/admin/candidats/lignepix/")
    with django_assert_max_num_queries(20):
        client.get("/admin/candidats/lignepix/")
    LignePixFactory.create_batch(10)
    with django_assert_max_num_queries(20):
        client.get("/admin/candidats/lignepix/")
