"""What no browser sends by itself: never an error 500, never a secret in a log, the same headers on every answer."""

from __future__ import annotations

import logging

import httpx
import pytest
from django.test import Client
from django.urls import reverse

from portal.commun.secrets_masques import masquer_adresse, masquer_evenement

pytestmark = pytest.mark.django_db

SECRET = "Zq3-vK9_xW7rT1yU5oP2aS8dF4gH6jL0cVbNmQwErTy"


@pytest.mark.parametrize(
    "adresse",
    ["/?q=%00", "/?a=b%00c&d=1", "/comptes/login/?next=%00", "/invitation/%00/", "/territoires/communes/?q=%00"],
)
def test_un_caractere_nul_dans_une_adresse_est_refuse(adresse):
    reponse = Client().get(adresse)
    assert reponse.status_code == 400
    assert "Demande incorrecte" in reponse.content.decode()


def test_un_caractere_nul_dans_un_temoin_est_refuse():
    client = Client()
    client.cookies["sessionid"] = "abcdefghijklmnop\x00abcdefghijklmnop"
    assert client.get("/espace/").status_code == 400


def test_un_pourcent_zero_zero_ecrit_en_toutes_lettres_reste_un_texte():
    assert Client().get("/territoires/communes/?q=100%2500").status_code == 200


@pytest.mark.parametrize("filtre", ["departement", "etat", "avis", "regime", "etat__exact"])
@pytest.mark.parametrize("modele", ["candidature", "structure", "poste"])
def test_un_filtre_illisible_de_l_administration_n_est_pas_une_panne(client_de, modele, filtre):
    client = client_de("anct")
    for nom in ("changelist", "export"):
        args = ["csv"] if nom == "export" else []
        adresse = reverse(f"admin:structures_{modele}_{nom}", args=args)
        assert client.get(f"{adresse}?{filtre}=%00").status_code == 400


@pytest.mark.parametrize("modele", ["candidature", "structure", "poste"])
@pytest.mark.parametrize("mot", ["²", "٣", "9" * 40, "-1", "\u202e", "'"])
def test_une_recherche_etrange_de_l_administration_ne_trouve_rien(client_de, modele, mot):
    client = client_de("anct")
    for adresse in (
        reverse(f"admin:structures_{modele}_changelist"),
        reverse(f"admin:structures_{modele}_export", args=["csv"]),
    ):
        assert client.get(adresse, {"q": mot}).status_code == 200


@pytest.mark.parametrize("modele", ["candidature", "structure", "poste"])
def test_un_export_au_filtre_inconnu_renvoie_a_la_liste_qui_le_dit(client_de, modele):
    adresse = reverse(f"admin:structures_{modele}_export", args=["csv"])
    reponse = client_de("anct").get(adresse, {"inconnu": "1"}, follow=True)
    assert reponse.redirect_chain == [(reverse(f"admin:structures_{modele}_changelist"), 302)]
    assert "filtre inconnu" in reponse.content.decode()


# --- headers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("adresse", "entetes", "statut"),
    [
        ("/", {}, 200),
        ("/rien/", {}, 404),
        ("/?a=%00", {}, 400),
        ("/", {"host": "pirate.example"}, 400),
        ("/espace/structure/", {}, 302),
        ("/sante/", {}, 200),
    ],
)
def test_la_politique_de_contenu_accompagne_chaque_reponse(adresse, entetes, statut):
    reponse = Client().get(adresse, headers=entetes)
    assert reponse.status_code == statut
    assert "default-src 'none'" in reponse["Content-Security-Policy"]
    assert reponse["X-Frame-Options"] == "DENY"
    assert reponse["X-Content-Type-Options"] == "nosniff"


def test_les_pages_d_une_personne_connectee_ne_restent_pas_dans_le_navigateur(client_de):
    client = client_de("bdt")
    for adresse in (reverse("subventions:bdt"), reverse("vitrine:accueil"), "/rien/"):
        assert "no-store" in client.get(adresse)["Cache-Control"]
    assert not Client().get(reverse("vitrine:accueil")).has_header("Cache-Control")


