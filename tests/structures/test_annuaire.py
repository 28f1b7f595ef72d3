"""R21: the directory of companies, played by a local peer of the same protocol; the application goes on without it."""

from __future__ import annotations

import contextlib
import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from structures import annuaire
from structures.annuaire import Fiche, Verdict, chercher, commune_de
from structures.models import Candidature
from tests.structures.factories import CampagneFactory, siret_suivant
from tests.structures.outils_candidature import adresse, erreurs, poster, remplir, reponses


def unite(siret: str, **changements: Any) -> dict[str, Any]:
    """One answer of the directory; `siege_siret` for an establishment that is not the head office."""
    siege_siret = changements.pop("siege_siret", siret)
    etablissement = {
        "siret": siret,
        "adresse": "12 PLACE DE L'HOTEL DE VILLE 03000 MOULINS",
        "code_postal": "03000",
        "commune": "03190",
        "libelle_commune": "MOULINS",
        "etat_administratif": "A",
        "liste_enseignes": None,
        "statut_diffusion_etablissement": "O",
        **changements.pop("etablissement", {}),
    }
    siege = etablissement if siege_siret == siret else {**etablissement, "siret": siege_siret, "code_postal": "75001"}
    return {
        "siren": siret[:9],
        "nom_complet": "COMMUNE DE MOULINS",
        "nature_juridique": "7210",
        "etat_administratif": "A",
        "siege": siege,
        "matching_etablissements": [etablissement],
        "complements": {"est_ess": False},
        **changements,
    }


class Annuaire:
    """What the peer answers next, and what it was asked."""

    def __init__(self) -> None:
        self.demandes: list[dict[str, list[str]]] = []
        self.statut, self.corps, self.entetes, self.attente = 200, b'{"results": []}', {}, 0.0

    def repondre(self, *unites: dict[str, Any], statut: int = 200, corps: bytes | None = None, **entetes: str) -> None:
        self.statut = statut
        self.corps = corps if corps is not None else json.dumps({"results": list(unites)}).encode()
        self.entetes = {nom.replace("_", "-"): valeur for nom, valeur in entetes.items()}


