"""Verbs of the agenda: applications to examine, requests for more posts, decisions to correct (R26, R28, R29)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite
from portal.commun.verbes import verbe
from structures import droits
from structures.actions.candidatures import refuser_doublon
from structures.actions.concertation import ETATS_A_EXAMINER, verrouiller_candidature
from structures.actions.tenue import verrouiller_comite
from structures.enums import EtatCandidature, EtatComite, EtatDemande, NatureLigne
from structures.models import Candidature, Comite, DemandePostes, LigneComite, Poste

# R26: what was decided and may be decided anew.
ETATS_A_CORRIGER = frozenset({EtatCandidature.RETENUE, EtatCandidature.ACTIVEE, EtatCandidature.REFUSEE})


@verbe
def inscrire(*, acteur: Acteur, comite: Comite, candidature: Candidature) -> LigneComite:
    """R26: put an application on the agenda, with or without an opinion."""
    droits.INSCRIRE.exiger(acteur)
    comite = verrouiller_comite(comite)
    candidature = verrouiller_candidature(candidature)
    if candidature.campagne_id != comite.campagne_id:
        raise RegleNonRespectee("R26", "Cette candidature appartient à une autre campagne.", "candidature")
    if candidature.etat not in ETATS_A_EXAMINER:
        raise TransitionInterdite(
            f"Cette candidature ne peut pas être examinée : elle est « {candidature.etat_institution} »."
        )
    _exiger_libre(candidature)
    return LigneComite.objects.create(comite=comite, candidature=candidature)


@verbe
def inscrire_lot(*, acteur: Acteur, comite: Comite, candidatures: Iterable[Candidature]) -> list[LigneComite]:
    """R26: build the agenda at once; what is already on an agenda or can no longer be examined is left out."""
    droits.INSCRIRE_LOT.exiger(acteur)
    comite = verrouiller_comite(comite)
    verrouillees = list(
        Candidature.objects.a_examiner()
        .filter(campagne=comite.campagne_id, pk__in=[candidature.pk for candidature in candidatures])
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    # Read once the applications are locked: another committee may just have taken one.
    deja = set(_occupees().filter(candidature__in=verrouillees).values_list("candidature", flat=True))
    return [
        LigneComite.objects.create(comite=comite, candidature=candidature)
        for candidature in verrouillees
        if candidature.pk not in deja
    ]


@verbe
def inscrire_demande(*, acteur: Acteur, comite: Comite, demande: DemandePostes) -> LigneComite:
    """R29: a request for more posts, with or without the prefecture's opinion."""
    droits.INSCRIRE_DEMANDE.exiger(acteur)
    comite = verrouiller_comite(comite)
    candidature = verrouiller_candidature(demande.candidature)
    demande = DemandePostes.objects.select_for_update(of=("self",), no_key=True).get(pk=demande.pk)
    if demande.campagne_id != comite.campagne_id:
        raise RegleNonRespectee("R26", "Cette demande porte sur une autre campagne.", "demande")
    if demande.etat != EtatDemande.EN_COURS:
        etat = demande.get_etat_display().lower()
        raise TransitionInterdite(f"Cette demande de postes n’est plus à examiner : elle est « {etat} ».")
    if candidature.etat != EtatCandidature.ACTIVEE:
        raise TransitionInterdite(
            f"La candidature de cette structure est « {candidature.etat_institution} » : "
            "une structure activée seulement demande d’autres postes."
        )
    _exiger_libre(candidature)
    return LigneComite.objects.create(comite=comite, candidature=candidature, demande=demande, nature=NatureLigne.AJOUT)


@verbe
def inscrire_correction(*, acteur: Acteur, comite: Comite, candidature: Candidature) -> LigneComite:
    """R26: an earlier decision is taken anew by another committee; the closed one does not change."""
    droits.INSCRIRE_CORRECTION.exiger(acteur)
    comite = verrouiller_comite(comite)
    candidature = verrouiller_candidature(candidature)
    if candidature.etat not in ETATS_A_CORRIGER:
        raise TransitionInterdite(
            f"Il n’y a pas de décision à corriger : cette candidature est « {candidature.etat_institution} »."
        )
    postes = Poste.objects.comptes().filter(candidature=candidature, campagne=comite.campagne_id)
    if candidature.campagne_id != comite.campagne_id and not postes.exists():
        message = "Cette candidature n’a ni décision ni poste dans la campagne de ce comité."
        raise RegleNonRespectee("R26", message, "candidature")
    if candidature.etat == EtatCandidature.REFUSEE:
        # R22: granting it would make a second live application of the same establishment.
        refuser_doublon(candidature)
    _exiger_libre(candidature)
    return LigneComite.objects.create(comite=comite, candidature=candidature, nature=NatureLigne.CORRECTION)


def inscriptibles(comite: Comite) -> QuerySet[Candidature]:
    """R26, R28: the applications of the campaign that wait for a decision and are on no agenda being prepared."""
    libres = Candidature.objects.a_examiner().filter(campagne=comite.campagne_id)
    return libres.exclude(pk__in=_occupees().values("candidature"))


def demandes_inscriptibles(comite: Comite) -> QuerySet[DemandePostes]:
    """R29: the requests of the campaign that wait for a decision and are on no agenda being prepared."""
    return DemandePostes.objects.filter(
        campagne=comite.campagne_id, etat=EtatDemande.EN_COURS, candidature__etat=EtatCandidature.ACTIVEE
    ).exclude(candidature__in=_occupees().values("candidature"))


def corrigibles(comite: Comite) -> QuerySet[Candidature]:
    """R26: the decisions of the campaign that another committee may take anew."""
    ici = Exists(Poste.objects.comptes().filter(candidature=OuterRef("pk"), campagne=comite.campagne_id))
    decidees = Candidature.objects.filter(etat__in=ETATS_A_CORRIGER).filter(Q(campagne=comite.campagne_id) | Q(ici))
    return decidees.exclude(pk__in=_occupees().values("candidature"))


def _occupees() -> QuerySet[LigneComite]:
    """The lines of the agendas being prepared."""
    return LigneComite.objects.filter(comite__etat=EtatComite.PREPARATION)


def _exiger_libre(candidature: Candidature) -> None:
    """One thing at a time about an application, whatever its nature: two lines would decide on the same posts."""
    deja = candidature.lignes_comite.filter(comite__etat=EtatComite.PREPARATION).select_related("comite").first()
    if deja is not None:
        message = f"Cette candidature est déjà à l’ordre du jour du comité n° {deja.comite.numero}."
        raise RegleNonRespectee("R26", message, "candidature")
