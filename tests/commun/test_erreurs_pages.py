"""What people see when something is refused: never an error 500, always the reason and what to do."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.jetons import JetonInvalide
from portal.urls import handler400, handler403, handler404, handler500  # noqa: F401 - read by Django

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

ERREURS = {
    "refus": AccesRefuse("Seule la préfecture rend un avis."),
    "regle": RegleNonRespectee("R22", "Une candidature <existe> déjà."),
    "etat": TransitionInterdite("La candidature est close."),
    "jeton": JetonInvalide("Ce lien a expiré. Demandez-en un nouveau."),
    "interdit": PermissionDenied("Pas vous."),
    "absent": Http404("secret"),
    "panne": RuntimeError("détail interne"),
}


def lever(request, nom):
    raise ERREURS[nom]


def page(request):
    return HttpResponse("ici")


def recevoir(request):
    return HttpResponse(len(request.POST))


urlpatterns = [
    path("", include("portal.urls")),
    path("essai/<slug:nom>/", lever),
    path("essai-page/", page),
    path("essai-recevoir/", recevoir),
]


@pytest.fixture
def tolerant() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("nom", "statut", "phrase"),
    [
        ("refus", 403, "Seule la préfecture rend un avis."),
        ("regle", 409, "Une candidature &lt;existe&gt; déjà."),
        ("etat", 409, "La candidature est close."),
        ("jeton", 409, "Ce lien a expiré. Demandez-en un nouveau."),
        ("interdit", 403, "Pas vous."),
        ("absent", 404, "Cette page n’existe pas"),
        ("panne", 500, "Le portail n’a pas pu répondre"),
    ],
)
def test_chaque_refus_a_sa_page_en_francais(tolerant, nom, statut, phrase):
    reponse = tolerant.get(f"/essai/{nom}/")
    html = reponse.content.decode()
    assert reponse.status_code == statut
    assert phrase in html
    assert html.count("<h1") == 1
    assert "— Conseiller numérique</title>" in html
    assert "secret" not in html
    assert "détail interne" not in html


def test_un_post_refuse_revient_d_ou_l_on_vient_avec_la_raison(tolerant):
    reponse = tolerant.post("/essai/regle/", headers={"referer": "http://testserver/essai-page/?a=1"})
    assert (reponse.status_code, reponse["Location"]) == (302, "/essai-page/?a=1")
    assert "Une candidature &lt;existe&gt; déjà." in tolerant.get("/comptes/login/", follow=True).content.decode()


@pytest.mark.parametrize("referer", ["https://ailleurs.example/x", "//ailleurs.example", "javascript:alert(1)", ""])
def test_un_post_refuse_ne_renvoie_jamais_ailleurs(tolerant, referer):
    reponse = tolerant.post("/essai/regle/", headers={"referer": referer})
    assert reponse.status_code == 409
    assert "ailleurs" not in reponse.content.decode()


def test_une_requete_htmx_refusee_n_est_pas_redirigee(tolerant):
    reponse = tolerant.post("/essai/regle/", headers={"referer": "http://testserver/essai-page/", "hx-request": "true"})
    assert reponse.status_code == 409


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_un_texte_trop_long_a_une_page_413(tolerant):
    reponse = tolerant.post("/essai-recevoir/", {"texte": "x" * 2000}, content_type="application/x-www-form-urlencoded")
    assert reponse.status_code == 413
    assert "trop lourd" in reponse.content.decode()


@override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=3)
def test_trop_de_champs_a_la_meme_page(tolerant):
    assert tolerant.post("/essai-recevoir/", {str(rang): "" for rang in range(9)}).status_code == 413


@override_settings(REQUETE_TAILLE_MAX=1000)
def test_un_envoi_annonce_trop_gros_est_refuse_avant_d_etre_lu(tolerant):
    reponse = tolerant.post("/essai-recevoir/", {"texte": "x" * 2000})
    assert reponse.status_code == 413


def test_un_formulaire_expire_le_dit():
    client = Client(enforce_csrf_checks=True)
    reponse = client.post("/essai-recevoir/", {"a": "1"})
    assert reponse.status_code == 403
    assert "Ce formulaire a expiré" in reponse.content.decode()


def test_une_adresse_mal_formee_a_une_page_400(tolerant):
    reponse = tolerant.get("/", headers={"host": "pirate.example"})
    assert reponse.status_code == 400
    assert "pirate" not in reponse.content.decode()
