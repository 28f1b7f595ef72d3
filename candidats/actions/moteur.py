"""The engine's verbs (R46 to R48, R55): the national run, the next best for one post, one post or candidate seen again.

All of them read columns, let `candidats.appariement` choose, then write under lock: posts, then candidates, by key.
What was read without a lock is checked again under it, so that nothing decided meanwhile is contradicted. One
transaction holds the pairs, their history and their mails: stopped at any moment, the run has happened or not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from time import perf_counter
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from candidats import appariement, colonnes, notifications, regles, suites
from candidats.actions.communs import LIES_CANDIDAT, LIES_POSTE, SYSTEME, verrouiller_vivantes
from candidats.enums import ETATS_VALIDES, EtatCandidat, EtatMiseEnRelation, MotifCloture, Origine
from candidats.etats import MACHINE_MISE_EN_RELATION
from candidats.models import Candidat, MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse
from portal.commun.historique import historiser
from portal.commun.roles import Role
from portal.commun.taches import cle_de_verrou
from portal.commun.verbes import verbe
from portal.commun.verrous import toutes_sous_verrou
from structures.enums import EtatPoste
from structures.models import Poste

LOT = 2000
VERROU = "candidats.moteur"
MOTIF = "Appariement"


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
    closes, creees = _executer(tableau, colonnes.lire_paires(), le, annoncer)
    return _bilan(tableau, creees, closes, perf_counter() - debut)


@verbe
def completer_poste(*, acteur: Acteur, poste: Poste, le: date | None = None) -> list[MiseEnRelation]:
    """R47: the next best candidates of one post, at once."""
    _exiger_moteur(acteur)
    poste = Poste.objects.select_related("structure__commune").get(pk=poste.pk)
    if poste.etat != EtatPoste.A_POURVOIR:
        return []
    le = le or timezone.localdate()
    tableau = colonnes.lire(Q(pk=poste.pk), colonnes.autour(poste))
    # Candidates out of reach are not read: closing is not for this verb.
    return _executer(tableau, colonnes.lire_paires(Q(poste=poste.pk)), le, annoncer=True, clore=False)[1]


@verbe
def reexaminer_candidat(*, acteur: Acteur, candidat: Candidat, le: date | None = None) -> list[MiseEnRelation]:
    """R55: after a confirmation, an edit, a return: pairs that no longer hold are closed, new ones are made."""
    _exiger_moteur(acteur)
    le = le or timezone.localdate()
    tableau = colonnes.lire(candidats=Q(pk=candidat.pk))
    closes, creees = _executer(tableau, colonnes.lire_paires(Q(candidat=candidat.pk)), le, annoncer=True)
    for poste_id in sorted({paire.poste_id for paire in closes}):
        suites.poste_a_completer(poste_id)
    return creees


@verbe
def reexaminer_poste(*, acteur: Acteur, poste: Poste, le: date | None = None) -> list[MiseEnRelation]:
    """R46, R55: after its places of work changed: undecided pairs that no longer hold are closed, new ones are made."""
    _exiger_moteur(acteur)
    poste = Poste.objects.select_related("structure__commune").get(pk=poste.pk)
    le = le or timezone.localdate()
    du_poste = MiseEnRelation.objects.filter(poste=poste).values("candidat")
    tableau = colonnes.lire(Q(pk=poste.pk), colonnes.autour(poste) | Q(pk__in=du_poste))
    return _executer(tableau, colonnes.lire_paires(Q(poste=poste.pk)), le, annoncer=True)[1]


def _exiger_moteur(acteur: Acteur) -> None:
    if not acteur.est(Role.SYSTEME, Role.ANCT):
        raise AccesRefuse("Seuls le portail et l’ANCT lancent les mises en relation.")


def _executer(
    tableau: colonnes.Tableau,
    existantes: colonnes.PairesExistantes,
    le: date,
    annoncer: bool,
    *,
    clore: bool = True,
) -> tuple[list[MiseEnRelation], list[MiseEnRelation]]:
    """What ends and what is proposed, chosen without a lock, then written under the locks in their order."""
    a_clore = colonnes.obsoletes(tableau, existantes, le) if clore else []
    tableau.retirer(existantes, a_clore)
    choisies = appariement.apparier(tableau.postes, tableau.candidats, colonnes.interdites(tableau, existantes), le)
    if not len(choisies) and not len(a_clore):
        return [], []
    postes = _postes_verrouilles({*tableau.cles_postes[choisies.poste].tolist(), *existantes.poste[a_clore].tolist()})
    candidats = _candidats_verrouilles(
        {*tableau.cles_candidats[choisies.candidat].tolist(), *existantes.candidat[a_clore].tolist()}
    )
    closes = _clore_obsoletes(existantes.cle[a_clore].tolist())
    creees = _ecrire(_sous_verrou(_mises_en_relation(tableau, choisies, postes, candidats, le)))
    if annoncer:
        notifications.annoncer_fin(closes)
        notifications.annoncer_propositions(creees)
    return closes, creees


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


# --- proposing ------------------------------------------------------------------------------------------------------


def _postes_verrouilles(cles: set[int]) -> dict[int, Poste]:
    """The posts still free, under lock."""
    postes = toutes_sous_verrou(Poste.objects.filter(pk__in=cles), *LIES_POSTE)
    return {poste.pk: poste for poste in postes if poste.etat == EtatPoste.A_POURVOIR}


def _candidats_verrouilles(cles: set[int]) -> dict[int, Candidat]:
    """The candidates still available, under lock."""
    candidats = toutes_sous_verrou(Candidat.objects.filter(pk__in=cles), *LIES_CANDIDAT)
    return {candidat.pk: candidat for candidat in candidats if candidat.etat == EtatCandidat.DISPONIBLE}


def _mises_en_relation(
    tableau: colonnes.Tableau,
    choisies: appariement.Paires,
    postes: dict[int, Poste],
    candidats: dict[int, Candidat],
    le: date,
) -> list[MiseEnRelation]:
    """R48: each pair with its score and its explanation; those whose post or candidate was lost are left out."""
    objets = []
    for ligne_p, ligne_c, distance in zip(
        choisies.poste.tolist(), choisies.candidat.tolist(), choisies.distance.tolist(), strict=True
    ):
        poste = postes.get(int(tableau.cles_postes[ligne_p]))
        candidat = candidats.get(int(tableau.cles_candidats[ligne_c]))
        if poste is None or candidat is None:
            continue
        note = regles.noter(tableau.faits_candidat(ligne_c), tableau.faits_postes[ligne_p], distance, le)
        objets.append(
            MiseEnRelation(
                poste=poste,
                candidat=candidat,
                origine=Origine.MOTEUR,
                distance_km=round(distance, 3),
                score=note.score,
                explication=[critere.en_dict() for critere in note.criteres],
            )
        )
    return objets


def _sous_verrou(objets: list[MiseEnRelation]) -> list[MiseEnRelation]:
    """What was read before the locks, checked again: caps of R47 and R48, pairs made meanwhile, validations."""
    postes, candidats = {o.poste_id for o in objets}, {o.candidat_id for o in objets}
    concernees = Q(poste__in=postes) & Q(candidat__in=candidats)
    deja = set(
        MiseEnRelation.objects.filter(concernees)
        .exclude(etat=EtatMiseEnRelation.CADUQUE)
        .values_list("poste_id", "candidat_id")
    )
    moteur = MiseEnRelation.objects.du_moteur().order_by()
    du_poste = Counter(dict(moteur.filter(poste__in=postes).values_list("poste_id").annotate(Count("pk"))))
    du_candidat = Counter(dict(moteur.filter(candidat__in=candidats).values_list("candidat_id").annotate(Count("pk"))))
    valides = set(
        MiseEnRelation.objects.filter(etat__in=ETATS_VALIDES, candidat__in=candidats).values_list(
            "candidat_id", flat=True
        )
    )
    gardes = []
    for objet in objets:
        libre = regles.places_a_pourvoir(du_poste[objet.poste_id]) and not regles.candidat_sature(
            du_candidat[objet.candidat_id]
        )
        if libre and objet.candidat_id not in valides and (objet.poste_id, objet.candidat_id) not in deja:
            du_poste[objet.poste_id] += 1
            du_candidat[objet.candidat_id] += 1
            gardes.append(objet)
    return gardes


def _ecrire(objets: list[MiseEnRelation]) -> list[MiseEnRelation]:
    """Pairs and their history rows, in bulk."""
    creees = MiseEnRelation.objects.bulk_create(objets, batch_size=LOT)
    historiser(MiseEnRelation, [paire.pk for paire in creees], creation=True, acteur=SYSTEME, motif=MOTIF)
    return creees


def _bilan(tableau: colonnes.Tableau, creees: list[Any], closes: list[Any], duree: float) -> Bilan:
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
        paires_creees=len(creees),
        postes_avec_3=complets.count(),
        paires_closes=len(closes),
        duree_s=round(duree, 3),
    )
