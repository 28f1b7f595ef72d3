"""Helpers of the tests of bin/: real processes, in temporary folders, looked for by what only ours carry."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import psutil

RACINE = Path(__file__).resolve().parents[2]

# A command of bin/ reduced to its skeleton: the real services and supervisor, and one child with a child of its own.
SQUELETTE = """
import json, os, sys, time
sys.path.insert(0, {racine!r})
from portal.embarque import environnement
from portal.embarque.donnees import Donnees
from portal.embarque.demo import prendre_le_dossier
from portal.embarque.processus import Superviseur, executer_un_bloc

PETIT_FILS = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
FILS = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', sys.argv[1]]); time.sleep(600)"

def corps():
    donnees = Donnees()
    prendre_le_dossier(donnees)
    with Superviseur(donnees.journaux, verrou=donnees.verrou) as superviseur:
        services, nouvelle = environnement.demarrer_services(superviseur, donnees.postgres, jetable=True)
        fils = superviseur.demarrer("ouvrier", [sys.executable, "-c", FILS, PETIT_FILS], env=dict(os.environ), cwd="/")
        time.sleep(0.3)
        donnees.publier(mode="demo", adresse="http://127.0.0.1:1", pret=True, services=services)
        pids = {{enfant.nom: enfant.popen.pid for enfant in superviseur.enfants}}
        pids["gardien"] = superviseur._gardien.pid
        print(json.dumps({{"pids": pids, "nouvelle": nouvelle, "marque": superviseur.marque, **services}}), flush=True)
        {suite}
    return 0

sys.exit(executer_un_bloc(corps))
"""


def environnement_nu(donnees: Path, **ajouts: str) -> dict[str, str]:
    """Our environment without the services that bin/test gives to the tests."""
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "PORTAIL_BASE_MODELE")}
    return {**env, "PORTAIL_DONNEES": str(donnees), **ajouts}


@dataclass
class Lance:
    """A supervisor running in its own process, and what it said it started."""

    popen: subprocess.Popen
    annonce: dict
    donnees: Path
    vus: list[psutil.Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.vus = self.vivants()

    @property
    def sockets(self) -> Path:
        """The temporary folder of its sockets."""
        return Path(unquote(self.annonce["DATABASE_URL"].split("@")[1].split("/")[0])).parent

    def vivants(self) -> list[psutil.Process]:
        """Every process of this run: named, marked, or living in its data folder."""
        return [p for p in psutil.process_iter() if self._est_a_nous(p)]

    def _est_a_nous(self, processus: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error, OSError):
            if processus.status() == psutil.STATUS_ZOMBIE:
                return False
            if processus.pid in self.annonce["pids"].values():
                return True
            if processus.environ().get("PORTAIL_GARDIEN") == self.annonce["marque"]:
                return True
            return processus.cwd() == str(self.donnees.resolve() / "postgres")
        return False

    def terminer(self) -> tuple[int, str]:
        """Wait for the end; the exit code and what was written on standard error."""
        _, erreurs = self.popen.communicate(timeout=40)
        return self.popen.returncode, erreurs


def attendre_que(condition: Callable[[], bool], secondes: float = 20.0) -> bool:
    limite = time.monotonic() + secondes
    while not condition():
        if time.monotonic() > limite:
            return False
        time.sleep(0.1)
    return True


def lancer_le_squelette(donnees: Path, suite: str = "superviseur.surveiller()") -> Lance:
    """Start the skeleton on a data folder and wait until its services answer."""
    popen = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", SQUELETTE.format(racine=str(RACINE), suite=suite)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        env=environnement_nu(donnees),
        start_new_session=True,
    )
    ligne = popen.stdout.readline()
    assert ligne, popen.communicate()[1]
    return Lance(popen, json.loads(ligne), donnees)


def nettoyer(lance: Lance) -> None:
    """Whatever a test did, nothing of it stays; the guardian first has its chance to do its work."""
    lance.popen.kill()
    lance.popen.wait()
    with contextlib.suppress(psutil.Error):
        psutil.Process(lance.annonce["pids"]["gardien"]).wait(20)
    for processus in [*lance.vivants(), *lance.vus]:
        with contextlib.suppress(psutil.Error):
            processus.kill()
    shutil.rmtree(lance.sockets, ignore_errors=True)
    for flux in (lance.popen.stdout, lance.popen.stderr):
        flux.close()


def commande(nom: str, *arguments: str, env: dict[str, str], delai: float = 60.0) -> subprocess.CompletedProcess:
    """Run one command of bin/ to its end."""
    return subprocess.run(  # noqa: S603
        [sys.executable, str(RACINE / "bin" / nom), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=env,
        timeout=delai,
        stdin=subprocess.DEVNULL,
    )
