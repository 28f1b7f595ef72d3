"""bin/test: the checks of the code, then pytest, on private services that end with it.

The demo's data are never touched. The test databases are copies of a model (migrations and territories loaded once);
its files are kept in `.donnees/modele-tests/` under a digest of what they were made from.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from portal.embarque import base, environnement, options
from portal.embarque.affichage import Etapes, dire, duree
from portal.embarque.donnees import RACINE, Donnees, empreinte_des_migrations, empreinte_des_territoires
from portal.embarque.prerequis import chemin_du_navigateur
from portal.embarque.processus import Superviseur
from portal.embarque.services import BASE, VERSION

DOSSIER_DU_MODELE = "modele-tests"
# Values that look like production's and reach nothing: `check --deploy` reads them, nothing more.
PRODUCTION_FICTIVE = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.production",
    "SECRET_KEY": "x9!controle-de-deploiement-sans-valeur-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "portail.example",
    "EMAIL_URL": "smtp+tls://compte:mot-de-passe@courriel.example:587",
    "S3_ENDPOINT": "https://s3.example",
    "S3_BUCKET": "portail",
    "S3_KEY": "cle",
    "S3_SECRET": "secret",
}


# Label, command, what the environment adds.
Controle = tuple[str, list[str], dict[str, str]]


def controles() -> list[Controle]:
    """The checks that are no tests, the longest first."""
    module, manage = environnement.module, environnement.manage
    importlinter = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return [
        ("djlint (mise en forme)", module("djlint", "templates", "--check", "--quiet"), {}),
        ("migrations à jour", manage("makemigrations", "--check", "--dry-run"), {}),
        ("check --deploy", manage("check", "--deploy", "--fail-level", "WARNING"), PRODUCTION_FICTIVE),
        ("djlint (règles)", module("djlint", "templates", "--lint", "--quiet"), {}),
        ("étages (import-linter)", [sys.executable, "-c", importlinter], {}),
        ("ruff check", module("ruff", "check", "."), {}),
        ("ruff format", module("ruff", "format", "--check", "."), {}),
    ]


def lancer(choix: options.OptionsTest) -> int:
    """Prepare, check, test; the exit code is pytest's, or 1 when only a check failed."""
    os.chdir(RACINE)
    depart = time.monotonic()
    dossier = Path(tempfile.mkdtemp(prefix="portail-tests-"))
    with Superviseur(dossier / "journaux") as superviseur:
        superviseur.supprimer_a_la_fin(dossier)
        fournies = environnement.services_fournis()
        etapes = Etapes(1 if "DATABASE_URL" in fournies else 2)
        modele = {}
        if "DATABASE_URL" not in fournies:
            with etapes.etape("Base modèle des tests (migrations et territoires)"):
                preparer_le_modele(dossier)
            modele = {"PORTAIL_BASE_MODELE": BASE}
        with etapes.etape("Démarrage de PostgreSQL et de Redis"):
            services, _ = environnement.demarrer_services(superviseur, dossier / "postgres", jetable=True)
        env = environnement.environnement(environnement.TEST, dossier, services) | modele
        # The workers of pytest-xdist must see the tests in the same order, parametrised by sets or not.
        env.setdefault("PYTHONHASHSEED", "0")
        if navigateur := chemin_du_navigateur():
            env["CHROMIUM"] = navigateur
        rates = [] if choix.cibles else passer_les_controles(superviseur, env)
        commande = environnement.module("pytest", *arguments_de_pytest(choix))
        code = superviseur.executer("pytest", commande, env=env, cwd=RACINE, signal_d_arret=signal.SIGINT)
    _resumer(rates, code, time.monotonic() - depart)
    return code or (1 if rates else 0)


def arguments_de_pytest(choix: options.OptionsTest) -> list[str]:
    """Two workers for the whole suite, unless the arguments say otherwise; `rapide` adds to a chosen `-m`."""
    arguments = list(choix.pytest)
    if choix.rapide:
        marques = "not navigateur"
        if "-m" in arguments[:-1]:
            rang = arguments.index("-m")
            marques = f"({marques}) and ({arguments[rang + 1]})"
            del arguments[rang : rang + 2]
        arguments = ["-m", marques, *arguments]
    a_choisi = any(a.startswith(("-n", "--numprocesses", "--dist", "--pdb", "--trace", "--co")) for a in arguments)
    if not choix.cibles and not a_choisi:
        arguments = ["-n", "2", "--dist", "worksteal", *arguments]
    return arguments