# --- R112: logs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("avant", "apres"),
    [
        (f"Gone: /invitation/{SECRET}/", "Gone: /invitation/[masqué]/"),
        (f"/propositions/{SECRET}/pas-interesse/?a=1", "/propositions/[masqué]/pas-interesse/?a=1"),
        ("/comptes/confirm-email/MQ:1tXyZ9:kQ3_v-K9xW7rT1yU5oP2aS8dF4gH6j/", "/comptes/confirm-email/[masqué]/"),
        (f"https://x.example/y?cle={SECRET}", "https://x.example/y?cle=[masqué]"),
        (
            "Not Found: /fichiers/5f0c7e0a-4b7e-4f0e-9a57-2f7f5b0d9c11/",
            "Not Found: /fichiers/5f0c7e0a-4b7e-4f0e-9a57-2f7f5b0d9c11/",
        ),
        ("Not Found: /espace/structure/candidats/", "Not Found: /espace/structure/candidats/"),
    ],
)
def test_le_secret_d_un_lien_est_masque(avant, apres):
    """R112."""
    assert masquer_adresse(avant) == apres


def test_un_uuid_prolonge_n_est_pas_pris_pour_un_uuid():
    """R112."""
    assert "[masqué]" in masquer_adresse("/a/5f0c7e0a-4b7e-4f0e-9a57-2f7f5b0d9c11-et-la-suite/")


class Memoire(logging.Handler):
    """Keeps the lines as the console of the settings would write them."""

    def __init__(self) -> None:
        super().__init__()
        self.lignes: list[str] = []
        (console,) = [p for p in logging.getLogger().handlers if type(p) is logging.StreamHandler]
        self.setFormatter(console.formatter)

    def emit(self, record: logging.LogRecord) -> None:
        self.lignes.append(self.format(record))


@pytest.fixture
def journal():
    """What a logger of the portal writes during the test."""
    poignee, journal = Memoire(), logging.getLogger("django.request")
    journal.addHandler(poignee)
    yield poignee.lignes
    journal.removeHandler(poignee)


def test_un_lien_refuse_n_est_pas_ecrit_dans_le_journal(journal):
    """R112: the expired, used or wrong link of a mail is a line of the log, without its secret."""
    for adresse in (
        reverse("comptes:invitation", args=[SECRET]),
        reverse("structures:suivi", args=[SECRET]),
        reverse("structures:confirmer", args=[SECRET]),
        reverse("candidats:confirmer", args=[SECRET]),
        reverse("candidats:pas_interesse", args=[SECRET]),
    ):
        assert Client().get(adresse).status_code == 410
    assert len(journal) == 5
    assert all("[masqué]" in ligne for ligne in journal)
    assert SECRET not in "".join(journal)


def test_ni_un_objet_ni_une_trace_ne_portent_un_secret_dans_le_journal(journal):
    """R112: the clients of other services give addresses as objects, and put them into their errors."""
    adresse = httpx.URL(f"https://annuaire.example/siret?jeton={SECRET}")
    try:
        httpx.Response(404, request=httpx.Request("GET", adresse)).raise_for_status()
    except httpx.HTTPStatusError:
        logging.getLogger("django.request").exception("GET %s", adresse)
    assert "HTTPStatusError" in journal[0]
    assert "[masqué]" in journal[0]
    assert SECRET not in journal[0]


def test_un_rapport_d_erreur_part_sans_secret_ni_saisie():
    """R112."""
    evenement = {
        "request": {
            "url": f"https://portail.example/invitation/{SECRET}/",
            "query_string": f"cle={SECRET}",
            "data": {"iban": "FR7630006000011234567890189"},
            "cookies": {"sessionid": "abc"},
            "headers": {"Referer": f"https://portail.example/invitation/{SECRET}/"},
        },
        "logentry": {"message": "Internal Server Error: %s", "params": [f"/invitation/{SECRET}/"]},
        "exception": {"values": [{"type": "HTTPStatusError", "value": f"404 for https://a.example/?jeton={SECRET}"}]},
        "breadcrumbs": {"values": [{"category": "httplib", "data": {"url": f"https://a.example/lien/{SECRET}"}}]},
    }
    texte = str(masquer_evenement(evenement))
    assert SECRET not in texte
    assert "FR76" not in texte
    assert "sessionid" not in texte
    assert masquer_evenement({"level": "error"}) == {"level": "error"}
