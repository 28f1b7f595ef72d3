"""A real Celery worker on the embedded Redis, for the few tests that need one (`@pytest.mark.service`)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection

from tests.outils_base import acces_au_serveur


@pytest.fixture
def worker_celery(transactional_db: None, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own process, on the database of the test; it ends with the test."""
    from portal.celery import app

    base = f"postgresql:///{connection.settings_dict['NAME']}?{urlencode(acces_au_serveur())}"
    file = f"tests-{os.getpid()}"
    journal = (tmp_path / "worker.log").open("wb")
    processus = subprocess.Popen(
        [
            sys.executable, "-m", "celery", "-A", "portal.celery", "worker", "--loglevel", "INFO",
            "--pool", "solo", "-Q", file, "--without-gossip", "--without-mingle", "--without-heartbeat",
        ],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings.test", "DATABASE_URL": base},
        stdout=journal,
        stderr=subprocess.STDOUT,
    )  # fmt: skip
    ancienne, app.conf.task_default_queue = app.conf.task_default_queue, file
    try:
        _attendre(tmp_path / "worker.log", processus)
        yield processus
    finally:
        app.conf.task_default_queue = ancienne
        processus.terminate()
        processus.wait(timeout=20)
        journal.close()


def _attendre(journal: Path, processus: subprocess.Popen[bytes]) -> None:
    limite = time.monotonic() + 40
    while time.monotonic() < limite:
        texte = journal.read_text(errors="replace")
        if " ready." in texte:
            return
        if processus.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"the Celery worker did not start:\n{journal.read_text(errors='replace')[-3000:]}")
