"""What the lists show, in a constant number of queries (R50)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone

from candidats import acces
from candidats.enums import (
    ETATS_OUVERTS,
    ETATS_VALIDES,
    ETATS_VIVANTS,
    LIBELLES_CANDIDAT,
    EtatCandidat,
    EtatEntretien,
    EtatInvitation,
    EtatMiseEnRelation,
)
from candidats.models import Candidat, Entretien, InvitationCandidat, MiseEnRelation
from portal.commun.acteurs import Acteur
from structures.models import Poste

_E = EtatMiseEnRelation


@dataclass(frozen=True)
class Onglet:
    """One tab of R50: its states, and what to do when it is empty."""

    cle: str
    libelle: str
    etats: tuple[str, ...]
    vide: str


ONGLETS = (
    Onglet(
        "nouvelles",
        "Nouvelles",
        (_E.NOUVELLE,),
        "Aucune nouvelle proposition. Le portail cherche chaque nuit, et dès qu’un profil correspond : nous vous "
        "écrirons. Vous connaissez déjà une personne ? Invitez-la.",
    ),
    Onglet(
        "preselectionnees",
        "Présélectionnées",
        (_E.PRESELECTIONNEE,),
        "Aucun profil présélectionné. Présélectionnez les profils qui vous intéressent dans « Nouvelles ».",
    ),
    Onglet(
        "entretiens",
        "Entretiens",
        (_E.ENTRETIEN,),
        "Aucun entretien. Proposez une date depuis la fiche d’une personne.",
    ),
    Onglet(
        "validee",
        "Validée",
        (_E.VALIDEE,),
        "Aucune candidature validée. Après vos entretiens, validez la personne que vous recrutez.",
    ),
    Onglet("recrutees", "Recrutées", (_E.RECRUTEE,), "Aucune personne recrutée : elle l’est au départ en formation."),
    Onglet(
        "ecartees",
        "Écartées",
        (_E.ECARTEE, _E.DECLINEE, _E.CADUQUE),
        "Aucune candidature écartée, déclinée ou close.",
    ),
)
ONGLET_PAR_CLE = {onglet.cle: onglet for onglet in ONGLETS}
# Best first where a choice is made, latest first elsewhere.
_PAR_SCORE = ("poste__numero", "-score", "pk")
_PAR_DATE = ("-etat_le", "pk")


def candidatures(acteur: Acteur, poste: Poste | None = None) -> QuerySet[MiseEnRelation]:
    """The pairs of a structure, of all its posts or of one."""
    visibles = acces.mises_en_relation_visibles_par(acteur)
    return visibles.filter(poste=poste) if poste is not None else visibles


def de_l_onglet(paires: QuerySet[MiseEnRelation], onglet: Onglet) -> QuerySet[MiseEnRelation]:
    """The rows of a tab with all that a card shows."""
    ordre = _PAR_SCORE if set(onglet.etats) <= set(ETATS_VIVANTS) else _PAR_DATE
    return avec_details(paires.filter(etat__in=onglet.etats)).order_by(*ordre)


def avec_details(paires: QuerySet[MiseEnRelation]) -> QuerySet[MiseEnRelation]:
    ailleurs = MiseEnRelation.objects.filter(candidat=OuterRef("candidat"), etat__in=ETATS_VALIDES).exclude(
        pk=OuterRef("pk")
    )
    return (
        paires.select_related("poste__structure__commune", "candidat__utilisateur", "candidat__commune__departement")
        .prefetch_related(Prefetch("entretiens", Entretien.objects.order_by("-debut", "-pk")))
        .annotate(valide_ailleurs=Exists(ailleurs))
    )


def compter(paires: QuerySet[MiseEnRelation]) -> list[tuple[Onglet, int]]:
    """Each tab with its number, in one query."""
    par_etat = dict(paires.order_by().values_list("etat").annotate(n=Count("pk")))
    return [(onglet, sum(par_etat.get(etat, 0) for etat in onglet.etats)) for onglet in ONGLETS]


def invitations_en_attente(acteur: Acteur) -> QuerySet[InvitationCandidat]:
    """R49: the people invited who are not registered yet."""
    return (
        acces.invitations_visibles_par(acteur)
        .filter(etat=EtatInvitation.ENVOYEE)
        .select_related("poste")
        .order_by("-cree_le", "-pk")
    )


def entretien_ouvert(paire: MiseEnRelation) -> Entretien | None:
    """The interview accepted, or the first slot proposed, among those already read; with its `creneaux`.

    A proposal whose days have gone by shows its last one: what became of it is still to be noted.
    """
    creneaux = sorted((e for e in paire.entretiens.all() if e.etat in ETATS_OUVERTS), key=lambda e: (e.debut, e.pk))
    if not creneaux:
        return None
    maintenant = timezone.now()
    premier = next((e for e in creneaux if e.debut > maintenant), creneaux[-1])
    premier.creneaux = creneaux
    return premier


def dernier_mot(paire: MiseEnRelation) -> Entretien | None:
    """R51: the last slot that the candidate turned down with a word, while nothing else is proposed."""
    refuses = [e for e in paire.entretiens.all() if e.etat == EtatEntretien.ANNULE and e.mot]
    return max(refuses, key=lambda e: e.etat_le) if refuses and entretien_ouvert(paire) is None else None


def absences(paire: MiseEnRelation) -> list[Entretien]:
    """R52: the interviews to which the person did not come, latest first."""
    return [entretien for entretien in paire.entretiens.all() if entretien.etat == EtatEntretien.ABSENT]


def rencontres(poste: Poste, *, sauf: MiseEnRelation | None = None) -> int:
    """R52: how many people the structure has seen, or is about to see, for this post."""
    return (
        Entretien.objects.filter(mise_en_relation__poste=poste)
        .exclude(mise_en_relation=sauf)
        .exclude(etat__in=[EtatEntretien.ANNULE, EtatEntretien.ABSENT])
        .values("mise_en_relation")
        .distinct()
        .count()
    )


def situations(candidat: Candidat) -> list[str]:
    """R40 in words, for a structure."""
    return [
        libelle
        for vrai, libelle in (
            (candidat.recherche_emploi, "Cherche un emploi"),
            (candidat.en_emploi, "En emploi"),
            (candidat.en_formation, "En formation"),
            (candidat.diplome, f"Diplôme : {candidat.diplome_nom}"),
        )
        if vrai
    ]


# Which changes a person reads: who set what, when; never the words of the other side.
def historique(paire: MiseEnRelation) -> list[dict[str, Any]]:
    """The states that a pair went through, oldest first."""
    lignes = []
    precedent = None
    for ligne in paire.history.order_by("history_date", "history_id").values("history_date", "etat"):
        if ligne["etat"] != precedent:
            etat = EtatMiseEnRelation(ligne["etat"])
            lignes.append(
                {"le": ligne["history_date"], "libelle": etat.label, "libelle_candidat": LIBELLES_CANDIDAT[etat]}
            )
            precedent = ligne["etat"]
    return lignes


# --- the candidate's own pages --------------------------------------------------------------------------------------


def propositions_de(candidat: Candidat) -> tuple[list[MiseEnRelation], list[MiseEnRelation]]:
    """R51: what is going on, and what is over; two queries."""
    paires = (
        MiseEnRelation.objects.filter(candidat=candidat)
        .select_related("poste__structure__commune", "poste__structure__organisation")
        .prefetch_related(Prefetch("entretiens", Entretien.objects.order_by("-debut", "-pk")))
        .order_by("-etat_le", "-pk")
    )
    en_cours, passees = [], []
    for paire in paires:
        paire.candidat = candidat
        paire.prochain_entretien = entretien_ouvert(paire)
        (en_cours if paire.vivante or paire.validee else passees).append(paire)
    return en_cours, passees


def suite_pour(candidat: Candidat, en_cours: list[MiseEnRelation]) -> str:
    """What happens next, in one sentence."""
    if candidat.etat == EtatCandidat.A_CONFIRMER:
        return "Ouvrez le lien reçu par courriel pour confirmer votre adresse : votre profil sera alors proposé."
    # A validation also makes the profile unavailable: what comes next is said first.
    if any(paire.etat == _E.VALIDEE for paire in en_cours):
        return (
            "Une structure a validé votre candidature : elle prépare le dossier de subvention et votre contrat ; "
            "l’organisme de formation vous propose un test de positionnement."
        )
    if candidat.etat == EtatCandidat.INDISPONIBLE:
        return "Votre profil n’est plus proposé. Indiquez que vous êtes de nouveau disponible quand vous le souhaitez."
    if candidat.etat == EtatCandidat.RETIRE:
        return "Vous vous êtes retiré. Vous pouvez revenir à tout moment."
    if candidat.etat == EtatCandidat.RECRUTE:
        return "Votre recrutement est enregistré : suivez votre formation dans l’onglet « Ma formation »."
    entretiens = [p.prochain_entretien for p in en_cours if p.prochain_entretien]
    a_venir = [entretien for entretien in entretiens if entretien.debut >= timezone.now()]
    if any(entretien.etat == EtatEntretien.PROPOSE for entretien in a_venir):
        return "Une structure vous propose un entretien : acceptez-le, ou dites que la date ne vous convient pas."
    if a_venir:
        return "Votre entretien est confirmé. La structure vous dira ensuite ce qu’elle décide."
    if en_cours:
        return "Dites si les postes proposés vous intéressent. Les structures peuvent vous contacter directement."
    return (
        "Le portail cherche chaque nuit des postes qui correspondent à vos souhaits et vous écrit dès qu’il en trouve. "
        "Une mobilité plus large augmente vos chances."
    )
