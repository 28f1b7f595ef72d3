"""A local peer that answers like api-geo: four lists, JSON, no pagination; it can also misbehave."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from portal.territoires.jeu import lire_jeu


def listes_officielles():
    """The packaged data in the shape of the API; without `centre`, as for the territories it has no contour of."""
    jeu = lire_jeu()
    regions = {d.code: d.region for d in jeu.departements}
    return {
        "regions": [{"nom": r.nom, "code": r.code, "zone": "metro"} for r in jeu.regions],
        "departements": [{"nom": d.nom, "code": d.code, "codeRegion": d.region} for d in jeu.departements],
        "epcis": [{"nom": e.nom, "code": e.code, "type": e.nature, "financement": "FPU"} for e in jeu.epcis],
        "communes": [
            {
                "nom": c.nom,
                "code": c.code,
                "codesPostaux": list(c.codes_postaux),
                "codeDepartement": c.departement,
                "codeRegion": regions[c.departement],
                **({"codeEpci": c.epci} if c.epci else {}),
                **({"population": c.population} if c.population is not None else {}),
            }
            for c in jeu.communes
        ],
    }


class Pair:
    """What the peer answers: edit `listes`, or set `pannes["communes"]` to a status, a text or a delay in seconds.

    The rows are those of the caller until `commune()` gives one to edit.
    """

    def __init__(self, listes):
        self.listes = {nom: list(lignes) for nom, lignes in listes.items()}
        self.pannes = {}
        self.demandes = []
        self.adresse = ""

    def commune(self, code):
        communes = self.listes["communes"]
        rang = next(rang for rang, commune in enumerate(communes) if commune["code"] == code)
        communes[rang] = dict(communes[rang])
        return communes[rang]

    def retirer(self, condition):
        self.listes["communes"] = [c for c in self.listes["communes"] if not condition(c)]

    def repondre(self, nom, parametres):
        panne = self.pannes.get(nom)
        if isinstance(panne, float):
            time.sleep(panne)
        if isinstance(panne, int):
            return panne, "text/plain", b"Internal Server Error"
        if isinstance(panne, str):
            return 200, "application/json", panne.encode()
        if nom not in self.listes:
            return 404, "text/plain", b"Not Found"
        champs = {*parametres["fields"][0].split(","), "code", "nom"}
        lignes = [{cle: valeur for cle, valeur in ligne.items() if cle in champs} for ligne in self.listes[nom]]
        return 200, "application/json", json.dumps(lignes).encode()


@contextmanager
def ouvrir(pair):
    class Traitement(BaseHTTPRequestHandler):
        def do_GET(self):
            adresse = urlsplit(self.path)
            parametres = parse_qs(adresse.query)
            pair.demandes.append((adresse.path, parametres))
            statut, nature, corps = pair.repondre(adresse.path.strip("/"), parametres)
            try:
                self.send_response(statut)
                self.send_header("Content-Type", nature)
                self.send_header("Content-Length", str(len(corps)))
                self.end_headers()
                self.wfile.write(corps)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the client gave up, which is what a timeout test wants

        def log_message(self, *args):
            pass

    serveur = ThreadingHTTPServer(("127.0.0.1", 0), Traitement)
    fil = threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.05})
    fil.start()
    pair.adresse = f"http://127.0.0.1:{serveur.server_port}"
    try:
        yield pair
    finally:
        serveur.shutdown()
        fil.join()
        serveur.server_close()
