"""bin/manage: on the services of a running bin/demo, or on its own for the time of the command."""

from __future__ import annotations

import contextlib

import psutil

from portal.embarque.donnees import Donnees
from tests.embarque.outils import commande, environnement_nu

MONTRER = "import os; print(os.environ['DATABASE_URL'], os.environ['SITE_URL']); raise SystemExit(7)"


def residents(dossier) -> list[psutil.Process]:
    """The PostgreSQL processes of one data folder; those of other accounts cannot be looked into."""
    trouves = []
    for processus in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if processus.name() == "postgres" and processus.cwd() == str(dossier / "postgres"):
                trouves.append(processus)
    return trouves


def test_sans_demo_les_services_durent_le_temps_de_la_commande(dossier):
    resultat = commande("manage", "check", "--database", "default", env=environnement_nu(dossier))
    assert resultat.returncode == 0, resultat.stderr
    assert (dossier / "postgres" / "PG_VERSION").exists()
    assert residents(dossier) == []
    assert Donnees(dossier).prendre()


def test_avec_demo_ses_services_servent(lancer_squelette):
    """The same database and the same exit code; standard output holds the command's and nothing else."""
    demo = lancer_squelette()
    postgres = len(residents(demo.donnees))
    resultat = commande("manage", "shell", "--no-imports", "-c", MONTRER, env=environnement_nu(demo.donnees))
    assert resultat.returncode == 7
    assert resultat.stdout == f"{demo.annonce['DATABASE_URL']} http://127.0.0.1:1\n"
    assert resultat.stderr == ""
    assert demo.popen.poll() is None
    assert len(residents(demo.donnees)) == postgres

    seconde = commande("demo", "--port", "18765", env=environnement_nu(demo.donnees))
    assert seconde.returncode == 1
    assert f"bin/demo tourne déjà sur ces données (processus {demo.popen.pid}" in seconde.stderr
    assert demo.popen.poll() is None


def test_neuf_refuse_avec_une_base_fournie(tmp_path):
    env = environnement_nu(tmp_path / "donnees", DATABASE_URL="postgresql:///autre")
    resultat = commande("demo", "--neuf", "--port", "18766", env=env)
    assert resultat.returncode == 2
    assert "--neuf" in resultat.stderr


def test_neuf_efface_les_donnees_et_garde_le_modele_des_tests(tmp_path):
    donnees = Donnees(tmp_path)
    for nom in ("postgres", "media", "modele-tests"):
        (tmp_path / nom).mkdir()
    donnees.marquer_prepare("migrations", "x")
    donnees.effacer()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["modele-tests", "utilisateurs", "verrou"]
    assert not donnees.est_prepare("migrations", "x")


def test_bench_sans_mesure_de_ce_nom(tmp_path):
    resultat = commande("bench", "inexistante", env=environnement_nu(tmp_path / "donnees"))
    assert resultat.returncode == 2
    assert "mesure" in resultat.stderr
