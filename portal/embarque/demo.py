"""bin/demo: the whole portal on this machine, with its demo data, until Ctrl-C."""

from __future__ import annotations

import http.client
import signal
import sys
import time

from portal.embarque import base, environnement, options
from portal.embarque.affichage import Etapes, Refus, dire, duree
from portal.embarque.donnees import DEMO, MANAGE, RACINE, Donnees, vivant
from portal.embarque.processus import Interruption, Superviseur
from portal.embarque.services import attendre

PATIENCE_ARRET_PRECEDENT = 60.0
PATIENCE_WEB = 120.0
SONDES = ("/sante/", "/")


def lancer(choix: options.OptionsDemo) -> int:
    """Start, say it is ready, watch, stop."""
    depart = time.monotonic()
    options.verifier_le_port(choix.port)
    if choix.neuf and environnement.services_fournis():
        raise Refus(
            "--neuf efface les services embarqués ; avec DATABASE_URL ou REDIS_URL, videz votre base vous-même.", 2
        )
    donnees = Donnees()
    prendre_le_dossier(donnees)
    if choix.neuf:
        donnees.effacer()
    with Superviseur(donnees.journaux, verrou=donnees.verrou) as superviseur:
        try:
            _demarrer(superviseur, donnees, choix.port, depart)
            superviseur.surveiller()
        except Interruption:
            dire("\nArrêt du portail…", fin=" ")
            donnees.publier(mode=DEMO)
            superviseur.arreter()
            dire("tout est arrêté.")
    return 0


def prendre_le_dossier(donnees: Donnees) -> None:
    """Own the data folder, or say who does."""
    limite = time.monotonic() + PATIENCE_ARRET_PRECEDENT
    annonce = False
    while not donnees.prendre():
        etat = donnees.etat()
        if etat.get("mode") == DEMO and vivant(etat):
            adresse = etat.get("adresse", "")
            raise Refus(
                f"bin/demo tourne déjà sur ces données (processus {etat['pid']}"
                + (f", {adresse}" if adresse else "")
                + ") : arrêtez-le d'abord avec Ctrl-C."
            )
        if not annonce:
            qui = "une commande bin/manage se termine" if etat.get("mode") == MANAGE else "arrêt du démarrage précédent"
            dire(f"Attente : {qui}…")
            annonce = True
        if etat.get("mode") != MANAGE and time.monotonic() > limite:
            raise Refus(
                f"Le dossier {donnees.dossier} est encore utilisé par une autre commande : réessayez plus tard."
            )
        time.sleep(0.2)


def _demarrer(superviseur: Superviseur, donnees: Donnees, port: int, depart: float) -> None:
    adresse = f"http://{options.HOTE}:{port}"
    etat = {"mode": DEMO, "adresse": adresse}
    donnees.publier(**etat)
    a_faire = base.etapes_necessaires(donnees) if donnees.postgres.exists() else None
    etapes = Etapes(3 + (len(a_faire) if a_faire is not None else 2))
    with etapes.etape("Démarrage de PostgreSQL et de Redis"):
        services, nouvelle = environnement.demarrer_services(superviseur, donnees.postgres)
    if nouvelle or a_faire is None:
        donnees.oublier()
        a_faire = base.etapes_necessaires(donnees)
        etapes.total = 3 + len(a_faire)
    env = environnement.environnement(environnement.DEMO, donnees.dossier, services)
    env.setdefault("SITE_URL", adresse)
    base.preparer(superviseur, donnees, env, etapes, a_faire)
    with etapes.etape("Données de démonstration"):
        base.executer_manage(superviseur, "demonstration", ["charger_demo"], env)
    donnees.publier(**etat, pret=True, services=services)
    with etapes.etape("Démarrage du site, des tâches et de leur calendrier"):
        _demarrer_le_portail(superviseur, donnees, env, port)
        comptes = _comptes(superviseur, env)
        attendre(superviseur, "web", lambda: _repond(port), PATIENCE_WEB)
    dire(f"Prêt en {duree(time.monotonic() - depart)}. Ctrl-C arrête tout.")
    dire(f"Portail prêt : {adresse}\n\n{comptes}", sortie=sys.stdout)


def _demarrer_le_portail(superviseur: Superviseur, donnees: Donnees, env: dict[str, str], port: int) -> None:
    calendrier = donnees.dossier / "celery"
    calendrier.mkdir(exist_ok=True)
    granian = ["--interface", "wsgi", "--host", options.HOTE, "--port", str(port), "--workers", "2"]
    granian += ["--blocking-threads", "2", "--no-ws", "--workers-kill-timeout", "3", "portal.wsgi:application"]
    celery = environnement.module("celery", "-A", "portal")
    poli = ((signal.SIGTERM, 8.0), (signal.SIGQUIT, 3.0))
    superviseur.demarrer("web", environnement.module("granian", *granian), env=env, cwd=RACINE)
    superviseur.demarrer(
        "worker",
        [*celery, "worker", "--concurrency", "2", "--pool", "prefork", "--loglevel", "INFO", "--without-gossip"],
        env=env,
        cwd=RACINE,
        signaux=poli,
    )
    superviseur.demarrer(
        "beat",
        [*celery, "beat", "--loglevel", "INFO", "--pidfile=", "--schedule", str(calendrier / "beat")],
        env=env,
        cwd=RACINE,
    )


def _comptes(superviseur: Superviseur, env: dict[str, str]) -> str:
    """The accounts and their password, as the demo data give them."""
    sortie = superviseur.journaux / "comptes.txt"
    superviseur.executer(
        "comptes",
        environnement.manage("charger_demo", "--comptes"),
        env=env,
        cwd=RACINE,
        journal=True,
        sortie=sortie,
    )
    return sortie.read_text(encoding="utf-8").strip()


def _repond(port: int) -> bool:
    """Whether the site answers 200; the home page counts while there is no health page."""
    for chemin in SONDES:
        connexion = http.client.HTTPConnection(options.HOTE, port, timeout=10)
        try:
            connexion.request("GET", chemin)
            statut = connexion.getresponse().status
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connexion.close()
        if statut != http.client.NOT_FOUND:
            return statut == http.client.OK
    return False
