"""What the engine writes, many rows at a time: locks, pairs with their explanation and history, reserves (R47, R48)."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from datetime import date
from functools import cache

import numpy as np
from django.db import connection, models
from django.db.models import Count
from django.utils import timezone

from candidats import appariement, copie, regles
from candidats.colonnes import Tableau
from candidats.enums import ETATS_VALIDES, EtatCandidat, EtatMiseEnRelation, Origine
from candidats.models import MiseEnRelation, ReserveAppariement
from portal.commun.acteurs import Acteur
from portal.commun.historique import historiser
from structures.enums import EtatPoste
from structures.models import Poste

MOTIF = "Appariement"
LIGNES_PAR_ENVOI = 2_000


# --- locks ----------------------------------------------------------------------------------------------------------


def verrouiller(modele: type[models.Model], cles: np.ndarray) -> dict[int, tuple[int, str]]:
    """Lock these rows in the order of their keys; when each last changed (as `COPY` says it), and its state."""
    table = connection.ops.quote_name(modele._meta.db_table)
    ordre = (
        "SELECT id, (extract(epoch FROM modifie_le - '2000-01-01 00:00:00+00') * 1000000)::bigint, etat "  # noqa: S608
        f"FROM {table} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
    )
    with connection.cursor() as curseur:
        curseur.execute(ordre, [np.unique(cles).tolist()])
        return {cle: (modifie, etat) for cle, modifie, etat in curseur}


def encore_possibles(
    tableau: Tableau,
    choisies: appariement.Paires,
    postes: dict[int, tuple[int, str]],
    candidats: dict[int, tuple[int, str]],
) -> appariement.Paires:
    """Under the locks of posts then candidates: what was read before them, checked again. Caps of R47 and R48, pairs
    made or turned down meanwhile, validations, rows that changed (whoever changed them asks for a new look)."""
    cles_p, cles_c = tableau.cles_postes[choisies.poste], tableau.cles_candidats[choisies.candidat]
    gardees = _inchanges(cles_p, tableau.postes_modifies[choisies.poste], postes, EtatPoste.A_POURVOIR)
    gardees &= _inchanges(cles_c, tableau.candidats_modifies[choisies.candidat], candidats, EtatCandidat.DISPONIBLE)
    paires = choisies.garder(gardees & ~_prises(cles_p, cles_c))
    places = regles.PROPOSITIONS_PAR_POSTE - _vivantes("poste_id", tableau.cles_postes[paires.poste])
    paires = paires.garder(_rang_dans(paires.poste) < places)
    places = regles.PROPOSITIONS_PAR_CANDIDAT - _vivantes("candidat_id", tableau.cles_candidats[paires.candidat])
    return paires.garder(_rang_dans(paires.candidat) < places)


def _inchanges(
    cles: np.ndarray, modifies: np.ndarray, verrouilles: dict[int, tuple[int, str]], etat: str
) -> np.ndarray:
    """Which of these rows are still as they were read, in this state."""
    return np.array(
        [verrouilles.get(cle) == (lu, etat) for cle, lu in zip(cles.tolist(), modifies.tolist(), strict=True)],
        dtype=bool,
    )


def _prises(cles_p: np.ndarray, cles_c: np.ndarray) -> np.ndarray:
    """Pairs that exist already, and candidates validated somewhere (R46, R53)."""
    table = connection.ops.quote_name(MiseEnRelation._meta.db_table)
    ordre = (
        "SELECT c.rang FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS c(poste, candidat, rang) WHERE "  # noqa: S608
        f"EXISTS (SELECT FROM {table} m WHERE m.poste_id = c.poste AND m.candidat_id = c.candidat AND m.etat <> %s) "
        f"OR EXISTS (SELECT FROM {table} m WHERE m.candidat_id = c.candidat AND m.etat = ANY(%s))"
    )
    prises = np.zeros(len(cles_p), dtype=bool)
    with connection.cursor() as curseur:
        curseur.execute(
            ordre, [cles_p.tolist(), cles_c.tolist(), EtatMiseEnRelation.CADUQUE, [str(e) for e in ETATS_VALIDES]]
        )
        prises[[rang - 1 for (rang,) in curseur]] = True
    return prises


def _vivantes(par: str, cles: np.ndarray) -> np.ndarray:
    comptes = dict(MiseEnRelation.objects.du_moteur().order_by().values_list(par).annotate(n=Count("pk")))
    return np.array([comptes.get(cle, 0) for cle in cles.tolist()], dtype=np.int64)


def _rang_dans(groupes: np.ndarray) -> np.ndarray:
    """The rank of each line among those of its group, in their order."""
    ordre = np.argsort(groupes, kind="stable")
    rangs = np.empty(len(groupes), dtype=np.int64)
    rangs[ordre] = np.arange(len(groupes)) - np.searchsorted(groupes[ordre], groupes[ordre])
    return rangs


# --- pairs ----------------------------------------------------------------------------------------------------------


def creer(tableau: Tableau, paires: appariement.Paires, le: date) -> list[int]:
    """The pairs, each with its score and why (R48), and their history; the keys in the order of the pairs."""
    if not len(paires):
        return []
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [MiseEnRelation._meta.db_table, len(paires)],
        )
        cles = [cle for (cle,) in curseur]
    communes = _valeurs_communes()
    colonnes = ["id", "uuid", "poste", "candidat", "distance_km", "score", "explication", *communes]
    fin = "\t".join(copie.texte(str(valeur)) for valeur in communes.values())
    copie.ecrire(MiseEnRelation, colonnes, _lignes(tableau, paires, cles, fin, le))
    historiser(MiseEnRelation, cles, creation=True, acteur=Acteur.systeme(), motif=MOTIF)
    return cles


def _valeurs_communes() -> dict[str, object]:
    """What is the same for all of them, from the model's own defaults; null columns are left to the database."""
    maintenant = timezone.now().isoformat()
    modele = MiseEnRelation(origine=Origine.MOTEUR)
    propres = {"id", "uuid", "poste", "candidat", "distance_km", "score", "explication"}
    valeurs = {
        champ.name: getattr(modele, champ.attname)
        for champ in MiseEnRelation._meta.concrete_fields
        if champ.name not in propres
    }
    valeurs |= {"cree_le": maintenant, "modifie_le": maintenant, "etat_le": maintenant}
    return {nom: valeur for nom, valeur in valeurs.items() if valeur is not None}