def passer_les_controles(superviseur: Superviseur, env: Mapping[str, str]) -> list[str]:
    """Run the checks, one per processor at a time; show the output of those that fail; their labels."""
    a_faire = iter(controles())
    verrou = threading.Lock()
    rates: list[str] = []

    def passer() -> None:
        for libelle, commande, ajouts in _chacun_son_tour(a_faire, verrou):
            debut = time.monotonic()
            nom = libelle.replace(" ", "-").replace("(", "").replace(")", "")
            code = superviseur.executer(nom, commande, env={**env, **ajouts}, cwd=RACINE, journal=True)
            with verrou:
                dire(f"{'✓' if code == 0 else '✗'} {libelle} ({duree(time.monotonic() - debut)})")
                if code:
                    rates.append(libelle)
                    journal = superviseur.journaux / f"{nom}.log"
                    dire(journal.read_text(encoding="utf-8", errors="replace").strip())

    # Daemons: Ctrl-C is heard by this thread, and what they wait for ends with the supervisor.
    files = [threading.Thread(target=passer, daemon=True) for _ in range(2)]
    for file in files:
        file.start()
    for file in files:
        while file.is_alive():
            file.join(0.2)
    return rates


def _chacun_son_tour(elements: Iterator[Controle], verrou: threading.Lock) -> Iterator[Controle]:
    """The elements that this thread takes, from an iterator shared with others."""
    while True:
        with verrou:
            element = next(elements, None)
        if element is None:
            return
        yield element


def _resumer(rates: list[str], code: int, secondes: float) -> None:
    etat_des_tests = "réussis" if code == 0 else f"en échec (code {code})"
    etat_des_controles = f"Contrôles en échec : {', '.join(rates)}. " if rates else ""
    dire(f"{etat_des_controles}Tests {etat_des_tests}, en {duree(secondes)}.", sortie=sys.stdout)


# -- the model of the test databases -----------------------------------------------------------------------------------


def preparer_le_modele(dossier: Path) -> None:
    """Fill `dossier/postgres` with a stopped server whose database has its tables and its territories."""
    cle = f"pg{VERSION}-{empreinte_des_migrations()[:16]}-{empreinte_des_territoires()[:16]}"
    reserve = Donnees(RACINE / ".donnees").dossier / DOSSIER_DU_MODELE
    if (reserve / cle).is_dir() and _copier(reserve / cle, dossier / "postgres"):
        return
    shutil.rmtree(dossier / "postgres", ignore_errors=True)
    # Its own supervisor: the server must be stopped before its files are copied.
    with Superviseur(dossier / "journaux-modele") as superviseur:
        services, _ = environnement.demarrer_services(superviseur, dossier / "postgres", jetable=True)
        env = environnement.environnement(environnement.TEST, dossier, services)
        base.executer_manage(superviseur, "migrations", ["migrate", "--noinput"], env)
        base.executer_manage(superviseur, "territoires", ["charger_territoires"], env)
    _mettre_en_reserve(dossier / "postgres", reserve, cle)


def _mettre_en_reserve(source: Path, reserve: Path, cle: str) -> None:
    """Keep this model and forget the older ones; without room or rights, the next run makes it again."""
    with contextlib.suppress(OSError):
        reserve.mkdir(exist_ok=True)
        provisoire = Path(tempfile.mkdtemp(prefix="en-cours-", dir=reserve)) / "postgres"
        if _copier(source, provisoire) and not (reserve / cle).exists():
            for ancien in reserve.glob("pg*"):
                shutil.rmtree(ancien, ignore_errors=True)
            provisoire.rename(reserve / cle)
        shutil.rmtree(provisoire.parent, ignore_errors=True)


def _copier(source: Path, cible: Path) -> bool:
    """`cp -a` keeps owners and rights, and shares the blocks on file systems that can."""
    return subprocess.run(["cp", "-a", str(source), str(cible)], capture_output=True, check=False).returncode == 0  # noqa: S603, S607
