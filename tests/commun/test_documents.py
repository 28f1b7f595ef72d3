"""Private files: one door, the rule of who reads, the trace of readings (R44, R112)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.storage import storages
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.commun import documents, purge
from portal.commun.acteurs import Acteur
from portal.commun.documents import deposer_document, documents_de, enregistrer_nature, supprimer_document
from portal.commun.erreurs import RegleNonRespectee
from portal.commun.models import Document, LectureDocument
from tests.commun.fichiers_exemples import image, pdf
from tests.comptes.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def natures(monkeypatch):
    """Two natures of the tests: read by the ANCT only, one of them traced."""
    monkeypatch.setattr(documents, "_natures", {})
    enregistrer_nature("essai", "Pièce d’essai", _lit_l_anct)
    enregistrer_nature("essai-suivi", "Pièce suivie", _lit_l_anct, trace=True)


def _lit_l_anct(acteur: Acteur, document: Document) -> bool:
    return acteur.est("anct")


def deposer(nature="essai", contenu=None, **options):
    options.setdefault("objet", OrganisationFactory())
    options.setdefault("acteur", Acteur.systeme())
    return deposer_document(nature=nature, contenu=contenu or pdf(), nom="Pièce.pdf", **options)


def test_un_depot_range_le_fichier_hors_du_site_et_signe_son_historique_R110(acteur):
    structure = acteur("structure")
    document = deposer(acteur=structure)
    assert document.fichier.name.startswith("essai/")
    assert "Pièce" not in document.fichier.name
    assert document.fichier.storage is not storages["default"]
    assert document.depose_par_id == structure.utilisateur_id
    ligne = document.history.get()
    assert (ligne.history_user_id, ligne.history_role) == (structure.utilisateur_id, "structure")


def test_un_contenu_refuse_n_est_pas_range_R60():
    with pytest.raises(RegleNonRespectee):
        deposer(contenu=b"MZ un programme")
    assert not Document.objects.exists()


def test_une_nature_inconnue_ou_declaree_deux_fois_est_une_faute():
    with pytest.raises(KeyError):
        deposer(nature="inconnue")
    with pytest.raises(ValueError, match="twice"):
        enregistrer_nature("essai", "Autre règle", lambda acteur, document: True)


@pytest.mark.parametrize("role", ["visiteur", "structure", "candidat", "prefecture", "bdt"])
def test_hors_de_la_regle_le_fichier_n_existe_pas_R112(client_de, role):
    reponse = client_de(role).get(reverse("commun:document", args=[deposer().uuid]))
    assert reponse.status_code == 404


def test_qui_a_le_droit_lit_sans_que_rien_soit_garde_par_le_navigateur(client_de):
    contenu = pdf()
    reponse = client_de("anct").get(reverse("commun:document", args=[deposer(contenu=contenu).uuid]))
    assert reponse.status_code == 200
    assert reponse.content == contenu
    assert reponse["Content-Type"] == "application/pdf"
    assert reponse["Content-Disposition"].startswith("inline")
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert reponse["Cache-Control"] == "private, no-store"


def test_un_telechargement_ou_une_image_ne_s_affichent_jamais_dans_le_site(client_de):
    client = client_de("anct")
    adresse = reverse("commun:document", args=[deposer().uuid])
    assert client.get(f"{adresse}?telecharger")["Content-Disposition"].startswith("attachment")
    photo = deposer(contenu=image(), types=("png",))
    assert client.get(reverse("commun:document", args=[photo.uuid]))["Content-Disposition"].startswith("attachment")


def test_un_fichier_supprime_expire_ou_perdu_repond_404(client_de):
    client = client_de("anct")
    supprime, perdu = deposer(), deposer()
    supprimer_document(acteur=Acteur.systeme(), document=supprime, motif="Erreur")
    perdu.fichier.storage.delete(perdu.fichier.name)
    for document in (supprime, perdu):
        assert client.get(reverse("commun:document", args=[document.uuid])).status_code == 404


def test_on_n_ecrit_pas_par_la_porte_des_fichiers(client_de):
    assert client_de("anct").post(reverse("commun:document", args=[deposer().uuid])).status_code == 405


def test_chaque_lecture_d_un_cv_est_gardee_et_les_autres_non_R44(client_de):
    client = client_de("anct")
    suivi, ordinaire = deposer("essai-suivi"), deposer()
    for document in (suivi, ordinaire):
        client.get(reverse("commun:document", args=[document.uuid]))
        client.head(reverse("commun:document", args=[document.uuid]))
    lecture = LectureDocument.objects.get()
    assert lecture.document == suivi
    assert (lecture.utilisateur_id, lecture.organisation_id, lecture.role) == (
        client.utilisateur.pk, client.rattachement.organisation_id, "anct",
    )  # fmt: skip


def test_un_refus_ne_laisse_pas_de_trace_de_lecture_R44(client_de):
    client_de("structure").get(reverse("commun:document", args=[deposer("essai-suivi").uuid]))
    assert not LectureDocument.objects.exists()


def test_les_documents_d_un_objet_et_de_lui_seul():
    organisation = OrganisationFactory()
    premier, second = deposer(objet=organisation), deposer("essai-suivi", objet=organisation)
    deposer()
    supprime = deposer(objet=organisation)
    supprimer_document(acteur=Acteur.systeme(), document=supprime, motif="Erreur")
    assert list(documents_de(organisation)) == [second, premier]
    assert list(documents_de(organisation, "essai")) == [premier]


@pytest.mark.django_db(transaction=True)
def test_une_suppression_annulee_ne_perd_pas_le_fichier():
    document = deposer()
    with pytest.raises(RuntimeError), transaction.atomic():
        supprimer_document(acteur=Acteur.systeme(), document=document, motif="Essai")
        raise RuntimeError
    assert document.fichier.storage.exists(document.fichier.name)
    supprimer_document(acteur=Acteur.systeme(), document=document, motif="Essai")
    assert not document.fichier.storage.exists(document.fichier.name)


@pytest.mark.django_db(transaction=True)
def test_la_purge_supprime_les_fichiers_a_leur_date_et_pas_avant_R44():
    jour = timezone.localdate()
    a_terme = deposer(expire_le=jour)
    vivant = deposer(expire_le=jour + timedelta(days=1))
    sans_terme = deposer()
    assert purge.purger(jour)["documents"] == 1
    assert purge.purger(jour)["documents"] == 0
    a_terme.refresh_from_db()
    assert a_terme.supprime_le is not None
    assert not a_terme.fichier.storage.exists(a_terme.fichier.name)
    assert a_terme.history.first().history_change_reason == "Durée de conservation atteinte"
    for document in (vivant, sans_terme):
        assert document.fichier.storage.exists(document.fichier.name)


@pytest.mark.django_db(transaction=True)
def test_un_fichier_dont_le_depot_a_ete_annule_finit_par_disparaitre(monkeypatch):
    with pytest.raises(RuntimeError), transaction.atomic():
        orphelin = deposer()
        raise RuntimeError
    garde = deposer()
    stockage, jour = orphelin.fichier.storage, timezone.localdate()
    assert purge.purger(jour)["orphelins"] == 0, "the transaction of a young file may still be open"
    hier = timezone.now() - timedelta(days=2)
    monkeypatch.setattr(type(stockage), "get_modified_time", lambda self, nom: hier)
    assert purge.purger(jour)["orphelins"] == 1
    assert not stockage.exists(orphelin.fichier.name)
    assert stockage.exists(garde.fichier.name)


def test_la_purge_regarde_aussi_le_mois_passe():
    assert documents.fichiers_orphelins([date(2021, 3, 1), date(2021, 2, 1)]) == []
