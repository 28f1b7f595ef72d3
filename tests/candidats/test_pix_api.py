"""R45: Pix's partner interface, played by a local peer of the same protocol; a Pix that fails stops nothing."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from candidats import actions, pix_api, tasks
from candidats.enums import SourcePix
from candidats.models import ImportPix, LignePix, ResultatPix
from portal.commun.acteurs import Acteur
from portal.commun.models import ExecutionTache
from tests.candidats.factories import CandidatFactory, acteur_candidat
from tests.candidats.outils_pix import BADGES, COMPETENCE, fichier_pix, ligne_pix

pytestmark = pytest.mark.django_db


class Pix:
    """What the peer holds, how it fails, and what it was asked."""

    def __init__(self) -> None:
        self.campagnes = [{"id": 7, "name": "Conseillers numériques", "code": "CONUM2024"}]
        self.participations: list[dict[str, Any]] = []
        self.demandes: list[tuple[str, dict[str, list[str]]]] = []
        self.jetons = 0
        # A token answers this many questions, then 401.
        self.duree_jeton, self.reste = 1000, 0
        self.statut, self.corps, self.attente, self.statut_jeton = 200, None, 0.0, 200

    def jeton(self, champs: dict[str, list[str]]) -> tuple[int, Any]:
        if self.statut_jeton != 200 or champs.get("client_secret") != ["secret"]:
            return (401 if self.statut_jeton == 200 else self.statut_jeton), {"errors": [{"status": "401"}]}
        self.jetons += 1
        self.reste = self.duree_jeton
        return 200, {"token_type": "bearer", "access_token": f"jeton-{self.jetons}", "client_id": "nous"}

    def lire(self, chemin: str, champs: dict[str, list[str]], jeton: str) -> tuple[int, Any]:
        self.demandes.append((chemin, champs))
        if jeton != f"Bearer jeton-{self.jetons}" or self.reste == 0:
            return 401, {"errors": [{"status": "401"}]}
        self.reste -= 1
        if self.statut != 200 or self.corps is not None:
            return self.statut, self.corps
        numero, taille = int(champs["page[number]"][0]), int(champs["page[size]"][0])
        if chemin == "/api/organizations/42/campaigns":
            return 200, self._page("campaigns", self.campagnes, numero, taille)
        return 200, self._page("campaignParticipations", self.participations, numero, taille)

    def _page(self, cle: str, tout: list[Any], numero: int, taille: int) -> dict[str, Any]:
        page = {"number": numero, "size": taille, "count": -(-len(tout) // taille)}
        return {cle: tout[(numero - 1) * taille : numero * taille], "page": page}


@pytest.fixture
def pair(settings: Any) -> Iterator[Pix]:
    etat = Pix()

    class Poignee(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            corps = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._repondre(*etat.jeton(parse_qs(corps)))

        def do_GET(self) -> None:
            adresse = urlsplit(self.path)
            time.sleep(etat.attente)
            self._repondre(*etat.lire(adresse.path, parse_qs(adresse.query), self.headers.get("Authorization", "")))

        def _repondre(self, statut: int, corps: Any) -> None:
            contenu = corps if isinstance(corps, bytes) else json.dumps(corps).encode()
            self.send_response(statut)
            self.send_header("Content-Length", str(len(contenu)))
            self.end_headers()
            self.wfile.write(contenu)

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
    settings.PIX_API_URL = f"http://127.0.0.1:{serveur.server_address[1]}"
    settings.PIX_API_ID, settings.PIX_API_SECRET, settings.PIX_API_ORGANISATION = "nous", "secret", "42"
    settings.PIX_CAMPAGNE_CODE = "CONUM2024"
    yield etat
    serveur.shutdown()
    fil.join()
    serveur.server_close()


def participation(candidat: Any = None, **changements: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "participantFirstName": candidat.utilisateur.prenom if candidat else "Jean",
        "participantLastName": candidat.utilisateur.nom if candidat else "Inconnu",
        "participantExternalId": candidat.identifiant_pix if candidat else None,
        "status": "SHARED",
        "sharedAt": "2024-03-31T12:05:33.123Z",
        "masteryRate": 0.75,
        "stages": {"reachedStage": 2, "numberOfStages": 3},
        "badges": [
            {"id": 1, "key": "A", "title": BADGES[0], "isAcquired": True, "acquisitionPercentage": 100},
            {"id": 2, "key": "B", "title": BADGES[1], "isAcquired": False, "acquisitionPercentage": 20},
        ],
        "tubes": [],
        **changements,
    }


def derniere() -> ExecutionTache:
    return ExecutionTache.objects.filter(nom=tasks.NOM_PIX).latest("pk")


def test_un_resultat_arrive_par_l_interface(pair):
    candidat = CandidatFactory(pix_consenti=True)
    pair.participations = [participation(candidat), participation(), participation(status="STARTED", sharedAt=None)]
    tasks.recevoir_de_pix()
    assert derniere().resultat == {"lues": 3, "rattachees": 1, "a_revoir": 1, "rejetees": 0}
    assert ResultatPix.objects.get().niveau == 2
    trace = ImportPix.objects.get()
    assert (trace.source, trace.importe_par) == (SourcePix.API, None)
    assert "page[size]" in pair.demandes[-1][1]
    # The next day: since the last time, and nothing changes.
    tasks.recevoir_de_pix()
    assert "since" in pair.demandes[-1][1]
    assert ImportPix.objects.count() == 1


def test_le_fichier_puis_l_interface_disent_le_meme_resultat(pair):
    """What the file says more, the competences, is not lost."""
    candidat = CandidatFactory(pix_consenti=True)
    actions.importer_pix(acteur=Acteur.systeme(), contenu=fichier_pix(ligne_pix(candidat)), nom="r.csv")
    pair.participations = [participation(candidat)]
    tasks.recevoir_de_pix()
    assert ResultatPix.objects.get().competences == [{"nom": COMPETENCE, "taux": "0.5000"}]


def test_les_pages_sont_toutes_lues_et_les_autres_campagnes_laissees(pair):
    pair.campagnes.append({"id": 8, "name": "Autre", "code": "AUTRE"})
    pair.participations = [participation(participantExternalId=str(n)) for n in range(401)]
    lecture = pix_api.lire_participations()
    assert lecture.lues == len(lecture.participations) == 401
    pages = [champs["page[number]"] for chemin, champs in pair.demandes if chemin == "/api/campaigns/7/participations"]
    assert pages == [["1"], ["2"], ["3"]]
    assert not [chemin for chemin, _ in pair.demandes if "/8/" in chemin]


def test_un_jeton_perime_est_renouvele(pair):
    pair.participations = [participation(participantExternalId=str(n)) for n in range(401)]
    pair.duree_jeton = 2
    assert pix_api.lire_participations().lues == 401
    assert pair.jetons == 2


def test_qui_n_avait_pas_consenti_est_redemande(pair):
    candidat = CandidatFactory()
    pair.participations = [participation(candidat)]
    tasks.recevoir_de_pix()
    assert LignePix.objects.get().donnees == {}
    actions.consentir_pix(acteur=acteur_candidat(candidat), candidat=candidat)
    tasks.recevoir_de_pix()
    assert "since" not in pair.demandes[-1][1]
    assert ResultatPix.objects.get().candidat == candidat


@pytest.mark.parametrize(
    "panne",
    [
        {"statut": 403},
        {"statut": 500, "corps": b"<html>"},
        {"statut": 400, "corps": {"errors": [{"status": "400"}]}},
        {"statut": 302},
        {"corps": b"<html>maintenance</html>"},
        {"corps": []},
        {"corps": {"campaigns": [{"id": 7, "code": "CONUM2024"}], "page": {"count": "x"}}},
        {"corps": b"[" * 200_000},
        {"duree_jeton": 0},
        {"statut_jeton": 401},
        {"statut_jeton": 500},
        {"attente": 0.5},
    ],
    ids=str,
)
def test_une_panne_de_pix_n_arrete_rien(pair, settings, panne):
    """Told in the trace of the job, without a secret; nothing is written."""
    settings.PIX_API_DELAI_S = 0.2
    for nom, valeur in panne.items():
        setattr(pair, nom, valeur)
    tasks.recevoir_de_pix()
    trace = derniere()
    assert trace.reussie
    assert trace.resultat["indisponible"].startswith("Pix ")
    assert "secret" not in str(trace.resultat)
    assert not ImportPix.objects.exists()
    # The next pull starts from the last one that came to its end: here, from the beginning.
    assert tasks._depuis() is None


def test_personne_a_l_adresse(pair, settings):
    settings.PIX_API_URL = "http://127.0.0.1:9"
    tasks.recevoir_de_pix()
    assert "injoignable" in derniere().resultat["indisponible"]


@pytest.mark.parametrize(
    "changements",
    [
        {"sharedAt": None},
        {"sharedAt": "hier"},
        {"sharedAt": "2024-03-31T12:05:33"},
        {"sharedAt": "2924-03-31T12:05:33Z"},
        {"masteryRate": 75},
        {"masteryRate": "NaN"},
        {"stages": {"reachedStage": 9, "numberOfStages": 3}},
        {"stages": "trois"},
        {"badges": [{"id": 1}]},
    ],
    ids=str,
)
def test_une_participation_illisible_n_emporte_pas_les_autres(pair, changements):
    pair.participations = [participation(**changements), participation(participantExternalId="1")]
    lecture = pix_api.lire_participations()
    assert (lecture.lues, len(lecture.rejets), len(lecture.participations)) == (2, 1, 1)


def test_sans_reglages_la_tache_ne_fait_rien(settings):
    settings.PIX_API_URL = ""
    tasks.recevoir_de_pix()
    assert not ExecutionTache.objects.filter(nom=tasks.NOM_PIX).exists()
