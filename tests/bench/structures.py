"""Pages of structures, concertation, committees and posts on 10,000 applications, against the same pages on 100.

    bin/bench structures [--json] [--petit 100] [--grand 10000] [--essais 9]

The sample is the one of `peupler`, with opinions, closed committees, posts, and one committee in preparation whose
agenda holds those of the public campaign, two thirds of all. The large sample joins the small one in the database.
Run it on a database of its own, as `bin/bench` does: it refuses one that already holds structures. Times are those of
this machine and of this day: only ratios count.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

CIBLE = 2.0
ECHAUFFEMENT = 2
GRAINES = (8, 9)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: whose, which address, when there is one."""

    nom: str
    role: str
    adresse: str


@dataclass(slots=True)
class Mesure:
    nom: str
    petit_ms: float
    grand_ms: float
    requetes_petit: int
    requetes_grand: int
    cible: float = CIBLE

    @property
    def rapport(self) -> float:
        return self.grand_ms / self.petit_ms

    def en_dict(self) -> dict[str, Any]:
        tenue = self.rapport <= self.cible
        return {**asdict(self), "rapport": round(self.rapport, 2), "tenue": tenue}


def mesurer(petit: int, grand: int, essais: int) -> list[Mesure]:
    """Each page on both sizes, in one run."""
    avant, apres = _une_taille(GRAINES[0], petit, essais), _une_taille(GRAINES[1], grand, essais)
    return [Mesure(nom, avant[nom][0], temps, avant[nom][1], requetes) for nom, (temps, requetes) in apres.items()]


def _une_taille(graine: int, nombre: int, essais: int) -> dict[str, tuple[float, int]]:
    """Median time in milliseconds and number of queries of each page."""
    pages, clients = _construire(graine, nombre)
    return {page.nom: _chronometrer(clients[page.role], page.adresse, essais) for page in pages}


