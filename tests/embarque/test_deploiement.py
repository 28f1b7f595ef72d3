"""Dockerfile and docker-compose.yml name commands, settings and files that exist."""

from __future__ import annotations

import ast
import re
import shlex

import pytest
import yaml
from django.core.management import get_commands
from django.utils.module_loading import import_string

from portal.embarque.prerequis import PANGO
from tests.embarque.outils import RACINE

COMPOSE = yaml.safe_load((RACINE / "docker-compose.yml").read_text())
DOCKERFILE = (RACINE / "Dockerfile").read_text()
PORTAIL = ("web", "worker", "beat", "migrations")


def variables_lues() -> tuple[set[str], set[str]]:
    """The variables production needs, and all those that any setting reads."""
    exigees, lues = set(), set()
    for fichier in ("base.py", "production.py"):
        for noeud in ast.walk(ast.parse((RACINE / "portal" / "settings" / fichier).read_text())):
            if isinstance(noeud, ast.Call) and noeud.args and isinstance(noeud.args[0], ast.Constant):
                appel = ast.unparse(noeud.func)
                if appel == "_exiger":
                    exigees.add(noeud.args[0].value)
                elif appel == "os.environ.get":
                    lues.add(noeud.args[0].value)
            elif isinstance(noeud, ast.Subscript) and ast.unparse(noeud.value) == "os.environ":
                lues.add(ast.literal_eval(noeud.slice))
    return exigees, lues | exigees


def test_les_services_attendus():
    assert {"web", "worker", "beat", "postgres", "redis"} <= set(COMPOSE["services"])
    assert COMPOSE["services"]["postgres"]["image"] == "postgres:18"


@pytest.mark.parametrize("nom", PORTAIL)
def test_chaque_service_recoit_les_variables_de_production(nom):
    exigees, lues = variables_lues()
    recues = set(COMPOSE["services"][nom]["environment"])
    assert exigees >= {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"}
    assert exigees <= recues
    assert recues <= lues


def test_aucun_secret():
    """What is secret comes from outside, and its absence stops the start."""
    for service in COMPOSE["services"].values():
        for nom, valeur in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|KEY", nom):
                assert re.fullmatch(r"\$\{\w+:\?.+\}", valeur), nom
    assert "portail:${POSTGRES_PASSWORD:?" in COMPOSE["services"]["web"]["environment"]["DATABASE_URL"]


@pytest.mark.parametrize("nom", PORTAIL)
def test_chaque_commande_existe(nom):
    commande = COMPOSE["services"][nom]["command"]
    if commande[0] == "granian":
        module, attribut = commande[1].split(":")
        assert callable(import_string(f"{module}.{attribut}"))
    elif commande[0] == "celery":
        assert commande[1:3] == ["-A", "portal"]
        assert import_string("portal.celery_app").main == "portail"
    else:
        for morceau in commande[2].split("&&"):
            python, fichier, verbe, *_ = shlex.split(morceau)
            assert (python, fichier) == ("python", "manage.py")
            assert verbe in get_commands()


@pytest.mark.parametrize("nom", ["web", "worker", "beat", "postgres", "redis"])
def test_chaque_service_dit_sa_sante(nom):
    assert COMPOSE["services"][nom]["healthcheck"]["test"]


def test_la_sonde_du_site_est_une_adresse_du_portail(client, db):
    sonde = " ".join(COMPOSE["services"]["web"]["healthcheck"]["test"])
    compile(COMPOSE["services"]["web"]["healthcheck"]["test"][3], "sonde", "exec")
    chemin = re.search(r"127\.0\.0\.1:8000(/\S+?)\"", sonde).group(1)
    assert client.get(chemin).status_code == 200


def test_image_sans_root_ni_paquet_non_verifie():
    assert DOCKERFILE.index("USER portail") < DOCKERFILE.index("CMD ")
    assert "--require-hashes" in DOCKERFILE
    assert all(paquet in DOCKERFILE for paquet in PANGO.paquets)
    for source in re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE, re.MULTILINE):
        assert (RACINE / source).exists()


def test_image_construite_avec_toutes_les_variables_exigees():
    construction = DOCKERFILE[DOCKERFILE.index("RUN SECRET_KEY") : DOCKERFILE.index("collectstatic")]
    assert {nom for nom in variables_lues()[0] if f"{nom}=" not in construction} == set()


def test_image_sans_ce_qui_ne_sert_pas_en_production():
    ignores = (RACINE / ".dockerignore").read_text().split()
    assert {".git", ".venv", ".donnees", "tests", "portal/embarque"} <= set(ignores)
    assert not {"portal", "manage.py", "static", "templates", "requirements-production.lock"} & set(ignores)
