"""The queue of the Banque des Territoires: filtered in SQL, ordered by R61, each line with its clock of R2.

The order of R61 reads the regime and the requests for complements: it is computed from light rows, then only the files
of the page asked for are read in full. The number of queries does not depend on the number of files.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from portal.territoires.models import Departement
from structures.regimes import obtenir_regime
from subventions.acces import dossiers_visibles_par
from subventions.enums import EtatDossier, EtatPiece
from subventions.models import DemandeComplement, Dossier
from subventions.regles import DossierEnFile, EtatInstruction, cle_de_file
from subventions.suivi import instruction_de

A_INSTRUIRE, TOUS = "a-instruire", "tous"
MIENS, LIBRES = "miens", "libres"
LIBELLES_TRAITEMENT = [(MIENS, "Mes dossiers"), (LIBRES, "Sans gestionnaire")]
ETATS_A_INSTRUIRE = [EtatDossier.DEPOSE, EtatDossier.COMPLEMENT]
PAR_PAGE = 25


@dataclass(frozen=True)
class LigneFile:
    """A file of the queue, with its clock."""

    dossier: Dossier
    instruction: EtatInstruction
    en_retard: bool

    @property
    def echeance(self) -> dt.date | None:
        return self.instruction.echeance if self.dossier.etat == EtatDossier.DEPOSE else None


def filtrer(acteur: Acteur, filtres: Mapping[str, Any]) -> QuerySet[Dossier]:
    """The files that the filters keep; those being instructed when no state is chosen."""
    dossiers = dossiers_visibles_par(acteur)
    etat = filtres.get("etat") or A_INSTRUIRE
    if etat == A_INSTRUIRE:
        dossiers = dossiers.filter(etat__in=ETATS_A_INSTRUIRE)
    elif etat != TOUS:
        dossiers = dossiers.filter(etat=etat)
    if filtres.get("regime"):
        dossiers = dossiers.filter(poste__regime=filtres["regime"])
    if filtres.get("departement"):
        dossiers = dossiers.filter(structure__commune__departement=filtres["departement"])
    if filtres.get("traitement") == MIENS:
        dossiers = dossiers.filter(gestionnaire=acteur.utilisateur_id)
    elif filtres.get("traitement") == LIBRES:
        dossiers = dossiers.filter(gestionnaire__isnull=True)
    return dossiers.filter(_recherche(filtres.get("q") or ""))


def _recherche(texte: str) -> Q:
    """Each word must be found somewhere: number of the file, structure, SIRET, name of the person."""
    condition = Q()
    for mot in texte.split():
        un = Q(structure__nom_normalise__contains=normaliser(mot))
        un |= Q(mise_en_relation__candidat__utilisateur__nom__icontains=mot)
        un |= Q(mise_en_relation__candidat__utilisateur__prenom__icontains=mot)
        if mot.isascii() and mot.isdigit():
            un |= Q(structure__siret__startswith=mot) | Q(structure__ridet__startswith=mot)
            if len(mot) < 10:
                un |= Q(numero=int(mot))
        condition &= un
    return condition


def ordonner(dossiers: QuerySet[Dossier], aujourdhui: dt.date) -> list[int]:
    """R61: the keys of the files, the most urgent first."""
    legers = dossiers.select_related("poste", "contrat").only(
        "pk", "numero", "etat", "cree_le", "depose_le", "depart_formation_le", "poste__regime",
        "contrat__debut", "contrat__signe_le",
    )  # fmt: skip
    legers = list(legers.order_by("numero"))
    demandes = _demandes(legers)
    cles = {}
    for dossier in legers:
        instruction = instruction_de(dossier, demandes[dossier.pk], aujourdhui)
        contrat = getattr(dossier, "contrat", None)
        cles[dossier.pk] = cle_de_file(
            DossierEnFile(
                identifiant=f"{dossier.numero:09d}",
                regime=obtenir_regime(dossier.poste.regime),
                depose_le=timezone.localdate(dossier.depose_le or dossier.cree_le),
                echeance=instruction.echeance,
                recrute_le=(contrat.signe_le or contrat.debut) if contrat else None,
                entree_formation_le=dossier.depart_formation_le,
            )
        )
    return sorted(cles, key=cles.__getitem__)


def lire(cles: Sequence[int], aujourdhui: dt.date) -> list[LigneFile]:
    """The lines of these files, in this order."""
    dossiers = (
        Dossier.objects.filter(pk__in=cles)
        .select_related(
            "poste",
            "structure__commune__departement",
            "mise_en_relation__candidat__utilisateur",
            "gestionnaire",
        )
        .annotate(
            nb_a_examiner=Count("pieces", filter=Q(pieces__etat=EtatPiece.RECUE), distinct=True),
            nb_messages=Count(
                "messages",
                filter=Q(messages__lu_le__isnull=True, messages__auteur_role=Role.STRUCTURE),
                distinct=True,
            ),
        )
    )
    par_cle = {dossier.pk: dossier for dossier in dossiers}
    demandes = _demandes(list(par_cle.values()))
    lignes = []
    for cle in cles:
        dossier = par_cle[cle]
        instruction = instruction_de(dossier, demandes[cle], aujourdhui)
        en_retard = dossier.etat == EtatDossier.DEPOSE and instruction.depassee(aujourdhui)
        lignes.append(LigneFile(dossier, instruction, en_retard))
    return lignes


def departements_de_la_file(acteur: Acteur) -> list[tuple[str, str]]:
    """The départements that have files, to filter on."""
    codes = dossiers_visibles_par(acteur).values("structure__commune__departement")
    return [(d.code, f"{d.code} – {d.nom}") for d in Departement.objects.filter(code__in=codes).order_by("code")]


def _demandes(dossiers: Sequence[Dossier]) -> dict[int, list[DemandeComplement]]:
    par_dossier: dict[int, list[DemandeComplement]] = defaultdict(list)
    for demande in DemandeComplement.objects.filter(dossier__in=[dossier.pk for dossier in dossiers]):
        par_dossier[demande.dossier_id].append(demande)
    return par_dossier