def _chronometrer(client: Any, adresse: str, essais: int) -> tuple[float, int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def demander() -> None:
        reponse = client.get(adresse, headers={"host": "127.0.0.1"})
        if reponse.status_code != 200:
            raise RuntimeError(f"{adresse} answered {reponse.status_code}")

    for _ in range(ECHAUFFEMENT):
        demander()
    with CaptureQueriesContext(connection) as requetes:
        demander()
        nombre = len(requetes)
    return statistics.median(_temps(demander) for _ in range(essais)) * 1000, nombre


def _temps(fonction: Callable[[], None]) -> float:
    debut = time.perf_counter()
    fonction()
    return time.perf_counter() - debut


# --- what is measured -----------------------------------------------------------------------------------------------


def _construire(graine: int, nombre: int) -> tuple[list[Page], dict[str, Any]]:
    from django.db import connection, transaction
    from django.urls import reverse
    from django.utils import timezone

    from demo.peuplement.hasard import Tirage
    from demo.peuplement.structures import peupler_structures
    from portal.commun.acteurs import Acteur
    from portal.commun.journal import journal

    with transaction.atomic(), journal(Acteur.systeme("Mesure"), "Mesure"):
        peupler_structures(Tirage(graine), nombre, timezone.localdate())
        comite = _ordre_du_jour(graine)
        clients = _clients(graine)
    with connection.cursor() as curseur:
        # What the server does by itself a minute after such a load; only ANALYZE may run inside a transaction.
        curseur.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
    candidatures = reverse("admin:structures_candidature_changelist")
    concertation = f"{reverse('admin:structures_candidature_concertation')}?etat=toutes"
    tableau = reverse("admin:structures_tableau_de_bord")
    page_comite = reverse("admin:structures_comite_change", args=[comite.uuid])
    return [
        Page("Concertation, préfecture", "prefecture", concertation),
        Page("Concertation, ANCT", "anct", concertation),
        Page("Liste des candidatures, préfecture", "prefecture", candidatures),
        Page("Liste des candidatures, ANCT", "anct", candidatures),
        Page("Comité en préparation, ANCT", "anct", page_comite),
        Page("Tableau de bord, préfecture", "prefecture", tableau),
        Page("Tableau de bord, ANCT", "anct", tableau),
        Page("Liste des postes, ANCT", "anct", reverse("admin:structures_poste_changelist")),
        Page("Doublons probables, ANCT", "anct", reverse("admin:structures_doublons")),
        Page("Accueil de l’administration, ANCT", "anct", reverse("admin:index")),
    ], clients


def _ordre_du_jour(graine: int) -> Any:
    """A committee in preparation over the public campaign: two thirds of the applications."""
    from django.utils import timezone

    from demo.peuplement.masse import creer
    from structures.models import Campagne, Candidature, Comite, LigneComite
    from structures.numeros import prochain_numero

    campagne = Campagne.objects.get(code=f"echantillon-{graine}-ami-public-2020")
    comite = Comite.objects.create(
        numero=prochain_numero(Comite), campagne=campagne, date=timezone.localdate(), enveloppe_postes=500
    )
    # All of them, so that the agenda is as long as the sample is large.
    candidatures = Candidature.objects.filter(campagne=campagne)
    creer(LigneComite, [LigneComite(comite=comite, candidature=candidature) for candidature in candidatures])
    return comite


def _clients(graine: int) -> dict[str, Any]:
    """ANCT, and a prefecture with half of the applications, so that a page of its lists is full at both sizes."""
    from django.db.models import Count

    from portal.comptes.models import Organisation, TypeOrganisation
    from structures.models import Candidature

    par_departement = (
        Candidature.objects.order_by()
        .values_list("commune__departement")
        .annotate(nombre=Count("pk"))
        .order_by("-nombre", "commune__departement")
    )
    departements, reste = [], Candidature.objects.count() / 2
    for code, nombre in par_departement:
        if reste > 0:
            departements.append(code)
            reste -= nombre
    prefecture = Organisation.objects.create(type=TypeOrganisation.PREFECTURE, nom="Préfecture de la mesure")
    prefecture.departements.set(departements)
    anct = Organisation.objects.create(type=TypeOrganisation.ANCT, nom="ANCT de la mesure")
    return {organisation.type: _client(organisation, graine) for organisation in (prefecture, anct)}


def _client(organisation: Any, graine: int) -> Any:
    from allauth.account.models import EmailAddress
    from django.conf import settings
    from django.test import Client

    from portal.commun.acteurs import Acteur
    from portal.comptes.acces import CLE_SESSION
    from portal.comptes.actions import rattacher
    from portal.comptes.models import Utilisateur
    from tests.comptes.factories import activer_second_facteur

    utilisateur = Utilisateur.objects.create(email=f"{organisation.type}.{graine}@mesure.example", prenom="A", nom="B")
    EmailAddress.objects.create(user=utilisateur, email=utilisateur.email, verified=True, primary=True)
    activer_second_facteur(utilisateur)
    rattachement = rattacher(
        acteur=Acteur.systeme("Mesure"), utilisateur=utilisateur, role=organisation.type, organisation=organisation
    )
    utilisateur.refresh_from_db()
    client = Client()
    client.force_login(utilisateur, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session[CLE_SESSION] = str(rattachement.uuid)
    session.save()
    return client


# --- report ---------------------------------------------------------------------------------------------------------


def rapport(mesures: list[Mesure], petit: int, grand: int) -> str:
    """The table for people."""
    lignes = [f"{'Page':<40} {petit:>8} {grand:>8} {'rapport':>8} {'cible':>6} {'requêtes':>12}"]
    for mesure in mesures:
        verdict = "" if mesure.rapport <= mesure.cible else "  au-dessus de la cible"
        requetes = f"{mesure.requetes_petit} → {mesure.requetes_grand}"
        lignes.append(
            f"{mesure.nom:<40} {mesure.petit_ms:>5.0f} ms {mesure.grand_ms:>5.0f} ms {mesure.rapport:>7.2f}× "
            f"{mesure.cible:>5.1f}× {requetes:>12}{verdict}"
        )
    return "\n".join(lignes)


def lire_arguments(arguments: list[str]) -> argparse.Namespace:
    analyseur = argparse.ArgumentParser(prog="bin/bench structures", description="Pages sur 10 000 candidatures.")
    analyseur.add_argument("--json", action="store_true")
    analyseur.add_argument("--petit", type=int, default=100)
    analyseur.add_argument("--grand", type=int, default=10_000)
    analyseur.add_argument("--essais", type=int, default=9)
    choix = analyseur.parse_args(arguments)
    if not 1 <= choix.petit <= choix.grand or choix.essais < 1:
        analyseur.error("indiquez au moins un essai, et deux tailles de la plus petite à la plus grande")
    return choix


def main(arguments: list[str]) -> int:
    choix = lire_arguments(arguments)
    import django

    django.setup()
    from structures.models import Structure

    if Structure.objects.exists():
        sys.stderr.write("Cette base contient déjà des structures : la mesure a besoin d’une base à elle.\n")
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