@pytest.fixture
def pair(settings: Any) -> Iterator[Annuaire]:
    etat = Annuaire()

    class Poignee(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            etat.demandes.append(parse_qs(urlsplit(self.path).query))
            time.sleep(etat.attente)
            self.send_response(etat.statut)
            for nom, valeur in etat.entetes.items():
                self.send_header(nom, valeur)
            self.send_header("Content-Length", str(len(etat.corps)))
            self.end_headers()
            self.wfile.write(etat.corps)

        def log_message(self, *args: Any) -> None:
            return None

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:  # the client did not wait for the slow answer
                self.close_connection = True

    serveur = ThreadingHTTPServer(("127.0.0.1", 0), Poignee)
    fil = threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    fil.start()
    settings.SIRENE_API_URL = f"http://127.0.0.1:{serveur.server_address[1]}"
    annuaire._Pause.jusqu_a = 0.0
    yield etat
    annuaire._Pause.jusqu_a = 0.0
    serveur.shutdown()
    fil.join()
    serveur.server_close()


def test_le_siege(pair):
    siret = siret_suivant()
    pair.repondre(unite(siret))
    fiche = chercher(siret)
    assert fiche == Fiche(
        siret,
        Verdict.TROUVE,
        nom="COMMUNE DE MOULINS",
        categorie_juridique="7210",
        adresse="12 PLACE DE L'HOTEL DE VILLE",
        code_postal="03000",
        code_commune="03190",
    )
    assert pair.demandes == [{"q": [siret], "page": ["1"], "per_page": ["1"]}]


def test_un_etablissement_secondaire_n_est_pas_le_siege(pair):
    """The sheet of a secondary establishment is in `matching_etablissements`, never that of the head office."""
    siret = siret_suivant()
    pair.repondre(unite(siret, siege_siret=siret_suivant()))
    assert chercher(siret).code_postal == "03000"


@pytest.mark.parametrize("changement", [{"etablissement": {"etat_administratif": "F"}}, {"etat_administratif": "C"}])
def test_un_etablissement_ferme(pair, changement):
    siret = siret_suivant()
    pair.repondre(unite(siret, **changement))
    assert chercher(siret).verdict == Verdict.FERME


def test_un_etablissement_non_diffusible_ne_laisse_rien_de_masque(pair):
    siret = siret_suivant()
    masque = {"adresse": "[NON-DIFFUSIBLE] 03000 MOULINS", "statut_diffusion_etablissement": "P"}
    pair.repondre(unite(siret, nom_complet="[NON-DIFFUSIBLE]", nom_raison_sociale=None, etablissement=masque))
    fiche = chercher(siret)
    assert (fiche.verdict, fiche.nom, fiche.adresse, fiche.non_diffusible) == (Verdict.TROUVE, "", "", True)
    assert "[NON" not in json.dumps(fiche.en_dict())


@pytest.mark.parametrize("statut", [200, 404])
def test_un_siret_inconnu(pair, statut):
    pair.repondre(statut=statut)
    assert chercher(siret_suivant()).verdict == Verdict.INCONNU


@pytest.mark.parametrize(
    ("statut", "corps"),
    [
        (500, b'{"erreur": "panne"}'),
        (400, b'{"erreur": "mauvais"}'),
        (302, b""),
        (200, b"<html>maintenance</html>"),
        (200, b"[]"),
        (200, b'{"results": [null]}'),
        (200, b'{"results": "' + b"x" * (2 * 1024 * 1024) + b'"}'),
        (200, b"[" * 200_000),
    ],
)
def test_une_reponse_inutilisable_est_une_absence_de_reponse(pair, statut, corps):
    pair.repondre(statut=statut, corps=corps)
    assert chercher(siret_suivant()).verdict == Verdict.INDISPONIBLE


@pytest.mark.parametrize("attente", ["30", "Wed, 21 Oct 2026 07:28:00 GMT", "-1", "9" * 400, ""])
def test_429_fait_attendre_le_temps_demande(pair, attente):
    pair.repondre(statut=429, Retry_After=attente)
    assert chercher(siret_suivant()).verdict == Verdict.INDISPONIBLE
    siret = siret_suivant()
    pair.repondre(unite(siret))
    assert chercher(siret).verdict == Verdict.INDISPONIBLE
    assert len(pair.demandes) == 1
    annuaire._Pause.jusqu_a = 0.0
    assert chercher(siret).verdict == Verdict.TROUVE


def test_une_reponse_trop_lente_n_est_pas_attendue(pair, settings):
    settings.DELAI_SERVICE_EXTERNE_S = 0.3
    pair.attente = 1.0
    debut = time.monotonic()
    assert chercher(siret_suivant()).verdict == Verdict.INDISPONIBLE
    assert time.monotonic() - debut < 0.9


def test_un_nom_de_serveur_qui_ne_se_resout_pas_n_est_pas_attendu(settings, monkeypatch):
    """No timeout of the client covers the name server: the deadline is that of the question."""
    monkeypatch.setattr(annuaire._Pause, "jusqu_a", 0.0)
    monkeypatch.setattr(httpx.Client, "stream", lambda *args, **kwargs: time.sleep(1.5))
    settings.SIRENE_API_URL, settings.DELAI_SERVICE_EXTERNE_S = "http://annuaire.exemple.fr", 0.2
    debut = time.monotonic()
    assert chercher(siret_suivant()).verdict == Verdict.INDISPONIBLE
    assert time.monotonic() - debut < 1.2


@pytest.fixture
def goutte_a_goutte(settings: Any) -> Iterator[Callable[[str], None]]:
    """A peer that never stops: a few bytes of the headers, or of the body, again and again."""
    fin, quoi = threading.Event(), ["entete"]

    class Poignee(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                self.request.recv(4096)
                self.request.sendall(b"HTTP/1.1 200 OK\r\n")
                if quoi[0] == "corps":
                    self.request.sendall(b"Content-Type: application/json\r\n\r\n")
                while not fin.wait(0.1):
                    self.request.sendall(b"X-Lent: 1\r\n" if quoi[0] == "entete" else b" ")

    class Serveur(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Serveur(("127.0.0.1", 0), Poignee) as serveur:
        fil = threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        fil.start()
        settings.SIRENE_API_URL = f"http://127.0.0.1:{serveur.server_address[1]}"
        annuaire._Pause.jusqu_a = 0.0
        yield lambda partie: quoi.__setitem__(0, partie)
        annuaire._Pause.jusqu_a = 0.0
        fin.set()
        serveur.shutdown()
        fil.join()


@pytest.mark.parametrize("partie", ["entete", "corps"])
def test_une_reponse_qui_goutte_n_est_pas_attendue(goutte_a_goutte, settings, partie):
    """Each byte comes in time, and the answer never does: headers as well as body."""
    goutte_a_goutte(partie)
    settings.DELAI_SERVICE_EXTERNE_S = 0.5
    debut = time.monotonic()
    assert chercher(siret_suivant()).verdict == Verdict.INDISPONIBLE
    assert time.monotonic() - debut < 2


def test_apres_un_silence_personne_d_autre_n_attend(goutte_a_goutte, settings, monkeypatch):
    settings.DELAI_SERVICE_EXTERNE_S = 0.3
    chercher(siret_suivant())
    monkeypatch.setattr(annuaire, "_demander", lambda siret: pytest.fail("asked again"))
    assert chercher(siret_suivant()).verdict == Verdict.INDISPONIBLE


@pytest.mark.django_db
def test_une_page_n_attend_jamais_l_annuaire_plus_de_trois_secondes(client, goutte_a_goutte):
    """R21, with the delay of production: the page comes within three seconds, and the application goes on."""
    par_etape = reponses(CampagneFactory())
    poster(client, "eligibilite", par_etape["eligibilite"])
    debut = time.monotonic()
    reponse = poster(client, "identite", par_etape["identite"])
    assert time.monotonic() - debut < 3
    assert reponse.url == adresse("structure")
    assert "ne répond pas" in client.get(reponse.url).content.decode()


@pytest.mark.django_db
def test_un_ridet_n_interroge_pas_l_annuaire(client, pair):
    """R20, cas difficile 13: New Caledonia has no SIRET and is not in the directory; nothing is asked or missing."""
    par_etape = reponses(CampagneFactory(), identite__siret="", identite__ridet="0123456")
    par_etape["structure"] |= {"commune": "Nouméa (98800)", "code_postal": "98800"}
    reponse = remplir(client, par_etape)
    assert reponse.status_code == 302 and not pair.demandes
    candidature = Candidature.objects.get()
    assert (candidature.ridet, candidature.commune_id, candidature.categorie_juridique) == ("0123456", "98818", "")


@pytest.mark.parametrize("adresse_", ["", "http://127.0.0.1:9", "pas une adresse"])
def test_sans_annuaire(settings, adresse_):
    settings.SIRENE_API_URL = adresse_
    assert chercher(siret_suivant()).verdict == Verdict.INDISPONIBLE


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "attendue"), [("03190", "03190"), ("75113", "75056"), ("69383", "69123"), ("", None)])
def test_la_commune_de_la_fiche(code, attendue):
    commune = commune_de(Fiche("", Verdict.TROUVE, code_commune=code))
    assert (commune.pk if commune else None) == attendue


# --- in the application ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_l_etape_suivante_est_preremplie_et_modifiable(client, pair):
    """R21: prefilled, editable; the legal category is kept with the application."""
    par_etape = reponses(CampagneFactory())
    pair.repondre(unite(par_etape["identite"]["siret"]))
    remplir(client, par_etape, jusqu_a="identite")
    page = client.get(adresse("structure")).content.decode()
    assert 'value="COMMUNE DE MOULINS"' in page and 'value="Moulins (03000)"' in page
    assert "Nous avons retrouvé votre établissement" in page
    for etape in ("structure", "besoin", "projet", "engagements"):
        poster(client, etape, par_etape[etape])
    candidature = Candidature.objects.get()
    assert (candidature.nom, candidature.categorie_juridique) == ("Commune de Moulins", "7210")
    # One question in all, however many times the steps were checked.
    assert len(pair.demandes) == 1


@pytest.mark.django_db
def test_la_candidature_continue_sans_annuaire(client, pair):
    """R21: an error of the directory is said, and nothing else."""
    par_etape = reponses(CampagneFactory())
    pair.repondre(statut=500)
    remplir(client, par_etape, jusqu_a="identite")
    assert "ne répond pas" in client.get(adresse("structure")).content.decode()
    for etape in ("structure", "besoin", "projet", "engagements"):
        poster(client, etape, par_etape[etape])
    assert Candidature.objects.get().categorie_juridique == ""


@pytest.mark.django_db
def test_un_siret_inconnu_de_l_annuaire_est_signale(client, pair):
    pair.repondre()
    remplir(client, reponses(CampagneFactory()), jusqu_a="identite")
    assert "pas dans l’annuaire" in client.get(adresse("structure")).content.decode()


@pytest.mark.django_db
def test_un_etablissement_ferme_ne_candidate_pas(client, pair):
    par_etape = reponses(CampagneFactory())
    pair.repondre(unite(par_etape["identite"]["siret"], etablissement={"etat_administratif": "F"}))
    reponse = remplir(client, par_etape, jusqu_a="identite")
    assert "fermé" in erreurs(reponse)["siret"][0]


@pytest.mark.django_db
def test_la_categorie_juridique_decide_public_ou_prive(client, pair):
    """R21: an association that says it is a commune is told so at the SIRET."""
    par_etape = reponses(CampagneFactory())
    pair.repondre(unite(par_etape["identite"]["siret"], nature_juridique="9220"))
    reponse = remplir(client, par_etape, jusqu_a="identite")
    assert "association" in erreurs(reponse)["siret"][0]


@pytest.mark.django_db
def test_changer_de_siret_change_le_siege_et_garde_le_contact(client, pair):
    par_etape = reponses(CampagneFactory())
    pair.repondre(unite(par_etape["identite"]["siret"]))
    remplir(client, par_etape, jusqu_a="structure")
    autre = siret_suivant()
    pair.repondre(
        unite(
            autre,
            nom_complet="COMMUNE DE VICHY",
            etablissement={"commune": "03310", "code_postal": "03200", "adresse": "PLACE DE L'HOTEL 03200 VICHY"},
        )
    )
    poster(client, "identite", {"siret": autre, "ridet": ""})
    page = client.get(adresse("structure")).content.decode()
    assert 'value="COMMUNE DE VICHY"' in page and 'value="Vichy (03200)"' in page
    assert 'value="Claude"' in page
