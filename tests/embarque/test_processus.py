"""Nothing stays: however the supervisor ends, its services and their descendants end too."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from tests.embarque.outils import attendre_que


@pytest.mark.parametrize("numero", [signal.SIGINT, signal.SIGHUP])
def test_un_signal_arrete_tout(lancer_squelette, numero):
    lance = lancer_squelette()
    assert len(lance.vivants()) > 4
    lance.popen.send_signal(numero)
    code, _ = lance.terminer()
    assert code == 128 + numero
    assert lance.vivants() == []
    assert not lance.sockets.exists()


def test_kill_9_du_superviseur_ne_laisse_rien(lancer_squelette):
    lance = lancer_squelette()
    noms = {p.name() for p in lance.vivants()}
    assert {"postgres", "redis-server"} <= noms
    lance.popen.kill()
    lance.popen.wait()
    assert attendre_que(lambda: lance.vivants() == []), lance.vivants()
    assert attendre_que(lambda: not lance.sockets.exists())
    assert "received fast shutdown request" in (lance.donnees / "journaux" / "postgres.log").read_text()


def test_kill_9_du_superviseur_et_du_gardien_ensemble(lancer_squelette):
    lance = lancer_squelette()
    petit_fils = [p for p in lance.vivants() if p.pid not in lance.annonce["pids"].values()]
    os.kill(lance.annonce["pids"]["gardien"], signal.SIGKILL)
    lance.popen.kill()
    lance.popen.wait()
    # The kernel tells the direct children; a grandchild that ignores SIGTERM is out of reach of this second net.
    pids = set(lance.annonce["pids"].values())
    assert attendre_que(lambda: not any(p.pid in pids or p.name() == "postgres" for p in lance.vivants()))
    assert petit_fils


def test_kill_9_du_gardien_seul(lancer_squelette):
    lance = lancer_squelette()
    os.kill(lance.annonce["pids"]["gardien"], signal.SIGKILL)
    code, erreurs = lance.terminer()
    assert code == 1
    assert "gardien" in erreurs
    assert lance.vivants() == []
    assert not lance.sockets.exists()


def test_kill_9_de_postgres_est_dit_et_arrete_tout(lancer_squelette):
    lance = lancer_squelette()
    os.kill(lance.annonce["pids"]["postgres"], signal.SIGKILL)
    code, erreurs = lance.terminer()
    assert code == 1
    assert "« postgres » s'est arrêté" in erreurs
    assert str(lance.donnees / "journaux" / "postgres.log") in erreurs
    assert lance.vivants() == []


def test_une_exception_du_superviseur_ne_laisse_rien(lancer_squelette):
    lance = lancer_squelette("raise RuntimeError('panne')")
    code, erreurs = lance.terminer()
    assert code == 1
    assert "panne" in erreurs
    assert lance.vivants() == []


def test_une_coquille_ouverte_dans_le_dossier_n_est_pas_touchee(lancer_squelette):
    """A shell that somebody left in the data folder is none of our business; SIGTERM stops the rest."""
    lance = lancer_squelette()
    etranger = psutil.Popen(["sleep", "60"], cwd=lance.donnees / "postgres")
    try:
        lance.popen.send_signal(signal.SIGTERM)
        code, _ = lance.terminer()
        assert code == 128 + signal.SIGTERM
        assert [p.pid for p in lance.vivants()] == [etranger.pid]
        assert etranger.poll() is None
    finally:
        etranger.kill()
        etranger.wait()


def test_depart_juste_apres_un_kill_9(lancer_squelette):
    """The guardian holds the lock until all is stopped: the next start waits for it, then reuses the data."""
    premier = lancer_squelette()
    premier.popen.kill()
    second = lancer_squelette()
    assert not second.annonce["nouvelle"]
    assert premier.annonce["DATABASE_URL"] != second.annonce["DATABASE_URL"]


def test_second_depart_malgre_un_postmaster_pid_perime(lancer_squelette):
    """After a reboot, the number in postmaster.pid may belong to a living stranger; the data are used again."""
    premier = lancer_squelette()
    assert premier.annonce["nouvelle"]
    premier.popen.send_signal(signal.SIGTERM)
    premier.terminer()
    perime = premier.donnees / "postgres" / "postmaster.pid"
    perime.write_text(f"{os.getpid()}\n{perime.parent}\n1700000000\n5432\n/tmp\n\n  1234 5\nready\n")
    second = lancer_squelette()
    assert not second.annonce["nouvelle"]


def test_initialisation_interrompue_reprise(lancer_squelette, dossier):
    """A folder without PG_VERSION is the trace of an interrupted first start."""
    (dossier / "donnees" / "postgres").mkdir(parents=True)
    (dossier / "donnees" / "postgres" / "base").mkdir()
    (dossier / "donnees" / "postgres.neuf").mkdir()
    assert lancer_squelette().annonce["nouvelle"]
