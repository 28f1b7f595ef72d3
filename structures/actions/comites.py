"""Verbs of the selection committee: its preparation, its agenda, its decisions (R15, R26).

The closing is in `cloture`, the activation that follows (R27) in `activation`; this module names them all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite, exiger
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from structures import enveloppe
from structures.actions.activation import activer
from structures.actions.campagnes import verrouiller_campagne
from structures.actions.cloture import cloturer
from structures.actions.concertation import ETATS_A_EXAMINER, verrouiller_candidature
from structures.enums import Decision, EtatComite
from structures.models import Campagne, Candidature, Comite, LigneComite
from structures.regles import postes_en_mots, reste_en_mots, verifier_decision

__all__ = [
    "activer",
    "cloturer",
    "creer_comite",
    "decider",
    "desinscrire",
    "inscrire",
    "inscrire_lot",
    "inscriptibles",
    "modifier_comite",
    "numero_propose",
    "verrouiller_comite",
]


@verbe
def creer_comite(*, acteur: Acteur, campagne: Campagne, numero: int, date: dt.date, enveloppe_postes: int) -> Comite:
    """R26, R15: a committee shares out at most what is left in the campaign."""
    _exiger_anct(acteur)
    campagne = verrouiller_campagne(campagne)
    _verifier_enveloppe(campagne, enveloppe_postes)
    deja = RegleNonRespectee("R26", f"Le comité n° {numero} existe déjà : choisissez un autre numéro.", "numero")
    if Comite.objects.filter(numero=numero).exists():
        raise deja
    try:
        with transaction.atomic():
            return Comite.objects.create(campagne=campagne, numero=numero, date=date, enveloppe_postes=enveloppe_postes)
    except IntegrityError as erreur:
        # The same number was taken in another campaign at the same moment.
        raise deja from erreur


@verbe
def modifier_comite(*, acteur: Acteur, comite: Comite, date: dt.date, enveloppe_postes: int) -> Comite:
    """Date and envelope, while the committee is being prepared."""
    _exiger_anct(acteur)
    campagne = verrouiller_campagne(comite.campagne)
    comite = verrouiller_comite(comite)
    _verifier_enveloppe(campagne, enveloppe_postes)
    decides = sum(comite.lignes.values_list("nb_postes", flat=True))
    if enveloppe_postes < decides:
        deja = f"{postes_en_mots(decides)} {'sont déjà décidés' if decides > 1 else 'est déjà décidé'}"
        message = f"{deja} dans ce comité : indiquez au moins ce nombre."
        raise RegleNonRespectee("R15", message, "enveloppe_postes")
    comite.date, comite.enveloppe_postes = date, enveloppe_postes
    comite.save()
    return comite


@verbe
def inscrire(*, acteur: Acteur, comite: Comite, candidature: Candidature) -> LigneComite:
    """R26: put an application on the agenda, with or without an opinion."""
    _exiger_anct(acteur)
    comite = verrouiller_comite(comite)
    return _inscrire(comite, verrouiller_candidature(candidature))


@verbe
def inscrire_lot(*, acteur: Acteur, comite: Comite, candidatures: Iterable[Candidature]) -> list[LigneComite]:
    """R26: build the agenda at once; what is already on an agenda or can no longer be examined is left out."""
    _exiger_anct(acteur)
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
def desinscrire(*, acteur: Acteur, ligne: LigneComite, motif: str = "") -> None:
    """Take an application off the agenda of a committee being prepared."""
    _exiger_anct(acteur)
    verrouiller_comite(ligne.comite)
    _verrouiller_ligne(ligne).delete()


@verbe
def decider(*, acteur: Acteur, ligne: LigneComite, decision: str, nb_postes: int, motif: str) -> LigneComite:
    """R26: the decision prepared on one line; it takes effect when the committee is closed."""
    _exiger_anct(acteur)
    comite = verrouiller_comite(ligne.comite)
    ligne = _verrouiller_ligne(ligne)
    motif = motif.strip()
    exiger(verifier_decision(decision, nb_postes, motif))
    autres = sum(comite.lignes.exclude(pk=ligne.pk).values_list("nb_postes", flat=True))
    if decision == Decision.RETENUE and autres + nb_postes > comite.enveloppe_postes:
        reste = max(comite.enveloppe_postes - autres, 0)
        message = f"L’enveloppe du comité est dépassée : {reste_en_mots(reste)}, cette décision en accorde {nb_postes}."
        raise RegleNonRespectee("R15", message, "nb_postes")
    ligne.decision, ligne.nb_postes, ligne.motif = decision, nb_postes, motif
    ligne.sans_avis = not ligne.candidature.avis.filter(en_vigueur=True).exists()
    ligne.save()
    return ligne


def inscriptibles(comite: Comite) -> QuerySet[Candidature]:
    """R26: the applications of the campaign that wait for a decision and are on no agenda being prepared."""
    libres = Candidature.objects.a_examiner().filter(campagne=comite.campagne_id)
    return libres.exclude(pk__in=_occupees().values("candidature"))


def _occupees() -> QuerySet[LigneComite]:
    """The lines of the agendas being prepared."""
    return LigneComite.objects.filter(comite__etat=EtatComite.PREPARATION)


def numero_propose() -> int:
    """The number after the last committee."""
    dernier = Comite.objects.order_by("-numero").values_list("numero", flat=True).first()
    return (dernier or 0) + 1


def verrouiller_comite(comite: Comite) -> Comite:
    """The committee under lock; a closed one is immutable (R26)."""
    comite = Comite.objects.select_for_update(of=("self",), no_key=True).select_related("campagne").get(pk=comite.pk)
    if comite.etat != EtatComite.PREPARATION:
        raise TransitionInterdite(
            f"Le comité n° {comite.numero} est clos : il ne change plus. Une correction est une nouvelle décision, "
            "dans un autre comité."
        )
    return comite


def _inscrire(comite: Comite, candidature: Candidature) -> LigneComite:
    if candidature.campagne_id != comite.campagne_id:
        raise RegleNonRespectee("R26", "Cette candidature appartient à une autre campagne.", "candidature")
    if candidature.etat not in ETATS_A_EXAMINER:
        raise TransitionInterdite(
            f"Cette candidature ne peut pas être examinée : elle est « {candidature.etat_institution} »."
        )
    deja = candidature.lignes_comite.filter(comite__etat=EtatComite.PREPARATION).select_related("comite").first()
    if deja is not None:
        message = f"Cette candidature est déjà à l’ordre du jour du comité n° {deja.comite.numero}."
        raise RegleNonRespectee("R26", message, "candidature")
    return LigneComite.objects.create(comite=comite, candidature=candidature)


def _verrouiller_ligne(ligne: LigneComite) -> LigneComite:
    verrouillee = (
        LigneComite.objects.select_for_update(of=("self",), no_key=True)
        .select_related("candidature")
        .filter(pk=ligne.pk)
        .first()
    )
    if verrouillee is None:
        raise TransitionInterdite("Cette candidature a été retirée de l’ordre du jour entre-temps.")
    return verrouillee


def _verifier_enveloppe(campagne: Campagne, enveloppe_postes: int) -> None:
    if enveloppe_postes < 1:
        raise RegleNonRespectee("R15", "Indiquez le nombre de postes à répartir : au moins un.", "enveloppe_postes")
    reste = enveloppe.reste(campagne).postes
    if enveloppe_postes > reste:
        debut = reste_en_mots(max(reste, 0))
        message = (
            f"{debut[0].upper()}{debut[1:]} dans l’enveloppe de la campagne : le comité ne peut pas en répartir plus."
        )
        raise RegleNonRespectee("R15", message, "enveloppe_postes")


def _exiger_anct(acteur: Acteur) -> None:
    if not acteur.est(Role.ANCT, Role.SYSTEME):
        raise AccesRefuse("Les comités de sélection sont tenus par l’ANCT.")
