"""The pages of the CVthèque on 100,000 candidates, against the same pages on 1,000.

    bin/bench cvtheque [--json] [--petit 1000] [--grand 100000] [--essais 15]

The candidates are those of `peupler`, each with words of its own in its motivation; the large sample joins the small
one in the database. The structure of the measure sits in Paris, where most people live, then looks elsewhere too. Run
it on a database of its own, as `bin/bench` does: it refuses one that already holds candidates. Times are those of this
machine and of this day: only ratios count.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from tests.bench.structures import Mesure, _chronometrer, _client, rapport

GRAINE = 44
LOT = 20_000
PARIS, LYON, MENDE = "Paris (75001)", "Lyon (69001)", "Mende (48000)"
MOTS = "accueil bibliothèque démarches seniors jeunes ateliers parents administratif réseau association"


def recherches(date: str) -> dict[str, dict[str, str]]:
    """Each page with its search; the first one is what a structure sees when it comes in."""
    serre = {"rayon": "40", "disponible_au": date, "experience": "on"}
    return {
        "Première visite": {},
        "20 km autour de Lyon": {"commune": LYON, "rayon": "20"},
        "40 km autour de Paris": {"commune": PARIS, "rayon": "40"},
        "40 km de Paris, date, expérience": {"commune": PARIS, **serre},
        "40 km de Paris, mots et date": {"commune": PARIS, **serre, "q": "ateliers séniors"},
        "100 km autour de Mende": {"commune": MENDE, "rayon": "100"},
        "100 km de Paris, date": {"commune": PARIS, "rayon": "100", "tri": "disponibilite"},
        "Acceptent de venir à Paris": {"commune": PARIS, "rayon": "mobilite", "disponible_au": date},
        "France, du plus proche": {"commune": PARIS, "rayon": "france"},
        "France, inscription": {"rayon": "france", "tri": "inscription"},
        "France, diplôme, coordination": {
            "rayon": "france", "tri": "disponibilite", "diplome": "on", "coordination": "on",
        },
        "France, mots": {"rayon": "france", "q": "bibliothèque", "tri": "inscription"},
        "Dernière page de 40 km, Paris": {"commune": PARIS, "rayon": "40", "page": "50"},
    }  # fmt: skip


def mesurer(petit: int, grand: int, essais: int) -> list[Mesure]:
    """Each page on both sizes, in one run."""
    import datetime as dt
    from urllib.parse import urlencode

    from django.urls import reverse
    from django.utils import timezone

    client, structure = _structure()
    date = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    adresses = {
        nom: f"{reverse('candidats:cvtheque')}?{urlencode(criteres)}" for nom, criteres in recherches(date).items()
    }
    mesures: dict[str, list[tuple[float, int]]] = {}
    for rang, nombre in enumerate((petit, grand)):
        _peupler(GRAINE + rang, nombre)
        for nom, adresse in adresses.items():
            mesures.setdefault(nom, []).append(_chronometrer(client, adresse, essais))
    return [Mesure(nom, avant[0], apres[0], avant[1], apres[1]) for nom, (avant, apres) in mesures.items()]


def _structure() -> tuple[Any, Any]:
    """An activated structure in Paris with one free post, and somebody of it, signed in."""
    from tests.structures.factories import PosteFactory, StructureFactory, lieu

    structure = StructureFactory(commune=lieu("75056"))
    PosteFactory(structure=structure)
    return _client(structure.organisation, GRAINE), structure


def _peupler(graine: int, nombre: int) -> None:
    from django.db import connection, transaction
    from django.utils import timezone

    from demo.peuplement.candidats import MOTIVATION, peupler_candidats
    from demo.peuplement.hasard import Tirage
    from portal.commun.acteurs import Acteur
    from portal.commun.journal import journal

    for lot, debut in enumerate(range(0, nombre, LOT)):
        # By lots: memory does not depend on the size of the sample.
        with transaction.atomic(), journal(Acteur.systeme("Mesure"), "Mesure"):
            peupler_candidats(Tirage(graine * 1000 + lot), min(LOT, nombre - debut), timezone.localdate())
    with connection.cursor() as curseur:
        # Two words among ten for each person: one in five says a given word.
        curseur.execute(
            "UPDATE candidats_candidat SET motivation = motivation || ' ' || m[1 + id %% 10] || ' ' || "
            "m[1 + id / 10 %% 10] FROM (SELECT string_to_array(%s, ' ') AS m) AS mots WHERE motivation = %s",
            [MOTS, MOTIVATION],
        )
        # What the server does by itself a minute after such a load; only ANALYZE may run inside a transaction.
        curseur.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")


def lire_arguments(arguments: list[str]) -> argparse.Namespace:
    analyseur = argparse.ArgumentParser(prog="bin/bench cvtheque", description="La CVthèque sur 100 000 candidats.")
    analyseur.add_argument("--json", action="store_true")
    analyseur.add_argument("--petit", type=int, default=1000)
    analyseur.add_argument("--grand", type=int, default=100_000)
    analyseur.add_argument("--essais", type=int, default=15)
    choix = analyseur.parse_args(arguments)
    if not 1 <= choix.petit <= choix.grand or choix.essais < 1:
        analyseur.error("indiquez au moins un essai, et deux tailles de la plus petite à la plus grande")
    return choix


def main(arguments: list[str]) -> int:
    choix = lire_arguments(arguments)
    import django

    django.setup()
    from candidats.models import Candidat

    if Candidat.objects.exists():
        sys.stderr.write("Cette base contient déjà des candidats : la mesure a besoin d’une base à elle.\n")
        return 1
    mesures = mesurer(choix.petit, choix.grand, choix.essais)
    if choix.json:
        document = {"petit": choix.petit, "grand": choix.grand, "pages": [mesure.en_dict() for mesure in mesures]}
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(rapport(mesures, choix.petit, choix.grand) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
