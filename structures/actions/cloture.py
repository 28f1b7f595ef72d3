"""Closing a committee (R26): every decision applied in one transaction, once, within the envelope (R15)."""

from __future__ import annotations

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.affichage import date_longue, moment
from portal.commun.documents import deposer_document
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite
from portal.commun.evenements import emettre
from portal.commun.verbes import verbe
from structures import courriels_decision, enveloppe
from structures.actions.campagnes import verrouiller_campagne
from structures.actions.concertation import ETATS_A_EXAMINER
from structures.actions.postes import lieux_de
from structures.enums import Decision, EtatComite
from structures.etats import MACHINE_CANDIDATURE, MACHINE_COMITE
from structures.lectures import ordre_du_jour
from structures.models import Avis, Candidature, Comite, LigneComite, Poste, Structure
from structures.numeros import prochain_numero
from structures.proces_verbal import NATURE_PROCES_VERBAL, nom_fichier, rendre_proces_verbal
from structures.regles import echeance_recrutement, postes_en_mots, verifier_enveloppe

TRANSITIONS = {Decision.RETENUE: "retenir", Decision.REFUSEE: "refuser", Decision.EXAMEN: "examiner"}


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
    lignes = lignes_verrouillees(comite)
    for obstacle in obstacles(comite, lignes):
        raise RegleNonRespectee("R26", obstacle)
    verifier_enveloppe(enveloppe.totale(campagne), enveloppe.accorde(campagne), enveloppe.demande(lignes))

    postes = [poste for ligne in lignes for poste in _appliquer(acteur, comite, ligne)]
    MACHINE_COMITE.franchir(comite, "cloturer", acteur=acteur)
    # Taken once the lines are written: nothing in their history may be later than the closing.
    comite.clos_le = comite.etat_le
    contenu = rendre_proces_verbal(comite, lignes)
    comite.proces_verbal = deposer_document(
        acteur=acteur, contenu=contenu, nature=NATURE_PROCES_VERBAL, objet=comite, nom=nom_fichier(comite)
    )
    comite.save()
    courriels_decision.annoncer_decisions(comite, lignes)
    if postes:
        emettre("poste.accorde", postes=postes)
    return comite


def lignes_verrouillees(comite: Comite) -> list[LigneComite]:
    """The agenda under lock, in order, then its applications; with what decisions, minutes and mails read."""
    lignes = list(comite.lignes.select_for_update(of=("self",), no_key=True).order_by("pk"))
    candidatures = {
        candidature.pk: candidature
        for candidature in Candidature.objects.select_for_update(of=("self",), no_key=True)
        .select_related("structure__commune__departement", "commune__departement", "campagne")
        .filter(pk__in=[ligne.candidature_id for ligne in lignes])
        .order_by("pk")
    }
    avis = {a.candidature_id: a for a in Avis.objects.filter(candidature__in=candidatures, en_vigueur=True)}
    for ligne in lignes:
        ligne.comite = comite
        ligne.candidature = candidatures[ligne.candidature_id]
        ligne.avis_en_vigueur = avis.get(ligne.candidature_id)
    return sorted(lignes, key=ordre_du_jour)


def obstacles(comite: Comite, lignes: list[LigneComite]) -> list[str]:
    """What prevents the closing, in sentences: shown before the button, checked again under lock."""
    if not lignes:
        return ["L’ordre du jour est vide : inscrivez au moins une candidature."]
    phrases = []
    sans_decision = [ligne for ligne in lignes if not ligne.decision]
    if sans_decision:
        candidatures = f"{len(sans_decision)} candidatures" if len(sans_decision) > 1 else "1 candidature"
        phrases.append(f"Il manque la décision de {candidatures} : {_enumerer(sans_decision)}.")
    parties = [ligne for ligne in lignes if ligne.candidature.etat not in ETATS_A_EXAMINER]
    if parties:
        phrases.append(
            f"Retirez de l’ordre du jour ce qui n’est plus à examiner (abandon, correction en cours) : "
            f"{_enumerer(parties)}."
        )
    total = sum(ligne.nb_postes for ligne in lignes)
    if total > comite.enveloppe_postes:
        phrases.append(
            f"Les décisions accordent {postes_en_mots(total)}, l’enveloppe du comité en compte "
            f"{comite.enveloppe_postes}."
        )
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


def _appliquer(acteur: Acteur, comite: Comite, ligne: LigneComite) -> list[Poste]:
    """One decision: the application's state, the reason told to the structure, the posts."""
    candidature = ligne.candidature
    MACHINE_CANDIDATURE.franchir(candidature, TRANSITIONS[Decision(ligne.decision)], acteur=acteur)
    candidature.motif_decision = ligne.motif
    candidature._change_reason = ligne.motif
    candidature.save()
    ligne.sans_avis = ligne.avis_en_vigueur is None
    ligne.save()
    if ligne.decision != Decision.RETENUE:
        return []
    return _accorder(comite, candidature, ligne.nb_postes)


def _accorder(comite: Comite, candidature: Candidature, nombre: int) -> list[Poste]:
    """R1, R15: the posts, each with its number for life, its deadline and its places of work."""
    structure = Structure.objects.select_for_update(of=("self",), no_key=True).get(pk=candidature.structure_id)
    if structure.participation_fin_le is not None:
        # R29: the participation had ended with the last post; it starts again.
        structure.participation_fin_le = None
        structure.save(update_fields=["participation_fin_le", "modifie_le"])
    echeance = echeance_recrutement(
        candidature.campagne.donnees_regime, comite_le=comite.date, notifie_le=timezone.localdate()
    )
    lieux = lieux_de(candidature)
    postes = []
    premier = prochain_numero(Poste, nombre)
    for numero in range(premier, premier + nombre):
        poste = Poste.objects.create(
            numero=numero,
            structure=structure,
            campagne=comite.campagne,
            regime=candidature.regime,
            candidature=candidature,
            comite=comite,
            coordinateur=candidature.coordinateur,
            accorde_le=comite.date,
            demarrage_le=max(candidature.demarrage_le, comite.date),
            echeance_recrutement=echeance.date,
        )
        poste.lieux.set(lieux)
        postes.append(poste)
    return postes
