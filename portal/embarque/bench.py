"""bin/bench: runs the modules of tests/bench on private services, one after the other."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from portal.embarque import environnement, essais
from portal.embarque.affichage import Refus, dire
from portal.embarque.donnees import RACINE
from portal.embarque.options import OptionsBench
from portal.embarque.processus import Superviseur

DOSSIER = RACINE / "tests" / "bench"


def disponibles() -> list[str]:
    return sorted(chemin.stem for chemin in DOSSIER.glob("[!_]*.py"))


def lancer(choix: OptionsBench) -> int:
    """Every benchmark, or the named one; exit code of the first that fails, 2 when there is none of that name."""
    os.chdir(RACINE)
    existants = disponibles()
    if not existants:
        raise Refus("Aucune mesure n'existe encore dans tests/bench/.", 2)
    if choix.nom and choix.nom not in existants:
        raise Refus(f"La mesure « {choix.nom} » n'existe pas. Mesures : {', '.join(existants)}.", 2)
    dossier = Path(tempfile.mkdtemp(prefix="portail-bench-"))
    with Superviseur(dossier / "journaux") as superviseur:
        superviseur.supprimer_a_la_fin(dossier)
        if "DATABASE_URL" not in environnement.services_fournis():
            dire("Préparation de la base (migrations et territoires)…")
            essais.preparer_le_modele(dossier)
        # Durable settings, as in the demo: a bench without fsync would flatter every write.
        services, _ = environnement.demarrer_services(superviseur, dossier / "postgres")
        env = environnement.environnement(environnement.DEMO, dossier, services)
        for nom in [choix.nom] if choix.nom else existants:
            commande = environnement.module(f"tests.bench.{nom}", *choix.reste)
            code = superviseur.executer(f"bench-{nom}", commande, env=env, cwd=RACINE)
            if code:
                return code
    return 0
