"""Write one complete set of territory data into the database: insert, update what changed, retire what is gone.

Everything happens in one transaction under one lock: readers see the old list, then the new one, and two processes
that start together load once. Rows travel by COPY into temporary tables, then one statement per table.
"""

import logging
from dataclasses import dataclass, field

from django.db import connection, transaction

from portal.commun.normalisation import normaliser, normaliser_lieu

from .jeu import DONNEES, Jeu, empreinte_donnees, lire_jeu
from .models import Chargement, CodePostal, Commune, Departement, Epci, Region
from .zones import zone_du_departement

journal = logging.getLogger(__name__)

VERROU = 5_203_001  # any number that no other advisory lock of the portal uses


@dataclass
class Bilan:
    """What a load did, to be said by the commands."""

    source: str
    communes: int
    inchange: bool = False
    ecrites: int = 0
    retirees: list[str] = field(default_factory=list)
    conservees: list[str] = field(default_factory=list)
    autres_retires: int = 0


def charger(*, forcer=False, dossier=DONNEES):
    """Load the packaged data unless the database already holds them, or fresher ones from the official API.

    Idempotent, and one query when there is nothing to do: called at each start of the demo and once per test database.
    """
    dernier = Chargement.objects.first()
    if dernier and not forcer and a_jour(dernier, empreinte_donnees(dossier)):
        return Bilan(dernier.source, dernier.communes, inchange=True)
    return remplacer(lire_jeu(dossier), forcer=forcer)


def a_jour(dernier, empreinte):
    """Data of the official API are never replaced by the packaged ones, which are older by nature."""
    return dernier.source != "paquets" or dernier.empreinte == empreinte


@transaction.atomic
def remplacer(jeu: Jeu, *, forcer=True):
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(%s)", [VERROU])
        dernier = Chargement.objects.first()
        if dernier and not forcer and a_jour(dernier, jeu.empreinte):
            return Bilan(dernier.source, dernier.communes, inchange=True)
        ecrites = ecrire(curseur, jeu)
    bilan = Bilan(jeu.source, len(jeu.communes), ecrites=ecrites)
    retirer_les_absents(jeu, bilan)
    Chargement.objects.create(source=jeu.source, empreinte=jeu.empreinte, communes=len(jeu.communes))
    journal.info("Territoires : %s communes (%s), %s écrites", bilan.communes, bilan.source, ecrites)
    return bilan


def ecrire(curseur, jeu):
    departements = {d.code: d for d in jeu.departements}
    verser(curseur, Region, ("code", "nom", "nom_normalise"), ((r.code, r.nom, normaliser(r.nom)) for r in jeu.regions))
    verser(
        curseur,
        Departement,
        ("code", "nom", "nom_normalise", "region_id", "zone"),
        ((d.code, d.nom, normaliser(d.nom), d.region, zone_du_departement(d.code)) for d in jeu.departements),
    )
    verser(
        curseur,
        Epci,
        ("code", "nom", "nom_normalise", "nature"),
        ((e.code, e.nom, normaliser_lieu(e.nom), e.nature) for e in jeu.epcis),
    )
    ecrites = verser(
        curseur,
        Commune,
        (
            "code",
            "nom",
            "nom_normalise",
            "departement_id",
            "region_id",
            "epci_id",
            "zone",
            "population",
            "latitude",
            "longitude",
            "precision",
            "actuelle",
        ),
        (
            (
                c.code,
                c.nom,
                normaliser_lieu(c.nom),
                c.departement,
                departements[c.departement].region,
                c.epci,
                zone_du_departement(c.departement),
                c.population,
                c.latitude,
                c.longitude,
                c.precision,
                True,
            )
            for c in jeu.communes
        ),
    )
    verser_codes_postaux(curseur, jeu)
    return ecrites


