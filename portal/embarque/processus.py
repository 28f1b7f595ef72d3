"""The supervisor: starts processes under the eye of the guardian, watches them, and stops them all.

There is one way to stop, whatever the reason: close the pipe to the guardian and wait for it (see `gardien`).
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.embarque.affichage import Refus, dire
from portal.embarque.comptes_systeme import Compte
from portal.embarque.gardien import VARIABLE_MARQUE, Suivi, finir

SERVICE, APPLICATION, COMMANDE = 0, 1, 2
DOUX = ((signal.SIGTERM, 10.0),)
PR_SET_PDEATHSIG = 1
SIGNAUX_D_ARRET = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LIGNES_MONTREES = 15


class Interruption(BaseException):
    """Somebody asked to stop: Ctrl-C, SIGTERM or a closed terminal."""

    def __init__(self, numero: int) -> None:
        super().__init__(numero)
        self.numero = numero
        self.code = 128 + numero


class EnfantMort(Refus):
    """A process that should run for as long as we do has ended."""


@dataclass
class Enfant:
    """A process we started, its log and how it ended."""

    nom: str
    popen: subprocess.Popen
    journal: Path | None
    permanent: bool = True

    def fin_du_journal(self) -> str:
        if self.journal is None or not self.journal.exists():
            return ""
        lignes = self.journal.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lignes[-LIGNES_MONTREES:])

    def mort(self) -> EnfantMort:
        ou = f" Son journal : {self.journal}" if self.journal else ""
        fin = self.fin_du_journal()
        return EnfantMort(
            f"« {self.nom} » s'est arrêté (code {self.popen.returncode}).{ou}" + (f"\n{fin}" if fin else "")
        )


class Superviseur:
    """Context manager: everything started inside is stopped when the block ends, or when this process dies."""

    def __init__(self, journaux: Path, *, verrou: int | None = None) -> None:
        self.journaux = journaux
        self.marque = uuid.uuid4().hex
        self.enfants: list[Enfant] = []
        self._suivis: list[Suivi] = []
        self._dossiers: list[str] = []
        self._verrou = verrou
        self._gardien: subprocess.Popen | None = None
        self._tuyau = -1
        self._anciens: dict[int, object] = {}
        self._premier_plan: Enfant | None = None
        self._signal_recu: int | None = None
        self._signal_d_arret: int | None = None
        self._fini = False
        # Loaded now: nothing may be imported or opened between fork and exec.
        self._libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None

    def __enter__(self) -> Superviseur:
        self.journaux.mkdir(parents=True, exist_ok=True)
        for numero in SIGNAUX_D_ARRET:
            self._anciens[numero] = signal.signal(numero, self._sur_signal)
        lecture, self._tuyau = os.pipe()
        commande = [sys.executable, "-I", str(Path(__file__).with_name("gardien.py"))]
        self._gardien = subprocess.Popen(  # noqa: S603
            [*commande, self.marque, str(self.journaux / "gardien.log")],
            stdin=lecture,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath)},
            pass_fds=[] if self._verrou is None else [self._verrou],
        )
        os.close(lecture)
        return self

    def __exit__(self, *_exc) -> None:
        self.arreter()

    # -- starting --------------------------------------------------------------------------------------------------

    def demarrer(
        self,
        nom: str,
        commande: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path | str,
        rang: int = APPLICATION,
        signaux: Sequence[tuple[int, float]] = DOUX,
        compte: Compte | None = None,
        residence: str = "",
    ) -> Enfant:
        """Start a process that must live as long as we do, in its own session, with its own log."""
        journal = self._nouveau_journal(nom)
        annonce = {"nom": nom, "groupe": True, "rang": rang, "signaux": list(signaux), "residence": residence}
        with journal.open("ab") as sortie:
            popen = subprocess.Popen(  # noqa: S603
                list(commande),
                stdin=subprocess.DEVNULL,
                stdout=sortie,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env={**env, VARIABLE_MARQUE: self.marque},
                start_new_session=True,
                preexec_fn=self._avant_exec(annonce, signaux[0][0]),
                **(compte.pour_popen() if compte else {}),
            )
        enfant = Enfant(nom, popen, journal)
        self._retenir(enfant, annonce)
        return enfant

    def executer(
        self,
        nom: str,
        commande: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path | str | None = None,
        journal: bool = False,
        sortie: Path | None = None,
        signal_d_arret: int | None = None,
    ) -> int:
        """Run a command to its end and return its exit code.

        With `journal` its output goes to a log (its standard output alone to `sortie`, if given). Without, it owns
        the terminal: same process group, same standard input, so that a shell or a debugger works; a signal sent to
        us alone is passed on to it, as `signal_d_arret` when the command prefers another one.
        """
        annonce = {"nom": nom, "groupe": journal, "rang": COMMANDE, "signaux": list(DOUX), "residence": ""}
        fichier = self._nouveau_journal(nom) if journal else None
        with contextlib.ExitStack() as pile:
            erreurs = pile.enter_context(fichier.open("ab")) if fichier else None
            popen = subprocess.Popen(  # noqa: S603
                list(commande),
                stdin=subprocess.DEVNULL if journal else None,
                stdout=pile.enter_context(sortie.open("wb")) if sortie else erreurs,
                stderr=erreurs,
                cwd=cwd,
                env={**env, VARIABLE_MARQUE: self.marque},
                start_new_session=journal,
                preexec_fn=self._avant_exec(annonce, signal.SIGTERM),
            )
        enfant = Enfant(nom, popen, fichier, permanent=False)
        self._retenir(enfant, annonce)
        return self._attendre(enfant, premier_plan=not journal, signal_d_arret=signal_d_arret)

    def supprimer_a_la_fin(self, dossier: Path) -> None:
        """Hand a temporary folder over to the guardian."""
        self._dossiers.append(str(dossier))
        os.write(self._tuyau, (json.dumps({"dossier": str(dossier)}) + "\n").encode())

    def _retenir(self, enfant: Enfant, annonce: dict) -> None:
        self.enfants.append(enfant)
        self._suivis.append(Suivi(pid=enfant.popen.pid, **annonce))

    def _avant_exec(self, annonce: dict, signal_si_orphelin: int) -> Callable[[], None]:
        """What a child does between fork and exec: announce itself, and ask to be told if we die."""
        tuyau, libc = self._tuyau, self._libc

        def preparer() -> None:
            # One short write is atomic on a pipe; the child's copy of the pipe closes by itself on exec.
            os.write(tuyau, (json.dumps({**annonce, "pid": os.getpid()}) + "\n").encode())
            if libc is not None:
                # Second net, in case supervisor and guardian are both killed at once.
                libc.prctl(PR_SET_PDEATHSIG, signal_si_orphelin, 0, 0, 0)

        return preparer

    def _nouveau_journal(self, nom: str) -> Path:
        """The log of this run; the one of the run before is kept next to it."""
        journal = self.journaux / f"{nom}.log"
        if journal.exists():
            journal.replace(journal.with_suffix(".precedent.log"))
        return journal

    # -- watching --------------------------------------------------------------------------------------------------

    def verifier(self) -> None:
        """Raise `EnfantMort` if a permanent child, or the guardian, is gone."""
        for enfant in self.enfants:
            if enfant.popen.poll() is not None and enfant.permanent:
                raise enfant.mort()
        if self._gardien is not None and self._gardien.poll() is not None:
            raise EnfantMort(f"Le gardien des processus s'est arrêté (code {self._gardien.returncode}).")

    def surveiller(self) -> None:
        """Watch until a child dies or somebody asks to stop."""
        while True:
            self.verifier()
            time.sleep(0.5)

    def _attendre(self, enfant: Enfant, *, premier_plan: bool, signal_d_arret: int | None) -> int:
        self._premier_plan = enfant if premier_plan else None
        self._signal_d_arret = signal_d_arret
        relances = iter((3.0, 20.0))
        relance_a: float | None = None
        try:
            while enfant.popen.poll() is None:
                self.verifier()
                if self._signal_recu is not None:
                    # The child got the first signal; insist if it does not leave.
                    relance_a = relance_a or time.monotonic() + next(relances)
                    if time.monotonic() > relance_a:
                        enfant.popen.send_signal(self._signal_d_arret or self._signal_recu)
                        relance_a = time.monotonic() + next(relances, 3600.0)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    enfant.popen.wait(0.2)
        finally:
            self._premier_plan = None
        if self._signal_recu is not None:
            raise Interruption(self._signal_recu)
        return enfant.popen.returncode

    # -- stopping --------------------------------------------------------------------------------------------------

    def _sur_signal(self, numero: int, _cadre) -> None:
        if self._fini:
            return
        enfant = self._premier_plan
        if enfant is None:
            raise Interruption(numero)
        # Ctrl-C in a terminal reaches the whole foreground group: the child has it already.
        if self._signal_recu is None and not (numero == signal.SIGINT and _au_premier_plan_du_terminal()):
            with contextlib.suppress(OSError):
                enfant.popen.send_signal(self._signal_d_arret or numero)
        self._signal_recu = numero

    def arreter(self) -> None:
        """Close the pipe and wait for the guardian to end everything; further signals are ignored meanwhile."""
        if self._fini:
            return
        self._fini = True
        os.close(self._tuyau)
        if self._gardien is not None:
            while self._gardien.poll() is None:
                for enfant in self.enfants:
                    enfant.popen.poll()
                time.sleep(0.05)
            if self._gardien.returncode != 0:
                # Somebody killed the guardian: its work is done from here.
                finir(self._suivis, self._dossiers, self.marque)
        for numero, ancien in self._anciens.items():
            signal.signal(numero, ancien)


def _au_premier_plan_du_terminal() -> bool:
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def executer_un_bloc(bloc: Callable[[], int]) -> int:
    """Run a command's body; turn refusals and interruptions into a sentence and an exit code."""
    try:
        return bloc()
    except Refus as refus:
        dire(refus.message)
        return refus.code
    except Interruption as interruption:
        return interruption.code
