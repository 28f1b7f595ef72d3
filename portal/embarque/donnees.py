"""The data folder of the demo (`.donnees/`): who uses it, and what is already prepared in it.

Two kernel locks, which no crash can leave behind:

* `verrou`, exclusive: held by the command that started the services, then by its guardian until all is stopped;
* `utilisateurs`, shared: held by each `bin/manage` that borrows the services of another one, so that the lender
  waits for it before stopping them.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import psutil

from portal.embarque.affichage import Refus

RACINE = Path(__file__).resolve().parents[2]
DEMO, MANAGE = "demo", "manage"


class Donnees:
    """One data folder."""

    def __init__(self, dossier: Path | None = None) -> None:
        self.dossier = (dossier or Path(os.environ.get("PORTAIL_DONNEES") or RACINE / ".donnees")).resolve()
        self.verrou: int | None = None
        self._emprunt: int | None = None
        try:
            self.dossier.mkdir(parents=True, exist_ok=True)
            self._descripteurs = {nom: self._ouvrir(nom) for nom in ("verrou", "utilisateurs")}
        except OSError as erreur:
            raise Refus(
                f"Le dossier {self.dossier} n'est pas accessible en écriture à ce compte : relancez la commande avec "
                "le compte qui l'a créé, ou effacez-le."
            ) from erreur

    def _ouvrir(self, nom: str) -> int:
        return os.open(self.dossier / nom, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @property
    def postgres(self) -> Path:
        return self.dossier / "postgres"

    @property
    def journaux(self) -> Path:
        return self.dossier / "journaux"

    # -- who uses it -----------------------------------------------------------------------------------------------

    def prendre(self) -> bool:
        """Become the one command that owns the folder."""
        if not _verrouiller(self._descripteurs["verrou"], fcntl.LOCK_EX):
            return False
        self.verrou = self._descripteurs["verrou"]
        self._fichier_etat.unlink(missing_ok=True)
        return True

    def emprunter(self) -> dict | None:
        """The state of the services somebody else started, kept running until we end; None if they are not ready."""
        if not _verrouiller(self._descripteurs["utilisateurs"], fcntl.LOCK_SH):
            return None
        etat = self.etat()
        if not etat.get("pret") or not vivant(etat):
            fcntl.flock(self._descripteurs["utilisateurs"], fcntl.LOCK_UN)
            return None
        return etat

    def attendre_les_emprunteurs(self) -> None:
        """Before stopping what we started: wait for the commands that borrow it."""
        fcntl.flock(self._descripteurs["utilisateurs"], fcntl.LOCK_EX)

    @property
    def _fichier_etat(self) -> Path:
        return self.dossier / "etat.json"

    def etat(self) -> dict:
        return _lire(self._fichier_etat)

    def publier(self, **etat) -> None:
        """Tell the other commands what runs here."""
        _ecrire(self._fichier_etat, {"pid": os.getpid(), "naissance": psutil.Process().create_time(), **etat})

    # -- what is prepared ------------------------------------------------------------------------------------------

    def est_prepare(self, quoi: str, empreinte: str) -> bool:
        return _lire(self.dossier / "prepare.json").get(quoi) == empreinte

    def marquer_prepare(self, quoi: str, empreinte: str) -> None:
        _ecrire(self.dossier / "prepare.json", {**_lire(self.dossier / "prepare.json"), quoi: empreinte})

    def oublier(self) -> None:
        """The database is new: nothing is prepared."""
        (self.dossier / "prepare.json").unlink(missing_ok=True)

    def effacer(self) -> None:
        """`--neuf`: everything but the locks and the model of the tests, which holds nobody's data."""
        for chemin in self.dossier.iterdir():
            if chemin.name in (*self._descripteurs, "modele-tests"):
                continue
            try:
                shutil.rmtree(chemin) if chemin.is_dir() and not chemin.is_symlink() else chemin.unlink()
            except OSError as erreur:
                raise Refus(f"{chemin} ne peut pas être effacé par ce compte : effacez-le, puis relancez.") from erreur


def vivant(etat: dict) -> bool:
    """Whether the process that published this state still runs (a zombie, or a reused number, does not count)."""
    with contextlib.suppress(psutil.Error, TypeError, ValueError):
        processus = psutil.Process(etat.get("pid"))
        return processus.create_time() == etat.get("naissance") and processus.status() != psutil.STATUS_ZOMBIE
    return False


def _verrouiller(descripteur: int, genre: int) -> bool:
    try:
        fcntl.flock(descripteur, genre | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lire(fichier: Path) -> dict:
    with contextlib.suppress(OSError, ValueError):
        contenu = json.loads(fichier.read_text(encoding="utf-8"))
        return contenu if isinstance(contenu, dict) else {}
    return {}


def _ecrire(fichier: Path, contenu: dict) -> None:
    """Through a renamed file: a reader never sees half of it."""
    provisoire = fichier.with_suffix(".provisoire")
    provisoire.write_text(json.dumps(contenu, ensure_ascii=False, indent=1), encoding="utf-8")
    provisoire.replace(fichier)


def empreinte(motifs: Iterable[str], racine: Path = RACINE) -> str:
    """A digest of the names and contents of files: what depends on them is done again only when it changes."""
    resume = hashlib.sha256()
    for motif in motifs:
        for chemin in sorted(racine.glob(motif)):
            if chemin.is_file():
                resume.update(str(chemin.relative_to(racine)).encode())
                resume.update(hashlib.sha256(chemin.read_bytes()).digest())
    return resume.hexdigest()


def empreinte_des_migrations() -> str:
    """Our migrations, and the lock for those of the packages."""
    return empreinte(["requirements.lock", "*/migrations/*.py", "portal/*/migrations/*.py"])


def empreinte_des_territoires() -> str:
    return empreinte(["portal/territoires/donnees/**/*", "portal/territoires/management/commands/*.py"])
