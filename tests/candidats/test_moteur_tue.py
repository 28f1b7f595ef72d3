"""R55, R113: a national run killed at any moment, and run again: nothing lost, nothing twice."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from candidats.enums import EtatMiseEnRelation
from candidats.models import MiseEnRelation
from tests.candidats.factories import CandidatFactory, MiseEnRelationFactory
from tests.candidats.outils import adresses, verifier_coherence_candidats
from tests.outils_base import acces_au_serveur
from tests.structures.factories import PosteFactory

pytestmark = pytest.mark.django_db(transaction=True)
COUPS = 5


@pytest.fixture
def forge(transactional_db: None) -> Iterator[subprocess.Popen[str]]:
    base = f"postgresql:///{connection.settings_dict['NAME']}?{urlencode(acces_au_serveur())}"
    processus = subprocess.Popen(
        [sys.executable, "-m", "tests.candidats.forge"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings.test", "DATABASE_URL": base},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert processus.stdout.readline() == "pret\n"
    yield processus
    processus.stdin.close()
    processus.wait(timeout=20)
    processus.stdout.close()


def _executer(forge, delai: float | None) -> tuple[int, float]:
    """One run, killed after `delai` seconds unless it ends before; its exit code and how long it took."""
    forge.stdin.write("\n")
    forge.stdin.flush()
    numero, debut = int(forge.stdout.readline()), time.monotonic()
    if delai is not None:
        time.sleep(delai)
        with contextlib.suppress(ProcessLookupError):
            os.kill(numero, signal.SIGKILL)
    return int(forge.stdout.readline()), time.monotonic() - debut


def test_tue_a_n_importe_quel_moment_puis_relance(forge):
    """R47, R55, R113: the decisions stay, each pair exists once, each person gets one mail."""
    postes = [PosteFactory() for _ in range(8)]
    candidats = [CandidatFactory() for _ in range(12)]
    perime = MiseEnRelationFactory(
        poste=postes[0], candidat=CandidatFactory(disponible_le=timezone.localdate() + dt.timedelta(days=400))
    )
    ecartee = MiseEnRelationFactory(poste=postes[0], candidat=candidats[0], ecartee=True)
    interessee = MiseEnRelationFactory(poste=postes[1], candidat=candidats[1], interet_candidat_le=timezone.now())
    validee = MiseEnRelationFactory(candidat=candidats[2], validee=True)
    # A run that is killed after the last of its mails leaves the same as one that is not: measured on the first one.
    alea, duree, tues = random.Random(55), 0.6, 0
    for _ in range(COUPS):
        code, passe = _executer(forge, alea.uniform(0.05, 1) * duree)
        tues += code == -signal.SIGKILL
        if code == 0:
            duree = min(duree, passe)
        assert not _paires_en_double()
    assert tues
    assert _executer(forge, None)[0] == 0
    avant = MiseEnRelation.objects.count()
    assert _executer(forge, None)[0] == 0
    assert MiseEnRelation.objects.count() == avant
    verifier_coherence_candidats()
    assert not _paires_en_double()
    for paire, etat in ((ecartee, "ecartee"), (interessee, "nouvelle"), (validee, "validee"), (perime, "caduque")):
        paire.refresh_from_db()
        assert paire.etat == etat
    assert MiseEnRelation.objects.du_moteur().filter(poste__in=postes).count() == 24
    nouvelles = MiseEnRelation.objects.filter(etat=EtatMiseEnRelation.NOUVELLE).exclude(pk=interessee.pk)
    concernes = {paire.candidat.utilisateur.email for paire in nouvelles.select_related("candidat__utilisateur")}
    assert Counter(adresses("propositions_candidat")) == Counter(concernes)
    assert set(Counter(adresses("propositions_structure")).values()) == {1}
    assert adresses("propositions_closes") == [perime.candidat.utilisateur.email]
    assert all(paire.history.count() == 1 for paire in nouvelles)


def _paires_en_double() -> list[tuple[int, int]]:
    vues = Counter(
        MiseEnRelation.objects.exclude(etat=EtatMiseEnRelation.CADUQUE).values_list("poste_id", "candidat_id")
    )
    return [paire for paire, nombre in vues.items() if nombre > 1]
