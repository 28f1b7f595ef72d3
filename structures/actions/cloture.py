"""Closing a committee (R26): every decision applied in one transaction, once, within the envelope (R15)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.db.models import Q
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.affichage import date_longue, moment
from portal.commun.documents import deposer_document
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite
from portal.commun.evenements import emettre
from portal.commun.verbes import verbe
from portal.commun.verrous import toutes_sous_verrou
from structures import courriels_decision, enveloppe
from structures.actions.campagnes import verrouiller_campagne
from structures.actions.concertation import ETATS_A_EXAMINER
from structures.actions.corrections import (
    accorder_postes,
    confier_la_coordination,
    corriger_la_decision,
    prendre_les_postes,
    reprendre_la_coordination,
    retirer_les_postes,
)
from structures.actions.inscriptions import ETATS_A_CORRIGER
from structures.actions.transferts import verrouiller_structures
from structures.enums import ETATS_POSTE_COMPTE, Decision, EtatCandidature, EtatComite, EtatDemande, NatureLigne
from structures.etats import MACHINE_CANDIDATURE, MACHINE_COMITE, MACHINE_DEMANDE
from structures.lectures import ordre_du_jour
from structures.models import Avis, Candidature, Comite, DemandePostes, LigneComite, Poste, Structure
from structures.ordre_du_jour import a_ceder, attacher_postes, dans_l_ordre_d_effet, situation_de
from structures.proces_verbal import NATURE_PROCES_VERBAL, nom_fichier, rendre_proces_verbal
from structures.regimes import obtenir_regime
from structures.regles import postes_en_mots, verifier_enveloppe
from structures.regles_comite import obstacle_au_poste_confie, obstacle_du_statut, obstacles_a_la_correction

TRANSITIONS = {Decision.RETENUE: "retenir", Decision.REFUSEE: "refuser", Decision.EXAMEN: "examiner"}
# Nothing is granted to them yet: their amount is not fixed (R21).
ETATS_A_RETENIR = frozenset({*ETATS_A_EXAMINER, EtatCandidature.REFUSEE})
TRANSITIONS_DEMANDE = {Decision.RETENUE: "accorder", Decision.REFUSEE: "refuser"}


@verbe
def cloturer(*, acteur: Acteur, comite: Comite) -> Comite:
    """R26: apply all the decisions, make the posts and the minutes, tell the structures and the prefectures.

    The campaign is locked first: two committees of one campaign are closed one after the other, so that the envelope is
    counted and taken by one at a time (R15).
    """
    campagne = verrouiller_campagne(comite.campagne)
    comite = Comite.objects.select_for_update(of=("self",), no_key=True).get(pk=comite.pk)
    comite.campagne = campagne
    _exiger_en_preparation(comite)
    MACHINE_COMITE.verifier(comite, "cloturer", acteur)
    _exiger_tenu(comite)
    lignes, structures = verrouiller_agenda(comite)
    for obstacle in obstacles(comite, lignes):
        raise RegleNonRespectee("R26", obstacle)
    verifier_enveloppe(enveloppe.totale(campagne), enveloppe.accorde(campagne), enveloppe.demande(lignes))

    postes = []
    for ligne in dans_l_ordre_d_effet(lignes):
        postes += _appliquer(acteur, comite, ligne, structures)
    MACHINE_COMITE.franchir(comite, "cloturer", acteur=acteur)
    # Taken once the lines are written: nothing in their history may be later than the closing.
    comite.clos_le = comite.etat_le
    contenu = rendre_proces_verbal(comite, lignes, clos_par=acteur.nom)
    comite.proces_verbal = deposer_document(
        acteur=acteur, contenu=contenu, nature=NATURE_PROCES_VERBAL, objet=comite, nom=nom_fichier(comite)
    )
    comite.save()
    courriels_decision.annoncer_decisions(comite, lignes)
    if postes:
        emettre("poste.accorde", postes=postes)
    return comite


def verrouiller_agenda(comite: Comite) -> tuple[list[LigneComite], Mapping[int, Structure]]:
    """The agenda under lock, in order: lines, applications, structures by key, requests; then the posts, whose state
    nobody may change between the count and the effect. With what decisions, minutes and mails read."""
    lignes = list(comite.lignes.select_for_update(of=("self",), no_key=True).order_by("pk"))
    examinees = Candidature.objects.filter(pk__in=[ligne.candidature_id for ligne in lignes])
    candidatures = {c.pk: c for c in toutes_sous_verrou(examinees, "commune__departement", "campagne")}
    structures = verrouiller_structures(
        *{candidature.structure_id for candidature in candidatures.values()},
        *{ligne.structure_cedante_id for ligne in lignes},
    )
    demandes = {
        demande.pk: demande
        for demande in DemandePostes.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[ligne.demande_id for ligne in lignes if ligne.demande_id])
        .order_by("pk")
    }
    avis = {a.candidature_id: a for a in Avis.objects.filter(candidature__in=candidatures, en_vigueur=True)}
    for ligne in lignes:
        ligne.comite = comite
        ligne.candidature = candidatures[ligne.candidature_id]
        ligne.candidature.structure = structures[ligne.candidature.structure_id]
        ligne.structure_cedante = structures.get(ligne.structure_cedante_id)
        ligne.demande = demandes.get(ligne.demande_id)
        ligne.avis_en_vigueur = avis.get(ligne.candidature_id)
    _verrouiller_postes(lignes)
    attacher_postes(comite, lignes)
    for ligne in lignes:
        # Decided on what there was then: what is taken is counted now (R15).
        ligne.variation = ligne.effet.variation
    return sorted(lignes, key=ordre_du_jour), structures


def _verrouiller_postes(lignes: list[LigneComite]) -> None:
    corrigees = [ligne.candidature_id for ligne in lignes if ligne.nature == NatureLigne.CORRECTION]
    cedantes = [ligne.structure_cedante_id for ligne in lignes if ligne.structure_cedante_id]
    confies = [ligne.candidature.poste_concerne_id for ligne in lignes if ligne.candidature.poste_concerne_id]
    concernes = Poste.objects.comptes().filter(
        Q(candidature__in=corrigees) | Q(structure__in=cedantes) | Q(pk__in=confies)
    )
    list(concernes.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))


def obstacles(comite: Comite, lignes: list[LigneComite]) -> list[str]:
    """What prevents the closing, in sentences: shown before the button, checked again under lock.

    The lines come with their posts (`attacher_postes`).
    """
    if not lignes:
        return ["L’ordre du jour est vide : inscrivez au moins une candidature."]
    phrases = []
    sans_decision = [ligne for ligne in lignes if not ligne.decision]
    if sans_decision:
        candidatures = f"{len(sans_decision)} candidatures" if len(sans_decision) > 1 else "1 candidature"
        phrases.append(f"Il manque la décision de {candidatures} : {_enumerer(sans_decision)}.")
    parties = [ligne for ligne in lignes if not a_decider(ligne)]
    if parties:
        phrases.append(
            f"Retirez de l’ordre du jour ce qui n’est plus à examiner (abandon, correction en cours, demande retirée, "
            f"réexamen demandé) : {_enumerer(parties)}."
        )
    total = sum(ligne.effet.variation for ligne in lignes)
    if total > comite.enveloppe_postes:
        phrases.append(
            f"Les décisions accordent {postes_en_mots(total)}, l’enveloppe du comité en compte "
            f"{comite.enveloppe_postes}."
        )
    encore = [ligne for ligne in lignes if ligne.decision and ligne not in parties]
    return [
        *phrases,
        *_statuts_a_trancher(encore),
        *_postes_a_confier(encore),
        *_corrections_impossibles(encore),
        *_cessions_impossibles(encore),
    ]


def a_decider(ligne: LigneComite) -> bool:
    """R26: what the line is about still waits for a decision."""
    candidature = ligne.candidature
    if ligne.nature == NatureLigne.CORRECTION:
        return candidature.etat in ETATS_A_CORRIGER
    if ligne.nature == NatureLigne.AJOUT:
        return ligne.demande.etat == EtatDemande.EN_COURS and candidature.etat == EtatCandidature.ACTIVEE
    return candidature.etat in ETATS_A_EXAMINER


def _statuts_a_trancher(lignes: list[LigneComite]) -> list[str]:
    """R21: the applications that these lines would grant although their legal kind does not allow it (yet)."""
    phrases = []
    for ligne in lignes:
        candidature = ligne.candidature
        if ligne.decision != Decision.RETENUE or candidature.etat not in ETATS_A_RETENIR:
            continue
        obstacle = obstacle_du_statut(
            conteste=bool(candidature.contestation_statut),
            tranche=candidature.statut_tranche_le is not None,
            statut=candidature.statut_juridique,
            regime=obtenir_regime(candidature.regime),
        )
        if obstacle:
            phrases.append(f"Candidature {_enumerer([ligne])} : {obstacle}")
    return phrases


def _postes_a_confier(lignes: list[LigneComite]) -> list[str]:
    """R95 (S2, II.a): the posts that these lines would make coordinators', given back or transferred meanwhile."""
    lignes = [ligne for ligne in lignes if ligne.effet.confies]
    postes = Poste.objects.in_bulk({ligne.candidature.poste_concerne_id for ligne in lignes} - {None})
    phrases = []
    for ligne in lignes:
        poste = postes.get(ligne.candidature.poste_concerne_id)
        obstacle = obstacle_au_poste_confie(
            nomme=poste is not None,
            vivant=poste is not None and poste.etat in ETATS_POSTE_COMPTE,
            a_la_structure=poste is not None and poste.structure_id == ligne.candidature.structure_id,
        )
        if obstacle:
            phrases.append(f"Candidature {_enumerer([ligne])} : {obstacle}")
    return phrases


