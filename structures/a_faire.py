"""What waits for an institution, as conditions: the same ones count on the home page and filter the lists (§2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from portal.commun.roles import Role
from structures.actions.concertation import ETATS_A_EXAMINER
from structures.enums import EtatCandidature, EtatChangement, EtatComite, EtatDemande
from structures.models import Avis, LigneComite

PREFECTURE = frozenset({Role.PREFECTURE})
ANCT = frozenset({Role.ANCT})


@dataclass(frozen=True, slots=True)
class Tache:
    """A kind of work: who does it, the rows that it counts, its words in the filter and on the home page."""

    cle: str
    roles: frozenset[Role]
    condition: Callable[[], Q]
    filtre: str
    un: str
    plusieurs: str


def _avis() -> Exists:
    return Exists(Avis.objects.filter(candidature=OuterRef("pk"), en_vigueur=True))


def _avis_depuis_le_reexamen() -> Exists:
    # Any version since: one that only ranks is no answer to the request, nor does it undo the answer.
    return Exists(
        Avis.objects.filter(candidature=OuterRef("pk"), classement=False, rendu_le__gte=OuterRef("reexamen_demande_le"))
    )


def _a_un_ordre_du_jour() -> Exists:
    return Exists(LigneComite.objects.filter(candidature=OuterRef("pk"), comite__etat=EtatComite.PREPARATION))


def sans_avis() -> Q:
    """R25: to be examined, and the prefecture has said nothing yet."""
    return Q(etat__in=ETATS_A_EXAMINER) & ~Q(_avis())


def avis_a_revoir() -> Q:
    """R28: a re-examination was asked after the opinion."""
    demande = Q(etat=EtatCandidature.DEPOSEE, reexamen_demande_le__isnull=False)
    return demande & Q(_avis()) & ~Q(_avis_depuis_le_reexamen())


def a_corriger() -> Q:
    """R31: handed back, the structure has not answered yet."""
    return Q(etat=EtatCandidature.A_CORRIGER)


def reexamen_a_inscrire() -> Q:
    """R28: asked for, and on no agenda yet."""
    demande = Q(etat=EtatCandidature.DEPOSEE, reexamen_demande_le__isnull=False)
    return demande & ~Q(_a_un_ordre_du_jour())


def a_inscrire() -> Q:
    """R26: waits for a decision and is on no agenda; re-examinations have their own line."""
    reexamen = Q(etat=EtatCandidature.DEPOSEE, reexamen_demande_le__isnull=False)
    return Q(etat__in=ETATS_A_EXAMINER) & ~reexamen & ~Q(_a_un_ordre_du_jour())


def statut_a_trancher() -> Q:
    """R21: the applicant contests the legal kind, and ANCT has not settled it before the decision."""
    etats = [*ETATS_A_EXAMINER, EtatCandidature.A_CORRIGER]
    return Q(etat__in=etats, statut_tranche_le__isnull=True) & ~Q(contestation_statut="")


def a_activer() -> Q:
    """R27: granted by a closed committee, without its space."""
    return Q(etat=EtatCandidature.RETENUE)


def _seance_passee() -> Q:
    return Q(etat=EtatComite.PREPARATION, date__lte=timezone.localdate())


def _lignes() -> Exists:
    return Exists(LigneComite.objects.filter(comite=OuterRef("pk")))


def _lignes_a_decider() -> Exists:
    return Exists(LigneComite.objects.filter(comite=OuterRef("pk"), decision=""))


def comite_a_cloturer() -> Q:
    """R26: it has met and every line is decided."""
    return _seance_passee() & Q(_lignes()) & ~Q(_lignes_a_decider())


def comite_a_completer() -> Q:
    """R26: it has met, and its agenda is empty or lacks decisions."""
    return _seance_passee() & (~Q(_lignes()) | Q(_lignes_a_decider()))


def demande_sans_avis() -> Q:
    """R25, R29: more posts are asked, and the prefecture has said nothing yet."""
    return Q(etat=EtatDemande.EN_COURS, avis_sens="")


def demande_a_inscrire() -> Q:
    """R26, R29: waits for a decision and is on no agenda."""
    inscrite = Exists(LigneComite.objects.filter(demande=OuterRef("pk"), comite__etat=EtatComite.PREPARATION))
    return Q(etat=EtatDemande.EN_COURS) & ~Q(inscrite)


def changement_a_verifier() -> Q:
    """R21: another establishment is asked, with its proof."""
    return Q(etat=EtatChangement.DEMANDE)


CANDIDATURES = (
    Tache(
        "avis",
        PREFECTURE,
        sans_avis,
        "Avis à rendre",
        "candidature attend votre avis",
        "candidatures attendent votre avis",
    ),
    Tache(
        "avis-reexamen",
        PREFECTURE,
        avis_a_revoir,
        "Avis à revoir après une demande de réexamen",
        "demande de réexamen depuis votre avis",
        "demandes de réexamen depuis votre avis",
    ),
    Tache(
        "correction",
        PREFECTURE,
        a_corriger,
        "Rendues pour correction",
        "candidature rendue pour correction attend la réponse de la structure",
        "candidatures rendues pour correction attendent la réponse des structures",
    ),
    Tache(
        "statut",
        ANCT,
        statut_a_trancher,
        "Statut juridique à trancher",
        "statut juridique à trancher : la structure conteste son classement",
        "statuts juridiques à trancher : les structures contestent leur classement",
    ),
    Tache(
        "activer",
        ANCT,
        a_activer,
        "Retenues, à activer",
        "candidature retenue à activer",
        "candidatures retenues à activer",
    ),
    Tache(
        "reexamen",
        ANCT,
        reexamen_a_inscrire,
        "Réexamens à inscrire à un comité",
        "demande de réexamen à inscrire à un comité",
        "demandes de réexamen à inscrire à un comité",
    ),
    Tache(
        "inscrire",
        ANCT,
        a_inscrire,
        "À inscrire à un comité",
        "candidature à inscrire à un comité",
        "candidatures à inscrire à un comité",
    ),
)
COMITES = (
    Tache(
        "cloturer",
        ANCT,
        comite_a_cloturer,
        "À clôturer",
        "comité à clôturer : sa séance est passée et tout est décidé",
        "comités à clôturer : leur séance est passée et tout est décidé",
    ),
    Tache(
        "completer",
        ANCT,
        comite_a_completer,
        "Séance passée, décisions à saisir",
        "comité dont la séance est passée attend des décisions",
        "comités dont la séance est passée attendent des décisions",
    ),
)
DEMANDES = (
    Tache(
        "avis-demande",
        PREFECTURE,
        demande_sans_avis,
        "Avis à donner",
        "demande de postes attend votre avis",
        "demandes de postes attendent votre avis",
    ),
    Tache(
        "inscrire-demande",
        ANCT,
        demande_a_inscrire,
        "À inscrire à un comité",
        "demande de postes à inscrire à un comité",
        "demandes de postes à inscrire à un comité",
    ),
)
CHANGEMENTS = (
    Tache(
        "verifier",
        ANCT,
        changement_a_verifier,
        "À vérifier",
        "changement d’établissement à vérifier",
        "changements d’établissement à vérifier",
    ),
)
