"""The engine's verbs (R46 to R48, R55): the national run, the next best for one post, one post or candidate seen again.

All of them read columns, let `candidats.appariement` choose, then write under lock: posts, then candidates, by key.
What was read without a lock is checked again under it, so that nothing decided meanwhile is contradicted. One
transaction holds the pairs, their history and their mails: stopped at any moment, the run has happened or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from time import perf_counter
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from candidats import appariement, colonnes, ecriture, notifications, regles, reserve, suites
from candidats.actions.communs import (
    LIES_RELATION,
    SYSTEME,
    verrouiller_poste,
    verrouiller_vivantes,
)
from candidats.enums import EtatMiseEnRelation, MotifCloture, Origine
from candidats.etats import MACHINE_MISE_EN_RELATION
from candidats.models import Candidat, MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse
from portal.commun.historique import historiser
from portal.commun.roles import Role
from portal.commun.taches import cle_de_verrou
from portal.commun.verbes import verbe
from structures.models import Poste

LOT = 2000
VERROU = "candidats.moteur"


@dataclass(frozen=True)
class Bilan:
    """What a run found and did; the names are those of the command's JSON."""

    postes: int = 0
    postes_a_pourvoir: int = 0
    candidats: int = 0
    paires_creees: int = 0
    postes_avec_3: int = 0
    paires_closes: int = 0
    duree_s: float = 0.0

    def en_dict(self) -> dict[str, Any]:
        return asdict(self)


@verbe
def apparier(*, acteur: Acteur, le: date | None = None, annoncer: bool = True) -> Bilan:
    """R55: the whole country. A second run without any change in between has no effect.

    `annoncer=False` is for bulk loading only (`peupler`): no mail tells of pairs that nobody waits for.
    """
    _exiger_moteur(acteur)
    debut = perf_counter()
    le = le or timezone.localdate()
    # Two runs wait for each other; single posts and candidates only meet the rows' locks.
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(%s)", [cle_de_verrou(VERROU)])
    tableau = colonnes.lire()
    fait = _executer(tableau, colonnes.lire_paires(), le, annoncer)
    ecriture.oublier_reserves_inutiles()
    return _bilan(tableau, len(fait.creees), fait.closes, perf_counter() - debut)


@verbe
def completer_poste(*, acteur: Acteur, poste: Poste, le: date | None = None) -> list[MiseEnRelation]:
    """R47: the next best candidates of one post, at once: from the reserve, else by looking around the post."""
    _exiger_moteur(acteur)
    le = le or timezone.localdate()
    poste = verrouiller_poste(poste.pk)
    places = regles.places_a_pourvoir(MiseEnRelation.objects.du_moteur().filter(poste=poste).count())
    if not places or not Poste.objects.a_pourvoir().filter(pk=poste.pk).exists():
        return []
    suivants = reserve.suivants(poste, le)
    if len(suivants) >= places:
        return _proposer_suivants(poste, suivants[:places], le)
    tableau = colonnes.lire(Q(pk=poste.pk), colonnes.autour(poste))
    # Candidates out of reach are not read: closing is not for this verb.
    fait = _executer(tableau, colonnes.lire_paires(Q(poste=poste.pk)), le, annoncer=True, clore=False)
    return _relire(fait.creees)


@verbe
def reexaminer_candidat(*, acteur: Acteur, candidat: Candidat, le: date | None = None) -> list[MiseEnRelation]:
    """R55: after a confirmation, an edit, a return: pairs that no longer hold are closed, new ones are made."""
    _exiger_moteur(acteur)
    le = le or timezone.localdate()
    tableau = colonnes.lire(candidats=Q(pk=candidat.pk))
    fait = _executer(tableau, colonnes.lire_paires(Q(candidat=candidat.pk)), le, annoncer=True, reserver=False)
    for poste_id in sorted({paire.poste_id for paire in fait.closes}):
        suites.poste_a_completer(poste_id)
    return _relire(fait.creees)


@verbe
def reexaminer_poste(*, acteur: Acteur, poste: Poste, le: date | None = None) -> list[MiseEnRelation]:
    """R46, R55: after its places of work changed: undecided pairs that no longer hold are closed, new ones are made."""
    _exiger_moteur(acteur)
    poste = Poste.objects.select_related("structure__commune").get(pk=poste.pk)
    le = le or timezone.localdate()
    du_poste = MiseEnRelation.objects.filter(poste=poste).values("candidat")
    tableau = colonnes.lire(Q(pk=poste.pk), colonnes.autour(poste) | Q(pk__in=du_poste))
    return _relire(_executer(tableau, colonnes.lire_paires(Q(poste=poste.pk)), le, annoncer=True).creees)


def _exiger_moteur(acteur: Acteur) -> None:
    if not acteur.est(Role.SYSTEME, Role.ANCT):
        raise AccesRefuse("Seuls le portail et l’ANCT lancent les mises en relation.")


@dataclass(frozen=True)
class Fait:
    """What one execution did: pairs closed, keys of those created."""

    closes: list[MiseEnRelation]
    creees: list[int]