def _lignes(tableau: Tableau, paires: appariement.Paires, cles: list[int], fin: str, le: date) -> Iterator[str]:
    postes, candidats, jour = tableau.postes, tableau.candidats, le.toordinal()
    limite = np.maximum(jour, postes.demarrage[paires.poste])
    colonnes = (
        tableau.cles_postes[paires.poste],
        tableau.cles_candidats[paires.candidat],
        paires.distance,
        np.maximum(0, limite - np.maximum(jour, candidats.disponible[paires.candidat])),
        candidats.experience[paires.candidat],
        candidats.pix[paires.candidat],
        candidats.coordination[paires.candidat] == postes.coordinateur[paires.poste],
    )
    hasard = os.urandom(16 * len(cles))
    morceau: list[str] = []
    for rang, (cle, poste, candidat, distance, *criteres) in enumerate(
        zip(cles, *(colonne.tolist() for colonne in colonnes), strict=True)
    ):
        identifiant = uuid.UUID(bytes=hasard[16 * rang : 16 * rang + 16], version=4).hex
        points_distance, texte_distance = _distance(distance)
        autres, textes = _autres(*criteres)
        score = round(points_distance + autres, 2)
        explication = f"[{texte_distance}, {textes}]"
        morceau.append(
            f"{cle}\t{identifiant}\t{poste}\t{candidat}\t{round(distance, 3)}\t{score}\t{explication}\t{fin}\n"
        )
        if len(morceau) == LIGNES_PAR_ENVOI:
            yield "".join(morceau)
            morceau = []
    yield "".join(morceau)


def _distance(distance: float) -> tuple[float, str]:
    critere = regles.critere_distance(distance)
    return critere.points, _json(critere)


@cache
def _autres(ecart: int, experience: bool, pix: bool, voeux: bool) -> tuple[float, str]:
    """The other criteria of R48: few combinations, said once each."""
    criteres = (
        regles.critere_date(ecart),
        regles.critere_experience(experience),
        regles.critere_pix(pix),
        regles.critere_voeux(voeux),
    )
    return sum(critere.points for critere in criteres), ", ".join(map(_json, criteres))


def _json(critere: regles.Critere) -> str:
    return copie.texte(json.dumps(critere.en_dict(), ensure_ascii=False))


# --- reserves -------------------------------------------------------------------------------------------------------


def ranger_reserves(tableau: Tableau, reserve: appariement.Paires) -> None:
    """R47: who comes next for each free post that was read; those of posts that are no longer free go."""
    libres = np.flatnonzero(tableau.postes.libre)
    bornes = np.searchsorted(reserve.poste, libres), np.searchsorted(reserve.poste, libres, side="right")
    cles = tableau.cles_candidats[reserve.candidat].astype(str).tolist()
    listes = [f"{{{','.join(cles[debut:fin])}}}" for debut, fin in zip(*(b.tolist() for b in bornes), strict=True)]
    table = connection.ops.quote_name(ReserveAppariement._meta.db_table)
    # A post deleted or created meanwhile has no reserve: the join leaves it out.
    ordre = (
        f"INSERT INTO {table} (poste_id, candidats, calculee_le) "  # noqa: S608 - a name of the model
        "SELECT r.poste, r.candidats::bigint[], %s FROM unnest(%s::bigint[], %s::text[]) AS r(poste, candidats) "
        "ORDER BY r.poste ON CONFLICT (poste_id) DO UPDATE "
        "SET candidats = excluded.candidats, calculee_le = excluded.calculee_le"
    )
    with connection.cursor() as curseur:
        curseur.execute(ordre, [timezone.now(), tableau.cles_postes[libres].tolist(), listes])


def oublier_reserves_inutiles() -> None:
    """Posts that are no longer free have nobody to wait for."""
    ReserveAppariement.objects.exclude(poste__in=Poste.objects.a_pourvoir()).delete()
