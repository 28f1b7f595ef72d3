"""Verbs of the selection committee: its preparation and its decisions (R15, R26).

The agenda is in `inscriptions`, the closing in `cloture`, the activation that follows (R27) in `activation`; this
module names them all.
"""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from portal.commun.acteurs import Acteur
from portal.commun.affichage import date_longue, moment
from portal.commun.erreurs import RegleNonRespectee, exiger
from portal.commun.verbes import verbe
from structures import droits, enveloppe
from structures.actions.activation import activer
from structures.actions.campagnes import verrouiller_campagne
from structures.actions.cloture import cloturer
from structures.actions.inscriptions import (
    corrigibles,
    demandes_inscriptibles,
    inscriptibles,
    inscrire,
    inscrire_correction,
    inscrire_demande,
    inscrire_lot,
)
from structures.actions.tenue import verrouiller_comite, verrouiller_ligne
from structures.coordination import change_un_poste
from structures.enums import Decision
from structures.models import Campagne, Comite, LigneComite, Structure
from structures.ordre_du_jour import (
    a_ceder,
    attacher_postes,
    effet_de,
    engages,
    libres_du_meme_appel,
    sans_avis,
    situation_de,
    version_de,
)
from structures.regles import postes_en_mots, reste_en_mots
from structures.regles_comite import Vote, effet, verifier_cession, verifier_ligne, verifier_vote

__all__ = [
    "DecisionModifiee",
    "activer",
    "cloturer",
    "corrigibles",
    "creer_comite",
    "decider",
    "demandes_inscriptibles",
    "desinscrire",
    "inscrire",
    "inscrire_correction",
    "inscrire_demande",
    "inscrire_lot",
    "inscriptibles",
    "modifier_comite",
    "numero_propose",
    "verrouiller_comite",
]


class DecisionModifiee(RegleNonRespectee):
    """Somebody decided on the line after it was read: nothing is saved, and `ligne` is what stands now."""

    def __init__(self, ligne: LigneComite) -> None:
        self.ligne = ligne
        super().__init__("R26", _qui_a_decide(ligne))


@verbe
def creer_comite(
    *,
    acteur: Acteur,
    campagne: Campagne,
    numero: int,
    date: dt.date,
    enveloppe_postes: int,
    presidence: str = "",
) -> Comite:
    """R26, R15: a committee shares out at most what is left in the campaign."""
    droits.CREER_COMITE.exiger(acteur)
    campagne = verrouiller_campagne(campagne)
    _verifier_date(campagne, date)
    _verifier_enveloppe(campagne, enveloppe_postes)
    deja = RegleNonRespectee("R26", f"Le comité n° {numero} existe déjà : choisissez un autre numéro.", "numero")
    if Comite.objects.filter(numero=numero).exists():
        raise deja
    try:
        with transaction.atomic():
            return Comite.objects.create(
                campagne=campagne,
                numero=numero,
                date=date,
                enveloppe_postes=enveloppe_postes,
                presidence=presidence.strip(),
            )
    except IntegrityError as erreur:
        # The same number was taken in another campaign at the same moment.
        raise deja from erreur


@verbe
def modifier_comite(
    *, acteur: Acteur, comite: Comite, date: dt.date, enveloppe_postes: int, presidence: str | None = None
) -> Comite:
    """Date, envelope and who presides, while the committee is being prepared."""
    droits.MODIFIER_COMITE.exiger(acteur)
    campagne = verrouiller_campagne(comite.campagne)
    comite = verrouiller_comite(comite)
    _verifier_date(campagne, date)
    _verifier_enveloppe(campagne, enveloppe_postes)
    decides = engages(comite.lignes.all())
    if enveloppe_postes < decides:
        deja = f"{postes_en_mots(decides)} {'sont déjà décidés' if decides > 1 else 'est déjà décidé'}"
        message = f"{deja} dans ce comité : indiquez au moins ce nombre."
        raise RegleNonRespectee("R15", message, "enveloppe_postes")
    comite.date, comite.enveloppe_postes = date, enveloppe_postes
    if presidence is not None:
        comite.presidence = presidence.strip()
    comite.save()
    return comite


@verbe
def desinscrire(*, acteur: Acteur, ligne: LigneComite, motif: str = "") -> None:
    """Take a line off the agenda of a committee being prepared."""
    droits.DESINSCRIRE.exiger(acteur)
    verrouiller_comite(ligne.comite)
    verrouiller_ligne(ligne).delete()