def _corrections_impossibles(lignes: list[LigneComite]) -> list[str]:
    """R26, R29, R22: posts occupied since the decision, an activation, another application of the establishment."""
    corrections = [ligne for ligne in lignes if ligne.nature == NatureLigne.CORRECTION]
    phrases = [
        f"Candidature {_enumerer([ligne])} : {manquement.message}"
        for ligne in corrections
        for manquement in obstacles_a_la_correction(situation_de(ligne), ligne.decision, ligne.nb_postes)
    ]
    requalifiees = [
        ligne
        for ligne in corrections
        if ligne.decision == Decision.RETENUE and ligne.candidature.etat == EtatCandidature.REFUSEE
    ]
    identifiants = [ligne.candidature.identifiant for ligne in requalifiees]
    vivantes = {
        (vivante.identifiant, vivante.regime, vivante.coordinateur): vivante
        for vivante in Candidature.objects.vivantes().filter(Q(siret__in=identifiants) | Q(ridet__in=identifiants))
    }
    for ligne in requalifiees:
        candidature = ligne.candidature
        vivante = vivantes.get((candidature.identifiant, candidature.regime, candidature.coordinateur))
        if vivante is not None:
            phrases.append(
                f"Candidature {_enumerer([ligne])} : le même établissement a déposé la candidature n° "
                f"{vivante.numero}, en cours ; décidez celle-là."
            )
    return phrases