def verser(curseur, modele, colonnes, lignes):
    """Upsert by COPY. Rows that are already right are not rewritten; returns the number of those that were not."""
    table, temporaire = modele._meta.db_table, f"verse_{modele._meta.model_name}"
    liste = ", ".join(colonnes)
    copier(curseur, table, temporaire, colonnes, lignes)
    curseur.execute(
        f"INSERT INTO {table} ({liste}) SELECT {liste} FROM {temporaire} "  # noqa: S608 (names of our own models)
        f"ON CONFLICT (code) DO UPDATE SET ({liste}) = ROW({', '.join(f'EXCLUDED.{c}' for c in colonnes)}) "
        f"WHERE ROW({', '.join(f'{table}.{c}' for c in colonnes)}) "
        f"IS DISTINCT FROM ROW({', '.join(f'EXCLUDED.{c}' for c in colonnes)})"
    )
    return curseur.rowcount


def verser_codes_postaux(curseur, jeu):
    """The postal codes of the communes of the list become exactly those given; the others keep theirs."""
    table, temporaire, liste = CodePostal._meta.db_table, "verse_codepostal", "code, commune_id"
    lignes = ((code, commune.code) for commune in jeu.communes for code in commune.codes_postaux)
    copier(curseur, table, temporaire, ("code", "commune_id"), lignes)
    curseur.execute(
        f"DELETE FROM {table} WHERE commune_id IN (SELECT code FROM verse_commune) "  # noqa: S608 (own names)
        f"AND (code, commune_id) NOT IN (SELECT code, commune_id FROM {temporaire})"
    )
    curseur.execute(
        f"INSERT INTO {table} ({liste}) SELECT DISTINCT {liste} FROM {temporaire} "  # noqa: S608 (own names)
        "ON CONFLICT (code, commune_id) DO NOTHING"
    )


def copier(curseur, table, temporaire, colonnes, lignes):
    liste = ", ".join(colonnes)
    curseur.execute(f"DROP TABLE IF EXISTS pg_temp.{temporaire}")
    curseur.execute(
        f"CREATE TEMPORARY TABLE {temporaire} ON COMMIT DROP AS SELECT {liste} FROM {table} WITH NO DATA"  # noqa: S608
    )
    with curseur.copy(f"COPY {temporaire} ({liste}) FROM STDIN") as copie:
        for ligne in lignes:
            copie.write_row(ligne)
    curseur.execute(f"ANALYZE {temporaire}")


def retirer_les_absents(jeu, bilan):
    """A commune that is gone (often merged) is removed, or kept but no longer proposed when something refers to it."""
    absentes = set(Commune.objects.values_list("pk", flat=True)) - {c.code for c in jeu.communes}
    conservees = references(Commune, absentes, sauf={CodePostal})
    CodePostal.objects.filter(commune__in=absentes - conservees).delete()
    Commune.objects.filter(pk__in=absentes - conservees).delete()
    Commune.objects.filter(pk__in=conservees).update(actuelle=False)
    bilan.retirees, bilan.conservees = sorted(absentes - conservees), sorted(conservees)

    for modele, lignes in ((Epci, jeu.epcis), (Departement, jeu.departements), (Region, jeu.regions)):
        absents = set(modele.objects.values_list("pk", flat=True)) - {ligne.code for ligne in lignes}
        inutiles = absents - references(modele, absents)
        modele.objects.filter(pk__in=inutiles).delete()
        bilan.autres_retires += len(inutiles)


def references(modele, codes, sauf=frozenset()):
    """Among `codes`, those that a row of any table of the portal refers to, its history included."""
    utilises = set()
    if not codes:
        return utilises
    for relation in modele._meta.get_fields(include_hidden=True):
        entrante = relation.auto_created and (relation.one_to_many or relation.one_to_one) and not relation.concrete
        if entrante and relation.related_model not in sauf:
            champ = relation.field.attname
            lignes = relation.related_model._base_manager.filter(**{f"{champ}__in": codes})
            utilises.update(lignes.order_by().values_list(champ, flat=True).distinct())
    return utilises
