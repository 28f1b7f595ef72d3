"""The national matching, against one geographic query per structure and against the floor (ARCHITECTURE §7).

    bin/bench appariement [--json] [--postes 10000] [--candidats 100000] [--echantillon 40] [--refus 1000]

On the sample of `peupler`, a quarter of it first, then all: the run itself, the time to merely read the candidates
and to write the same pairs with COPY (the floor), the ORM asked once per post and class of mobility (on a sample of
posts, scaled), a night on which nothing changed, the mails, the memory, then the next proposal after a refusal, fifty
clients at once, against a page that reads one row. Run it on a database of its own, as `bin/bench` does. Times are
those of this machine and of this day: only ratios count.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

GRAINES = (8, 9)
# Posts that a structure of the sample brings, in the mean, once only activated ones are counted.
POSTES_PAR_STRUCTURE = 1.17
CIBLES = {
    "orm_sur_nous": (">=", 75.0),
    "nous_sur_plancher": ("<=", 4.0),
    "quatre_fois": ("<=", 4.2),
    "memoire_mio": ("<=", 1024.0),
    "refus_sur_page_p95": ("<=", 5.0),
}


def chronometrer(fonction: Callable[[], Any]) -> tuple[float, Any]:
    debut = time.perf_counter()
    resultat = fonction()
    return time.perf_counter() - debut, resultat


# --- data -----------------------------------------------------------------------------------------------------------


def charger(graine: int, postes: int, candidats: int) -> None:
    """The sample of `peupler`, then what the server does by itself a minute after such a load."""
    from django.db import connection, transaction
    from django.utils import timezone

    from demo.peuplement.candidats import peupler_candidats
    from demo.peuplement.hasard import Tirage
    from demo.peuplement.structures import peupler_structures
    from portal.commun.acteurs import Acteur
    from portal.commun.journal import journal

    with transaction.atomic(), journal(Acteur.systeme("Mesure"), "Mesure"):
        tirage = Tirage(graine)
        peupler_structures(tirage, max(1, round(postes / POSTES_PAR_STRUCTURE)), timezone.localdate())
        peupler_candidats(tirage, candidats, timezone.localdate())
    with connection.cursor() as curseur:
        curseur.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")


def _charger_a_part(graine: int, postes: int, candidats: int) -> None:
    """In a process of its own, so that the memory of the run is not that of the load."""
    from django.db import connection

    if connection.in_atomic_block:
        charger(graine, postes, candidats)
        return
    ordre = [sys.executable, "-m", "tests.bench.appariement", "--charger", str(graine), str(postes), str(candidats)]
    subprocess.run(ordre, check=True)


def effacer_les_paires() -> None:
    """As before the run: no pair, no history, no reserve, no mail."""
    from django.db import connection
    from post_office.models import Email

    from candidats.models import MiseEnRelation, ReserveAppariement

    modeles = (MiseEnRelation.history.model, MiseEnRelation, ReserveAppariement, Email)
    with connection.cursor() as curseur:
        for modele in modeles:
            curseur.execute(f'DELETE FROM "{modele._meta.db_table}"')  # noqa: S608 - a name of a model
        curseur.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")


# --- the run, the floor, the old way --------------------------------------------------------------------------------


def executer() -> tuple[float, Any]:
    from candidats import actions
    from portal.commun.acteurs import Acteur

    return chronometrer(lambda: actions.apparier(acteur=Acteur.systeme("Mesure"), annoncer=False))


def plancher() -> float:
    """COPY out of candidates and posts, COPY in of the pairs of the last run into the same table and indexes."""
    from django.db import connection, transaction

    from candidats import colonnes
    from candidats.models import MiseEnRelation

    table = f'"{MiseEnRelation._meta.db_table}"'
    with connection.cursor() as curseur:
        with curseur.copy(f"COPY {table} TO STDOUT (FORMAT BINARY)") as copie:
            octets = b"".join(copie)
        effacer_les_paires()

        def passer() -> None:
            with transaction.atomic():
                zones = colonnes.lire_zones()
                colonnes._lire_postes(colonnes.TOUT, zones)
                colonnes._lire_candidats(colonnes.TOUT, zones)
                with curseur.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copie:
                    copie.write(octets)

        return chronometrer(passer)[0]


def ancienne_facon(echantillon: int) -> tuple[float, int, int]:
    """One query per post and class of mobility, through the ORM: seconds for all posts, scaled from a sample.

    Each query is bounded by a box on latitude and longitude, keeps the same rules, and brings the best ten; caps are
    kept, pairs and history written post by post. Also: how many of its pairs are ours, of how many.
    """
    from django.db import transaction

    from candidats.models import MiseEnRelation
    from structures.models import Poste
    from tests.bench.outils.ancienne_facon import proposer

    postes = list(Poste.objects.a_pourvoir().select_related("structure__commune").order_by("uuid"))
    choisis = postes[:echantillon]
    nos_paires = set(MiseEnRelation.objects.filter(poste__in=choisis).values_list("poste_id", "candidat_id"))
    effacer_les_paires()
    with transaction.atomic():
        charges: dict[int, int] = {}
        duree, paires = chronometrer(lambda: [p for poste in choisis for p in proposer(poste, charges)])
        transaction.set_rollback(True)
    communes = {(p.poste_id, p.candidat_id) for p in paires} & nos_paires
    return duree * len(postes) / max(1, len(choisis)), len(communes), len(paires)


def courriels() -> tuple[float, int]:
    """The mails of the run, stored then undone."""
    from django.db import transaction
    from post_office.models import Email

    from candidats import notifications
    from candidats.models import MiseEnRelation

    cles = list(MiseEnRelation.objects.order_by("pk").values_list("pk", flat=True))
    with transaction.atomic():
        avant = Email.objects.count()
        duree, _ = chronometrer(lambda: notifications.annoncer_propositions(cles))
        nombre = Email.objects.count() - avant
        transaction.set_rollback(True)
    return duree, nombre


# --- all of it ------------------------------------------------------------------------------------------------------


def mesurer(postes: int, candidats: int, echantillon: int, refus: int) -> dict[str, Any]:
    _charger_a_part(GRAINES[0], postes // 4, candidats // 4)
    executer()  # The first run of a process loads the compiled loops, as the worker does once.
    effacer_les_paires()
    quart, _ = executer()
    effacer_les_paires()
    _charger_a_part(GRAINES[1], postes - postes // 4, candidats - candidats // 4)
    nous, bilan = executer()
    memoire = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    nuit, _ = executer()
    duree_courriels, nombre_courriels = courriels()
    orm, communes, comparees = ancienne_facon(echantillon)
    executer()
    bas = plancher()
    effacer_les_paires()
    executer()
    document = {
        "postes": bilan.postes_a_pourvoir,
        "candidats": bilan.candidats,
        "paires": bilan.paires_creees,
        "postes_avec_3": bilan.postes_avec_3,
        "secondes": {"nous": nous, "plancher": bas, "orm": orm, "quart": quart, "nuit_sans_changement": nuit},
        "orm_sur_nous": orm / nous,
        "nous_sur_plancher": nous / bas,
        "quatre_fois": nous / quart,
        "memoire_mio": memoire,
        "paires_communes_avec_orm": [communes, comparees],
        "courriels": {"nombre": nombre_courriels, "secondes": duree_courriels, "sur_nous": duree_courriels / nous},
    }
    if refus:
        from tests.bench.outils.refus import mesurer_refus

        document |= mesurer_refus(refus)
    return document


def tenue(nom: str, valeur: float) -> bool:
    sens, cible = CIBLES[nom]
    return valeur >= cible if sens == ">=" else valeur <= cible


def rapport(document: dict[str, Any]) -> str:
    """The table for people."""
    lignes = [
        f"{document['postes']} postes, {document['candidats']} candidats : {document['paires']} propositions, "
        f"{document['postes_avec_3']} postes avec trois.",
        ", ".join(f"{nom} {secondes:.2f} s" for nom, secondes in document["secondes"].items()),
    ]
    for nom, (sens, cible) in CIBLES.items():
        if nom in document:
            verdict = "tenu" if tenue(nom, document[nom]) else "manqué"
            lignes.append(f"{nom:<24} {document[nom]:>10.2f}   cible {sens} {cible:g}   {verdict}")
    lignes.append(
        "Paires de l’échantillon ORM qui sont les nôtres : {} sur {}".format(*document["paires_communes_avec_orm"])
    )
    lignes.append(
        "Courriels, à part : {nombre} en {secondes:.1f} s, {sur_nous:.1f} fois le reste".format(**document["courriels"])
    )
    if "refus_ms" in document:
        lignes.append("Proposition suivante : p50 {p50:.0f} ms, p95 {p95:.0f} ms".format(**document["refus_ms"]))
        lignes.append("Page d’une ligne     : p50 {p50:.0f} ms, p95 {p95:.0f} ms".format(**document["page_ms"]))
    return "\n".join(lignes)


def lire_arguments(arguments: list[str]) -> argparse.Namespace:
    analyseur = argparse.ArgumentParser(prog="bin/bench appariement", description="L’appariement national.")
    analyseur.add_argument("--json", action="store_true")
    analyseur.add_argument("--postes", type=int, default=10_000)
    analyseur.add_argument("--candidats", type=int, default=100_000)
    analyseur.add_argument("--echantillon", type=int, default=40, help="postes demandés à l’ancienne façon")
    analyseur.add_argument("--refus", type=int, default=1_000, help="refus mesurés par cinquante clients ; 0 : aucun")
    analyseur.add_argument("--charger", type=int, nargs=3, help=argparse.SUPPRESS)
    choix = analyseur.parse_args(arguments)
    if choix.postes < 4 or choix.candidats < 4 or choix.echantillon < 1 or choix.refus < 0:
        analyseur.error("indiquez au moins quatre postes, quatre candidats et un poste dans l’échantillon")
    return choix


def main(arguments: list[str]) -> int:
    choix = lire_arguments(arguments)
    import django

    django.setup()
    if choix.charger:
        charger(*choix.charger)
        return 0
    from structures.models import Structure

    if Structure.objects.exists():
        sys.stderr.write("Cette base contient déjà des structures : la mesure a besoin d’une base à elle.\n")
        return 1
    document = mesurer(choix.postes, choix.candidats, choix.echantillon, choix.refus)
    if choix.json:
        cibles = {
            nom: {"cible": c, "tenue": tenue(nom, document[nom])} for nom, (_, c) in CIBLES.items() if nom in document
        }
        sys.stdout.write(json.dumps({**document, "cibles": cibles}, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(rapport(document) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
