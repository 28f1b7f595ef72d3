"""Which system account runs PostgreSQL: it refuses to be root, so root lends it an account without privileges.

An ordinary user runs everything under its own account. For root, the account `pgserver` is created once; it gets the
right to cross the folders above the programs and the data, and nothing else: an access-control entry for that account
alone where the file system knows them, else the crossing right for everybody (never the right to list).
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import stat
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

from portal.embarque.affichage import Refus, dire

NOM = "pgserver"
REPLI = "nobody"

ACL = "system.posix_acl_access"
ACL_VERSION = 2
PROPRIETAIRE, UTILISATEUR, GROUPE_PROPRIETAIRE, GROUPE, MASQUE, AUTRES = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
SANS_IDENTIFIANT = 0xFFFFFFFF
TRAVERSER = 1


@dataclass(frozen=True)
class Compte:
    """A system account other than ours, and how to start a process as it."""

    nom: str
    uid: int
    gid: int

    def pour_popen(self) -> dict:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def compte_de_postgres(donnees: Path) -> Compte | None:
    """The account that must run PostgreSQL on this data folder; None for our own."""
    proprietaire = donnees.stat().st_uid if donnees.exists() else None
    if os.geteuid() != 0:
        if proprietaire not in (None, os.geteuid()):
            raise Refus(
                f"Les données de {donnees} appartiennent à un autre compte de cette machine : relancez la commande "
                "avec ce compte, ou effacez ce dossier."
            )
        return None
    if proprietaire:
        # Data made earlier by an ordinary user stay theirs.
        with contextlib.suppress(KeyError):
            entree = pwd.getpwuid(proprietaire)
            return Compte(entree.pw_name, entree.pw_uid, entree.pw_gid)
    return _compte_sans_privilege()


def _compte_sans_privilege() -> Compte:
    with contextlib.suppress(KeyError):
        return _lire(NOM)
    if creation := shutil.which("useradd"):
        commande = [creation, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NOM]
        if subprocess.run(commande, capture_output=True, check=False).returncode == 0:  # noqa: S603
            dire(f"Compte système « {NOM} » créé : PostgreSQL refuse de fonctionner sous le compte root.")
            return _lire(NOM)
    try:
        return _lire(REPLI)
    except KeyError as erreur:
        raise Refus(
            "PostgreSQL refuse de fonctionner sous le compte root et aucun autre compte n'est disponible : "
            f"créez-en un (useradd --system {NOM}) ou relancez la commande avec un compte ordinaire."
        ) from erreur


def _lire(nom: str) -> Compte:
    entree = pwd.getpwnam(nom)
    return Compte(entree.pw_name, entree.pw_uid, entree.pw_gid)


def rendre_accessible(compte: Compte, chemin: Path) -> None:
    """Let the account reach `chemin` by opening, one by one, the parent folders that stop it."""
    for dossier in reversed(chemin.resolve().parents):
        if not _peut_traverser(compte, dossier):
            autoriser_traversee(compte, dossier)


def rendre_lisible(compte: Compte, racine: Path) -> None:
    """Let the account read and run the programs under `racine` (a strict umask may have hidden them)."""
    rendre_accessible(compte, racine)
    for chemin in (racine, *racine.rglob("*")):
        if chemin.is_symlink():
            continue
        mode = chemin.stat().st_mode
        voulu = mode | stat.S_IRGRP | stat.S_IROTH
        if mode & stat.S_IXUSR:
            voulu |= stat.S_IXGRP | stat.S_IXOTH
        if voulu != mode:
            chemin.chmod(voulu)


def _peut_traverser(compte: Compte, dossier: Path) -> bool:
    """Asked to the kernel, under that account, so that every kind of permission counts."""
    enfant = os.fork()
    if enfant == 0:
        code = 2
        with contextlib.suppress(OSError):
            os.setgroups([])
            os.setgid(compte.gid)
            os.setuid(compte.uid)
            code = 0 if os.access(dossier, os.X_OK) else 1
        os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(enfant, 0)[1])
    if code == 2:
        raise Refus(
            f"Le système interdit à root de prendre le compte « {compte.nom} », que PostgreSQL exige : "
            "relancez la commande avec un compte ordinaire."
        )
    return code == 0


def autoriser_traversee(compte: Compte, dossier: Path) -> None:
    """Give one account the right to cross one folder."""
    try:
        os.setxattr(dossier, ACL, _acl_avec(compte.uid, _lire_acl(dossier)))
    except (OSError, AttributeError):
        dossier.chmod(dossier.stat().st_mode | stat.S_IXOTH)


def _lire_acl(dossier: Path) -> list[tuple[int, int, int]]:
    """The folder's access-control entries (kind, rights, id); the plain mode written as such when it has none."""
    try:
        brut = os.getxattr(dossier, ACL)
    except OSError:
        mode = dossier.stat().st_mode
        return [
            (PROPRIETAIRE, mode >> 6 & 7, SANS_IDENTIFIANT),
            (GROUPE_PROPRIETAIRE, mode >> 3 & 7, SANS_IDENTIFIANT),
            (AUTRES, mode & 7, SANS_IDENTIFIANT),
        ]
    return list(struct.iter_unpack("<HHI", brut[4:]))


def _acl_avec(uid: int, entrees: list[tuple[int, int, int]]) -> bytes:
    """The same entries, plus the right to cross for one user; the mask is the union, as the format requires."""
    ancien = next((droits for genre, droits, qui in entrees if (genre, qui) == (UTILISATEUR, uid)), 0)
    gardees = [e for e in entrees if e[0] != MASQUE and (e[0], e[2]) != (UTILISATEUR, uid)]
    gardees.append((UTILISATEUR, ancien | TRAVERSER, uid))
    masque = 0
    for genre, droits, _qui in gardees:
        if genre in (UTILISATEUR, GROUPE_PROPRIETAIRE, GROUPE):
            masque |= droits
    gardees.append((MASQUE, masque, SANS_IDENTIFIANT))
    return struct.pack("<I", ACL_VERSION) + b"".join(struct.pack("<HHI", *entree) for entree in sorted(gardees))