def _cessions_impossibles(lignes: list[LigneComite]) -> list[str]:
    """R25, R29: what the lines take together from a structure is free there, corrections of its own deducted."""
    voulus, retires, disponibles, noms = Counter(), Counter(), {}, {}
    for ligne in lignes:
        candidature = ligne.candidature
        genre = (candidature.regime, candidature.coordinateur)
        retires[(candidature.structure_id, *genre)] += ligne.effet.retires
        if ligne.effet.cedes:
            cle = (ligne.structure_cedante_id, *genre)
            voulus[cle] += ligne.effet.cedes
            noms[cle] = ligne.structure_cedante.nom
            disponibles[cle] = a_ceder(candidature).filter(structure=ligne.structure_cedante_id).count()
    phrases = []
    for cle, nombre in voulus.items():
        reste = max(disponibles[cle] - retires[cle], 0)
        if nombre > reste:
            a = f"n’a plus que {postes_en_mots(reste)}" if reste else "n’a plus de poste"
            phrases.append(f"{noms[cle]} {a} à céder : les décisions en prennent {nombre}.")
    return phrases


def _enumerer(lignes: list[LigneComite]) -> str:
    noms = [f"n° {ligne.candidature.numero} ({ligne.candidature.nom})" for ligne in lignes[:5]]
    return ", ".join(noms) + (f" et {reste} autre{'s' if reste > 1 else ''}" if (reste := len(lignes) - 5) > 0 else "")


