"""bin/manage: manage.py on the services and data of bin/demo, started for the time of the command if need be."""

from __future__ import annotations

import time

from portal.embarque import base, environnement
from portal.embarque.affichage import Etapes, dire
from portal.embarque.donnees import MANAGE, Donnees
from portal.embarque.processus import Superviseur

# Commands that prepare the database themselves, or need none.
SANS_PREPARATION = (
    "migrate",
    "makemigrations",
    "help",
    "check",
    "collectstatic",
    "charger_territoires",
    "--help",
    "-h",
)


def lancer(arguments: list[str]) -> int:
    """Run the command where `bin/demo` runs, or on services of our own."""
    donnees = Donnees()
    annonce = False
    while not donnees.prendre():
        etat = donnees.emprunter()
        if etat is not None:
            env = environnement.environnement(environnement.DEMO, donnees.dossier, etat["services"])
            env.setdefault("SITE_URL", etat.get("adresse", ""))
            with Superviseur(donnees.journaux) as superviseur:
                return superviseur.executer("commande", environnement.manage(*arguments), env=env)
        if not annonce:
            dire("Attente : une autre commande démarre ou arrête les services…")
            annonce = True
        time.sleep(0.2)
    return _sur_nos_services(donnees, arguments)


def _sur_nos_services(donnees: Donnees, arguments: list[str]) -> int:
    donnees.publier(mode=MANAGE)
    with Superviseur(donnees.journaux, verrou=donnees.verrou) as superviseur:
        services, nouvelle = environnement.demarrer_services(superviseur, donnees.postgres)
        if nouvelle:
            donnees.oublier()
        env = environnement.environnement(environnement.DEMO, donnees.dossier, services)
        if arguments[0] not in SANS_PREPARATION:
            a_faire = base.etapes_necessaires(donnees)
            base.preparer(superviseur, donnees, env, Etapes(len(a_faire)), a_faire)
        donnees.publier(mode=MANAGE, pret=True, services=services)
        code = superviseur.executer("commande", environnement.manage(*arguments), env=env)
        donnees.attendre_les_emprunteurs()
    return code
