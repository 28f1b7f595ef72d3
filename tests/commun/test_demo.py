"""The mailbox of the demo, and its absence everywhere else; mails in the administration (R112, R113)."""

from __future__ import annotations

import pytest
from django.urls import reverse
from post_office.models import STATUS, Email

pytestmark = pytest.mark.django_db
SECRET = "k3J9x_Q-7hT0aB4cD8eF2gH6iJ1kL5mN9oP3qR7sT0u"
LIEN = f"http://testserver/invitation/{SECRET}/"


@pytest.fixture
def courriels():
    return [
        Email.objects.create(
            from_email="portail@exemple.fr",
            to=[adresse],
            subject=f"Objet {rang} <b>",
            message=f"Bonjour,\n\nOuvrez {LIEN}.\n",
            status=STATUS.sent,
        )
        for rang, adresse in enumerate(["structure@demo.example", "candidat@demo.example"])
    ]


def test_hors_de_la_demonstration_il_n_y_a_pas_de_boite(client, courriels):
    assert client.get("/demo/courriels/").status_code == 404
    assert client.get(f"/demo/courriels/{courriels[0].pk}/").status_code == 404


def test_la_boite_montre_les_plus_recents_d_abord(client, courriels, settings):
    settings.DEMO = True
    html = client.get("/demo/courriels/").content.decode()
    assert html.index("Objet 1 &lt;b&gt;") < html.index("Objet 0 &lt;b&gt;")
    assert "2 courriels" in html


def test_la_boite_se_cherche_par_destinataire(client, courriels, settings):
    settings.DEMO = True
    html = client.get("/demo/courriels/", {"a": "CANDIDAT@demo"}).content.decode()
    assert "Objet 1" in html
    assert "Objet 0" not in html
    assert "Aucun courriel n’a été envoyé à cette adresse" in client.get("/demo/courriels/?a=rien").content.decode()


def test_une_boite_vide_dit_quoi_faire(client, settings):
    settings.DEMO = True
    assert "Aucun courriel pour l’instant" in client.get("/demo/courriels/").content.decode()


def test_un_courriel_se_lit_avec_ses_liens(client, courriels, settings):
    settings.DEMO = True
    html = client.get(f"/demo/courriels/{courriels[0].pk}/").content.decode()
    assert f'<a href="{LIEN}">{LIEN}</a>.' in html
    assert "Objet 0 &lt;b&gt;" in html


def test_la_liste_coute_le_meme_nombre_de_requetes_quel_que_soit_le_nombre(
    client, courriels, settings, django_assert_num_queries
):
    settings.DEMO = True
    Email.objects.bulk_create(Email(from_email="a@b.fr", to=["x@y.fr"], subject="x") for _ in range(60))
    with django_assert_num_queries(2):
        client.get("/demo/courriels/")


# --- administration --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["anct", "support"])
def test_le_support_lit_un_courriel_sans_ce_que_ses_liens_ouvrent_R112(client_de, courriels, role):
    html = client_de(role).get(reverse("admin:post_office_email_change", args=[courriels[0].pk])).content.decode()
    assert "structure@demo.example" in html
    assert "/invitation/••••••/" in html
    assert SECRET not in html


@pytest.mark.parametrize("role", ["prefecture", "sgar"])
def test_les_autres_agents_ne_lisent_pas_les_courriels_R112(client_de, courriels, role):
    client = client_de(role)
    assert client.get(reverse("admin:post_office_email_changelist")).status_code == 403
    assert client.get(reverse("admin:post_office_email_change", args=[courriels[0].pk])).status_code in (403, 404)


def test_un_courriel_en_echec_se_remet_en_attente_et_les_autres_non_R113(client_de, courriels):
    client = client_de("anct")
    echec, envoye = courriels
    Email.objects.filter(pk=echec.pk).update(status=STATUS.failed)
    for courriel in courriels:
        client.post(reverse("admin:post_office_email_verbe", args=[courriel.pk, "relancer"]))
    assert Email.objects.get(pk=echec.pk).status == STATUS.queued
    assert Email.objects.get(pk=envoye.pk).status == STATUS.sent


def test_l_administration_montre_les_taches_a_l_anct(client_de):
    client = client_de("anct")
    assert client.get(reverse("admin:commun_executiontache_changelist")).status_code == 200
    assert client.get(reverse("admin:post_office_email_changelist")).status_code == 200