def _exiger_en_preparation(comite: Comite) -> None:
    if comite.etat == EtatComite.CLOS:
        raise TransitionInterdite(
            f"Le comité n° {comite.numero} a déjà été clôturé le {moment(comite.clos_le)} : ses décisions sont "
            "appliquées, il ne change plus."
        )


def _exiger_tenu(comite: Comite) -> None:
    if comite.date > timezone.localdate():
        raise TransitionInterdite(
            f"Le comité se tient le {date_longue(comite.date)} : il pourra être clôturé à partir de ce jour."
        )


def _appliquer(acteur: Acteur, comite: Comite, ligne: LigneComite, structures: Mapping[int, Structure]) -> list[Poste]:
    """One decision: the state of what it is about, the reason told to the structure, the posts."""
    candidature = ligne.candidature
    structure = structures[candidature.structure_id]
    demarrage_le = candidature.demarrage_le
    ligne.numeros_retires = ""
    if ligne.nature == NatureLigne.CORRECTION:
        ligne.refusee_avant = candidature.etat == EtatCandidature.REFUSEE
        corriger_la_decision(acteur, ligne)
    elif ligne.nature == NatureLigne.AJOUT:
        demarrage_le = ligne.demande.demarrage_le
        _decider_la_demande(acteur, ligne)
    else:
        MACHINE_CANDIDATURE.franchir(candidature, TRANSITIONS[Decision(ligne.decision)], acteur=acteur)
        candidature.motif_decision = ligne.motif
        candidature._change_reason = ligne.motif
        candidature.save()
    ligne.sans_avis = not ligne.demande.avis_sens if ligne.demande else ligne.avis_en_vigueur is None
    ligne.save()
    if ligne.effet.retires:
        retires = retirer_les_postes(acteur, comite, ligne, structure)
        ligne.numeros_retires = ", ".join(f"n° {poste.numero}" for poste in sorted(retires, key=lambda p: p.numero))
    if ligne.effet.confies:
        confier_la_coordination(comite, ligne)
    elif ligne.effet.repris and not ligne.refusee_avant:
        reprendre_la_coordination(ligne)
    if ligne.effet.cedes:
        prendre_les_postes(acteur, comite, ligne, structures)
    if not ligne.effet.crees:
        return []
    return accorder_postes(comite, ligne, structure, ligne.effet.crees, demarrage_le)


def _decider_la_demande(acteur: Acteur, ligne: LigneComite) -> None:
    """R29: granted or refused; a further examination leaves it in progress, to be put on another agenda."""
    demande = ligne.demande
    if ligne.decision in TRANSITIONS_DEMANDE:
        MACHINE_DEMANDE.franchir(demande, TRANSITIONS_DEMANDE[Decision(ligne.decision)], acteur=acteur)
        demande.nb_accordes = ligne.nb_postes
    demande.motif_decision = ligne.motif
    demande._change_reason = ligne.motif
    demande.save()