def _executer(
    tableau: colonnes.Tableau,
    existantes: colonnes.PairesExistantes,
    le: date,
    annoncer: bool,
    *,
    clore: bool = True,
    reserver: bool = True,
) -> Fait:
    """What ends and what is proposed, chosen without a lock, then written under the locks in their order.

    `reserver`: every candidate within reach of these posts was read, so that who comes next for each is known.
    """
    a_clore = colonnes.obsoletes(tableau, existantes, le) if clore else np.empty(0, dtype=np.int64)
    tableau.retirer(existantes, a_clore)
    resultat = appariement.apparier(tableau.postes, tableau.candidats, colonnes.interdites(tableau, existantes), le)
    closes, creees = [], []
    if len(resultat.paires) or len(a_clore):
        # Posts, then candidates, of what ends and of what begins, before any pair.
        paires = resultat.paires
        postes = ecriture.verrouiller(Poste, _cles(existantes.poste[a_clore], tableau.cles_postes, paires.poste))
        candidats = ecriture.verrouiller(
            Candidat, _cles(existantes.candidat[a_clore], tableau.cles_candidats, paires.candidat)
        )
        closes = _clore_obsoletes(existantes.cle[a_clore].tolist())
        creees = ecriture.creer(tableau, ecriture.encore_possibles(tableau, paires, postes, candidats), le)
    if reserver:
        ecriture.ranger_reserves(tableau, resultat.reserve)
    if annoncer:
        notifications.annoncer_fin(closes)
        notifications.annoncer_propositions(creees)
    return Fait(closes, creees)


def _cles(a_clore: np.ndarray, cles: np.ndarray, lignes: np.ndarray) -> np.ndarray:
    return np.concatenate((a_clore, cles[lignes]))


def _relire(cles: Sequence[int]) -> list[MiseEnRelation]:
    return list(
        MiseEnRelation.objects.filter(pk__in=cles).select_related(*LIES_RELATION, "candidat__commune").order_by("pk")
    )


def _proposer_suivants(poste: Poste, suivants: list[reserve.Suivant], le: date) -> list[MiseEnRelation]:
    """Under the candidates' locks, those who may still be proposed; whoever was lost meanwhile is replaced next."""
    cles = [suivant.candidat_id for suivant in suivants]
    ecriture.verrouiller(Candidat, np.array(cles))
    retenus = reserve.eligibles(poste, cles, le)
    creees = MiseEnRelation.objects.bulk_create(
        MiseEnRelation(
            poste=poste,
            candidat_id=suivant.candidat_id,
            origine=Origine.MOTEUR,
            distance_km=round(suivant.distance, 3),
            score=suivant.note.score,
            explication=[critere.en_dict() for critere in suivant.note.criteres],
        )
        for suivant in retenus
    )
    cles_creees = [paire.pk for paire in creees]
    historiser(MiseEnRelation, cles_creees, creation=True, acteur=SYSTEME, motif=ecriture.MOTIF)
    if len(retenus) < len(suivants):
        suites.poste_a_completer(poste.pk)
    notifications.annoncer_propositions(cles_creees)
    return _relire(cles_creees)


# --- ending ---------------------------------------------------------------------------------------------------------


def _clore_obsoletes(cles: list[int]) -> list[MiseEnRelation]:
    """R51, R55: undecided pairs of the engine that R46 no longer allows; nobody's decision is touched."""
    closes: list[MiseEnRelation] = []
    for debut in range(0, len(cles), LOT):
        # Under lock, those that somebody has decided on meanwhile are left alone.
        closes += _clore_lot(
            verrouiller_vivantes(
                pk__in=cles[debut : debut + LOT],
                etat=EtatMiseEnRelation.NOUVELLE,
                origine=Origine.MOTEUR,
                interet_candidat_le__isnull=True,
            )
        )
    return closes


def _clore_lot(paires: list[MiseEnRelation]) -> list[MiseEnRelation]:
    """`communs.clore` on many pairs at once; a new one has no interview to cancel."""
    for paire in paires:
        MACHINE_MISE_EN_RELATION.franchir(paire, "clore", acteur=SYSTEME)
        paire.motif, paire.modifie_le = MotifCloture.CRITERES, paire.etat_le
    champs = ["etat", "etat_le", "etat_par", "etat_role", "motif", "modifie_le"]
    MiseEnRelation.objects.bulk_update(paires, champs, batch_size=LOT)
    historiser(MiseEnRelation, [paire.pk for paire in paires], acteur=SYSTEME, motif=str(MotifCloture.CRITERES.label))
    return paires


def _bilan(tableau: colonnes.Tableau, creees: int, closes: list[Any], duree: float) -> Bilan:
    libres = Poste.objects.a_pourvoir()
    complets = (
        MiseEnRelation.objects.du_moteur()
        .filter(poste__in=libres)
        .order_by()
        .values("poste_id")
        .annotate(n=Count("pk"))
        .filter(n__gte=regles.PROPOSITIONS_PAR_POSTE)
    )
    return Bilan(
        postes=len(tableau.postes),
        postes_a_pourvoir=libres.count(),
        candidats=len(tableau.candidats),
        paires_creees=creees,
        postes_avec_3=complets.count(),
        paires_closes=len(closes),
        duree_s=round(duree, 3),
    )
