"""The house itself: what ARCHITECTURE promises about every file, rule, state and document."""

from __future__ import annotations

import inspect
import re
import subprocess
from functools import cache
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

RACINE = Path(settings.BASE_DIR)
APPLICATIONS = ["portal", "structures", "candidats", "subventions", "formation", "demo"]
# The rules that the foundation holds; each is cited by the code that holds it and by a test.
NUMEROS = (
    *range(1, 16),
    *range(20, 28),
    31,
    *range(40, 44),
    *range(45, 56),
    *range(60, 66),
    69,
    *range(80, 85),
    110,
    112,
    113,
)
REGLES = [f"R{numero}" for numero in NUMEROS]


@cache
def texte(chemin: Path) -> str:
    return chemin.read_text(encoding="utf-8", errors="replace")


@cache
def fichiers(*motifs: str) -> list[Path]:
    sortie = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *motifs],
        cwd=RACINE,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [RACINE / ligne for ligne in sortie.splitlines() if (RACINE / ligne).is_file()]


def test_aucun_fichier_python_ne_depasse_400_lignes():
    longs = {
        str(chemin.relative_to(RACINE)): n
        for chemin in fichiers("*.py")
        if "migrations" not in chemin.parts and (n := len(texte(chemin).splitlines())) > 400
    }
    assert not longs


@pytest.mark.parametrize("regle", REGLES)
def test_chaque_regle_est_citee_par_le_code_et_par_un_test(regle):
    motif = re.compile(rf"\b{regle}\b")
    code = [c for c in fichiers(*(f"{a}/*.py" for a in APPLICATIONS)) if motif.search(texte(c))]
    tests = [c for c in fichiers("tests/*.py") if c.name != "test_maison.py" and motif.search(texte(c))]
    assert code, f"{regle} is cited by no code"
    assert tests, f"{regle} is cited by no test"


def test_les_regles_sont_pures():
    """No ORM, no request, no clock read in the files of rules (ARCHITECTURE §3)."""
    interdits = re.compile(
        r"^\s*(from|import) django\.(db|http|utils\.timezone)|timezone\.now|localdate|date\.today|datetime\.now", re.M
    )
    noms = {"regles.py", "regimes.py", "bareme.py", "echeancier.py", "appariement.py", "creneaux.py", "grille.py"}
    coupables = [
        str(c.relative_to(RACINE))
        for c in fichiers(*(f"{a}/*.py" for a in APPLICATIONS))
        if (c.name in noms or "regles" in c.parent.parts) and interdits.search(texte(c))
    ]
    assert not coupables


def test_les_verbes_sont_des_verbes():
    """Every public function of an `actions` module that takes `acteur` is keyword-only, atomic and journalled."""
    fautifs = []
    for application in ["portal.comptes", *APPLICATIONS[1:-1]]:
        module = import_module(f"{application}.actions")
        for nom, fonction in inspect.getmembers(module, inspect.isfunction):
            if nom.startswith("_") or not fonction.__module__.startswith(f"{application}.actions"):
                continue
            if "acteur" in inspect.signature(fonction).parameters and not getattr(fonction, "est_un_verbe", False):
                fautifs.append(f"{fonction.__module__}.{nom}")
    assert not fautifs


def test_les_pages_des_etats_sont_a_jour():
    call_command("dessiner_etats", verifier=True, stdout=StringIO())


def _section(lexique: str, nom: str) -> str:
    """The section of a model when it has one, the paragraph that names it otherwise."""
    titre = re.search(rf"^### `{nom}`$(.*?)(?=^##|\Z)", lexique, re.M | re.S)
    if titre:
        return titre.group(1)
    return "\n".join(p for p in lexique.split("\n\n") if f"`{nom}`" in p)


def test_le_lexique_definit_chaque_nom_et_chaque_etat():
    """`docs/lexique.md` names every model of the domain, and its states in its own section."""
    lexique = (RACINE / "docs" / "lexique.md").read_text()
    manquants = set()
    for modele in apps.get_models():
        nom = modele.__name__
        if modele.__module__.split(".")[0] not in APPLICATIONS or nom.startswith("Historical"):
            continue
        if f"`{nom}`" not in lexique:
            manquants.add(nom)
        champ = next((c for c in modele._meta.concrete_fields if c.name == "etat" and c.choices), None)
        if champ is not None:
            manquants |= {f"{nom}.{v}" for v, _ in champ.choices if f"`{v}`" not in _section(lexique, nom)}
    assert not manquants


def test_rien_de_la_machine_ni_des_registres_dans_le_depot():
    motif = re.compile(r"pypi\.org|python(?:hosted)|registry\.npmjs|/(?:work|farm)/")
    coupables = [
        str(c.relative_to(RACINE))
        for c in fichiers()
        if c.name != "test_maison.py"
        and c.suffix in {".py", ".md", ".toml", ".lock", ".html", ".txt", ".yml", ".sh", ""}
        and motif.search(texte(c))
    ]
    assert not coupables


def test_rien_n_est_laisse_pour_plus_tard():
    motif = re.compile(r"\bTODO\b|\bFIXME\b|\bXXX\b(?!L)|NotImplementedError|pytest\.mark\.(skip|xfail)|# noqa$", re.M)
    coupables = [
        str(c.relative_to(RACINE))
        for c in fichiers("*.py", "*.html")
        if c.name != "test_maison.py" and motif.search(texte(c))
    ]
    assert not coupables


def test_aucun_style_ni_script_en_ligne_dans_les_gabarits():
    """The strict CSP would drop them silently."""
    motif = re.compile(r"<style|\sstyle=|\son(click|change|submit|load)=|<script(?![^>]*\b(src|nonce)=)", re.I)
    coupables = [
        str(c.relative_to(RACINE))
        for c in fichiers("templates/*.html")
        if "pdf" not in c.parts and "courriels" not in c.parts and motif.search(texte(c))
    ]
    assert not coupables
