"""Command lines of bin/: what is accepted, and the sentence for what is not."""

from __future__ import annotations

import socket

import pytest

from portal.embarque import essais, options
from portal.embarque.affichage import Refus, duree
from tests.embarque.outils import commande, environnement_nu


def test_demo_par_defaut():
    assert options.options_demo([]) == options.OptionsDemo(port=8000, neuf=False)


def test_demo_avec_port_et_neuf():
    assert options.options_demo(["--neuf", "--port", "8123"]) == options.OptionsDemo(port=8123, neuf=True)


@pytest.mark.parametrize("arguments", [["--port", "zéro"], ["--port", "0"], ["--port", "70000"], ["--inconnu"], ["x"]])
def test_demo_mal_appelee(arguments):
    with pytest.raises(Refus) as refus:
        options.options_demo(arguments)
    assert refus.value.code == 2
    assert "bin/demo [--port 8000] [--neuf]" in refus.value.message


def test_manage_sans_commande():
    with pytest.raises(Refus) as refus:
        options.options_manage([])
    assert refus.value.code == 2


def test_manage_garde_tout_tel_quel():
    assert options.options_manage(["apparier", "--json"]) == ["apparier", "--json"]


def test_test_complet_a_besoin_du_navigateur():
    assert options.options_test([]).besoin_du_navigateur
    assert options.options_test(["-x"]).besoin_du_navigateur
    assert not options.options_test(["rapide"]).besoin_du_navigateur
    assert not options.options_test([__file__]).besoin_du_navigateur


@pytest.mark.parametrize(
    ("arguments", "attendu"),
    [
        ([], ["-n", "2", "--dist", "worksteal"]),
        (["rapide"], ["-n", "2", "--dist", "worksteal", "-m", "not navigateur"]),
        (
            ["rapide", "-m", "service", "-x"],
            ["-n", "2", "--dist", "worksteal", "-m", "(not navigateur) and (service)", "-x"],
        ),
        (["-n", "0"], ["-n", "0"]),
        (["-n4"], ["-n4"]),
        (["--pdb"], ["--pdb"]),
        (["-k", "mandat"], ["-n", "2", "--dist", "worksteal", "-k", "mandat"]),
        ([__file__ + "::test_demo_par_defaut"], [__file__ + "::test_demo_par_defaut"]),
    ],
)
def test_arguments_de_pytest(arguments, attendu):
    assert essais.arguments_de_pytest(options.options_test(arguments)) == attendu


def test_bench():
    assert options.options_bench(["apparier", "--json"]) == options.OptionsBench("apparier", ["--json"])
    assert options.options_bench(["--json"]) == options.OptionsBench(None, ["--json"])


def test_port_pris():
    with socket.socket() as occupant:
        occupant.bind(("127.0.0.1", 0))
        occupant.listen()
        port = occupant.getsockname()[1]
        with pytest.raises(Refus, match=f"Le port {port} est déjà pris"):
            options.verifier_le_port(port)
    options.verifier_le_port(port)


@pytest.mark.parametrize(("secondes", "texte"), [(0.84, "0,8 s"), (59.9, "59,9 s"), (125.2, "2 min 05 s")])
def test_duree(secondes, texte):
    assert duree(secondes) == texte


def test_bin_demo_dit_que_le_port_est_pris(tmp_path):
    """From the shell: one sentence, exit code 1, nothing started."""
    with socket.socket() as occupant:
        occupant.bind(("127.0.0.1", 0))
        occupant.listen()
        port = str(occupant.getsockname()[1])
        resultat = commande("demo", "--port", port, env=environnement_nu(tmp_path / "donnees"))
    assert resultat.returncode == 1
    assert resultat.stderr.count("\n") == 1
    assert f"Le port {port} est déjà pris" in resultat.stderr
    assert not (tmp_path / "donnees").exists()


def test_bin_demo_aide_sans_rien_installer(tmp_path):
    resultat = commande("demo", "--help", env=environnement_nu(tmp_path / "donnees"))
    assert resultat.returncode == 0
    assert "--neuf" in resultat.stdout
