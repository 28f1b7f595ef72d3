"""The guardian: a small process that ends what a supervisor started, whatever becomes of the supervisor.

The supervisor (`bin/demo`, `bin/test`, …) holds the writing end of a pipe, the guardian its reading end. Each child
announces itself on the pipe before it becomes PostgreSQL, Redis or Celery, so there is no instant when it runs
unannounced. When the pipe closes (normal stop, Ctrl-C, crash or `kill -9` of the supervisor), the guardian ends the
children, highest floor first, by process id, after checking that the id still belongs to the same process.

It also inherits the lock on the data folder: whoever gets that lock knows that everything is really stopped.

Run by path (`python -I gardien.py MARQUE [LOG]`), in its own session, so that it depends on nothing else here.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

VARIABLE_MARQUE = "PORTAIL_GARDIEN"
PATIENCE_APRES_KILL = 5.0
PATIENCE_ORPHELINS = 0.5


@dataclass
class Suivi:
    """One process to end: how politely, and where its descendants can be found."""

    nom: str
    pid: int
    groupe: bool = True
    rang: int = 0
    signaux: list[tuple[int, float]] = field(default_factory=lambda: [(signal.SIGTERM, 10.0)])
    # PostgreSQL gives each of its processes its own group: they are found by their working folder.
    residence: str = ""
    naissance: float = 0.0

    def __post_init__(self) -> None:
        with contextlib.suppress(psutil.Error):
            self.naissance = psutil.Process(self.pid).create_time()

    def processus(self) -> psutil.Process | None:
        """The main process if it still runs (a zombie does not), never another one that got its number."""
        try:
            processus = psutil.Process(self.pid)
            if processus.create_time() != self.naissance or processus.status() == psutil.STATUS_ZOMBIE:
                return None
        except psutil.Error:
            return None
        return processus

    def restes(self) -> list[psutil.Process]:
        """What the main process left behind when it went: members of its group, residents of its folder."""
        if not self.naissance or not (self.groupe or self.residence):
            return []
        return [p for p in _vivants() if self._est_un_reste(p)]

    def _est_un_reste(self, processus: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error, OSError):
            if self.groupe and os.getpgid(processus.pid) == self.pid and processus.create_time() >= self.naissance:
                return True
            # The name too: a shell that somebody left in the folder is none of our business.
            return bool(self.residence) and processus.name() == "postgres" and processus.cwd() == self.residence
        return False


def _vivants() -> Iterator[psutil.Process]:
    for processus in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if processus.pid != os.getpid() and processus.status() != psutil.STATUS_ZOMBIE:
                yield processus


def _envoyer(processus: psutil.Process, numero: int) -> None:
    # psutil checks the creation time again before sending.
    with contextlib.suppress(psutil.Error):
        processus.send_signal(numero)


def arreter(suivis: list[Suivi], noter=lambda texte: None) -> None:
    """End every process, floor by floor: what uses the services before the services."""
    for rang in sorted({suivi.rang for suivi in suivis}, reverse=True):
        _arreter_ensemble([suivi for suivi in suivis if suivi.rang == rang], noter)


def _arreter_ensemble(suivis: list[Suivi], noter) -> None:
    attente = {id(s): iter([*s.signaux, (signal.SIGKILL, PATIENCE_APRES_KILL)]) for s in suivis}
    echeances = {id(s): 0.0 for s in suivis}
    restants = list(suivis)
    while restants:
        for suivi in list(restants):
            principal = suivi.processus()
            if principal is None:
                _arreter_restes(suivi, noter)
                restants.remove(suivi)
            elif time.monotonic() >= echeances[id(suivi)]:
                numero, patience = next(attente[id(suivi)], (0, 0.0))
                if not numero:
                    noter(f"{suivi.nom} ({suivi.pid}) ne s'arrête pas")
                    restants.remove(suivi)
                    continue
                if numero == signal.SIGKILL:
                    noter(f"{suivi.nom} ({suivi.pid}) : arrêt forcé")
                _envoyer(principal, numero)
                echeances[id(suivi)] = time.monotonic() + patience
        time.sleep(0.05)


def _arreter_restes(suivi: Suivi, noter) -> None:
    """Descendants usually leave by themselves when their parent is gone; the others are ended."""
    limite = time.monotonic() + PATIENCE_ORPHELINS
    while restes := suivi.restes():
        if time.monotonic() > limite:
            for processus in restes:
                noter(f"{suivi.nom} : processus restant {processus.pid} arrêté")
                _envoyer(processus, signal.SIGKILL)
            limite = time.monotonic() + PATIENCE_APRES_KILL
        time.sleep(0.1)


def balayer(marque: str, noter=lambda texte: None) -> None:
    """Last look: any descendant that carries our mark in its environment (a browser of a test, for example)."""
    for numero in (signal.SIGTERM, signal.SIGKILL):
        limite = time.monotonic() + PATIENCE_ORPHELINS
        signales: set[int] = set()
        while marques := [p for p in _vivants() if _porte(p, marque)]:
            for processus in marques:
                if processus.pid not in signales:
                    noter(f"processus oublié {processus.pid} arrêté")
                    _envoyer(processus, numero)
                    signales.add(processus.pid)
            if time.monotonic() > limite:
                break
            time.sleep(0.1)


def _porte(processus: psutil.Process, marque: str) -> bool:
    with contextlib.suppress(psutil.Error, OSError):
        return processus.environ().get(VARIABLE_MARQUE) == marque
    return False


def veiller(entree, marque: str, journal: Path | None) -> None:
    """Read announcements until the pipe closes, then end everything and remove the temporary folders."""

    def noter(texte: str) -> None:
        if journal is not None:
            with contextlib.suppress(OSError), journal.open("a", encoding="utf-8") as fichier:
                fichier.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {texte}\n")

    suivis: list[Suivi] = []
    dossiers: list[str] = []
    for ligne in entree:
        annonce = json.loads(ligne)
        if "dossier" in annonce:
            dossiers.append(annonce["dossier"])
        else:
            annonce["signaux"] = [(numero, patience) for numero, patience in annonce["signaux"]]
            suivis.append(Suivi(**annonce))
    finir(suivis, dossiers, marque, noter)


def finir(suivis: list[Suivi], dossiers: list[str], marque: str, noter=lambda texte: None) -> None:
    """End the processes, then what they may have lost on the way, then remove the temporary folders."""
    arreter(suivis, noter)
    balayer(marque, noter)
    for dossier in dossiers:
        shutil.rmtree(dossier, ignore_errors=True)


if __name__ == "__main__":
    for signal_ignore in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(signal_ignore, signal.SIG_IGN)
    veiller(sys.stdin, sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else None)