@verbe
def decider(
    *,
    acteur: Acteur,
    ligne: LigneComite,
    decision: str,
    nb_postes: int,
    motif: str,
    structure_cedante: Structure | None = None,
    vote: Vote | None = None,
    version: str = "",
) -> LigneComite:
    """R26: the decision prepared on one line; it takes effect when the committee is closed.

    `version` is the one that the person had under the eyes: when somebody decided since, nothing is overwritten.
    """
    droits.DECIDER.exiger(acteur)
    comite = verrouiller_comite(ligne.comite)
    ligne = verrouiller_ligne(ligne)
    if version and version != version_de(ligne):
        raise DecisionModifiee(ligne)
    ligne.comite = comite
    attacher_postes(comite, [ligne])
    motif = motif.strip()
    exiger([*verifier_ligne(situation_de(ligne), decision, nb_postes, motif), *verifier_vote(vote)])
    ligne.decision, ligne.nb_postes, ligne.motif = decision, nb_postes, motif
    ligne.structure_cedante = structure_cedante if decision == Decision.RETENUE else None
    _verifier_la_cession(ligne)
    ligne.effet = effet_de(ligne)
    autres = engages(comite.lignes.exclude(pk=ligne.pk))
    if ligne.effet.variation > 0 and autres + ligne.effet.variation > comite.enveloppe_postes:
        reste = max(comite.enveloppe_postes - autres, 0)
        message = (
            f"L’enveloppe du comité est dépassée : {reste_en_mots(reste)}, cette décision en accorde "
            f"{ligne.effet.variation}."
        )
        raise RegleNonRespectee("R15", message, "nb_postes")
    ligne.variation = ligne.effet.variation
    ligne.sans_avis = sans_avis(ligne)
    ligne.voix_pour, ligne.voix_contre, ligne.abstentions = (
        (vote.pour, vote.contre, vote.abstentions) if vote else (None, None, None)
    )
    ligne.save()
    return ligne


def numero_propose() -> int:
    """The number after the last committee."""
    dernier = Comite.objects.order_by("-numero").values_list("numero", flat=True).first()
    return (dernier or 0) + 1


def _verifier_la_cession(ligne: LigneComite) -> None:
    """R25, R29: the posts are there, and not promised to another line of the same agenda."""
    cedante = ligne.structure_cedante
    if cedante is None:
        return
    candidature = ligne.candidature
    voulus = effet(
        ligne.nature,
        ligne.decision,
        ligne.nb_postes,
        actuels=ligne.postes_candidature.total,
        cede=True,
        existant=change_un_poste(candidature.cas_coordinateur),
    ).cedes
    if not voulus:
        # Nothing is taken by a correction that adds no post, nor for a post that exists already.
        ligne.structure_cedante = None
        return
    autres = list(
        ligne.comite.lignes.exclude(pk=ligne.pk)
        .filter(structure_cedante=cedante, decision=Decision.RETENUE)
        .filter(candidature__regime=candidature.regime, candidature__coordinateur=candidature.coordinateur)
        .select_related("candidature")
    )
    attacher_postes(ligne.comite, autres)
    libres = libres_du_meme_appel(candidature).filter(structure=cedante)
    promis = sum(autre.effet.cedes for autre in autres)
    exiger(
        verifier_cession(
            meme_structure=cedante.pk == candidature.structure_id,
            meme_departement=cedante.departement_id == candidature.commune.departement_id,
            # Of the applications that obtained its posts (R6): when it has none to give, that is what is told.
            meme_statut=not libres.exists()
            or libres.filter(candidature__statut_juridique=candidature.statut_juridique).exists(),
            cedante=cedante.nom,
            disponibles=max(a_ceder(candidature).filter(structure=cedante).count() - promis, 0),
            voulus=voulus,
        )
    )


def _qui_a_decide(ligne: LigneComite) -> str:
    """« Nina Roux a décidé à 14 h 32… » : who was faster, and that nothing of theirs is lost."""
    trace = ligne.history.select_related("history_user").first()
    qui = str(trace.history_user) if trace and trace.history_user else "Quelqu’un"
    return (
        f"{qui} a enregistré une décision sur cette ligne le {moment(ligne.modifie_le)}, pendant que vous la "
        "lisiez. Rien de votre saisie n’est enregistré : comparez, puis enregistrez de nouveau si la vôtre doit la "
        "remplacer."
    )


def _verifier_date(campagne: Campagne, date: dt.date) -> None:
    """R26, R1: the deadlines to recruit are counted from it; a wrong year would make every post late at once."""
    if date < campagne.ouvre_le:
        message = f"La campagne ouvre le {date_longue(campagne.ouvre_le)} : son comité ne peut pas se réunir avant."
        raise RegleNonRespectee("R26", message, "date")


def _verifier_enveloppe(campagne: Campagne, enveloppe_postes: int) -> None:
    reste = max(enveloppe.reste(campagne).postes, 0)
    # When nothing is left, a committee may still refuse, correct, and move posts between structures.
    if enveloppe_postes < 1 and (reste or enveloppe_postes < 0):
        raise RegleNonRespectee("R15", "Indiquez le nombre de postes à répartir : au moins un.", "enveloppe_postes")
    if enveloppe_postes > reste:
        debut = reste_en_mots(reste)
        message = (
            f"{debut[0].upper()}{debut[1:]} dans l’enveloppe de la campagne : le comité ne peut pas en répartir plus."
        )
        raise RegleNonRespectee("R15", message, "enveloppe_postes")
