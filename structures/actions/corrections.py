"""What the closing does to posts and to decisions taken before (R1, R15, R26, R29).

Called inside `cloturer`, which holds the locks: the campaign, the committee, its lines, the applications, the
structures by key, the requests, the posts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.evenements import emettre
from structures.actions.postes import MOTIF_MAX, finir_participation, lieux_de, verrouiller_poste
from structures.actions.transferts import transferer
from structures.enums import Decision, EtatCandidature, EtatPoste
from structures.etats import MACHINE_CANDIDATURE, MACHINE_POSTE
from structures.models import Comite, LigneComite, Poste, Structure
from structures.numeros import prochain_numero
from structures.ordre_du_jour import a_prendre, a_retirer
from structures.postes_confies import coordonne_sans
from structures.regles import echeance_recrutement


def corriger_la_decision(acteur: Acteur, ligne: LigneComite) -> None:
    """R26: the application follows the new decision; a further examination leaves the former one as it is."""
    if ligne.decision == Decision.EXAMEN:
        return
    candidature = ligne.candidature
    if ligne.decision == Decision.RETENUE and candidature.etat == EtatCandidature.REFUSEE:
        MACHINE_CANDIDATURE.franchir(candidature, "requalifier", acteur=acteur)
    elif ligne.decision == Decision.REFUSEE and candidature.etat == EtatCandidature.RETENUE:
        MACHINE_CANDIDATURE.franchir(candidature, "rectifier", acteur=acteur)
    candidature.motif_decision = ligne.motif
    candidature._change_reason = ligne.motif
    candidature.save()


def accorder_postes(
    comite: Comite, ligne: LigneComite, structure: Structure, nombre: int, demarrage_le: dt.date
) -> list[Poste]:
    """R1, R15: the posts, each with its number for life, its deadline and its places of work."""
    candidature = ligne.candidature
    if structure.participation_fin_le is not None:
        # R29: the participation had ended with the last post; it starts again.
        structure.participation_fin_le = None
        structure.save(update_fields=["participation_fin_le", "modifie_le"])
    echeance = echeance_recrutement(
        comite.campagne.donnees_regime, comite_le=comite.date, notifie_le=timezone.localdate()
    )
    lieux = lieux_de(candidature)
    postes = []
    premier = prochain_numero(Poste, nombre)
    for numero in range(premier, premier + nombre):
        poste = Poste.objects.create(
            numero=numero,
            structure=structure,
            campagne=comite.campagne,
            regime=comite.campagne.regime,
            candidature=candidature,
            comite=comite,
            coordinateur=candidature.coordinateur,
            accorde_le=comite.date,
            demarrage_le=max(demarrage_le, comite.date),
            echeance_recrutement=echeance.date,
        )
        poste.lieux.set(lieux)
        postes.append(poste)
    return postes


def retirer_les_postes(acteur: Acteur, comite: Comite, ligne: LigneComite, structure: Structure) -> list[Poste]:
    """R26, R29: free posts only, already locked by the closing. The mail of the correction tells it."""
    postes = a_retirer(comite, ligne)
    for poste in postes:
        poste.motif_fin, poste.retire_par = ligne.motif[:MOTIF_MAX], comite
        MACHINE_POSTE.franchir(poste, "retirer", acteur=acteur)
        poste._change_reason = ligne.motif
        poste.save()
        emettre("poste.ferme", poste=poste)
    if structure.activee_le is not None:
        finir_participation(structure)
    return postes


def prendre_les_postes(acteur: Acteur, comite: Comite, ligne: LigneComite, structures: Mapping[int, Structure]) -> None:
    """R25, R29: the free posts of the structure that gives them."""
    motif = ligne.motif or f"Décision du comité de sélection n° {comite.numero}."
    for poste in a_prendre(comite, ligne):
        transferer(
            acteur=acteur,
            poste=poste,
            candidature=ligne.candidature,
            motif=motif[:MOTIF_MAX],
            comite=comite,
            structures=structures,
        )


def confier_la_coordination(comite: Comite, ligne: LigneComite) -> None:
    """R95 (S2, II.a and III.b): the post that exists becomes or stays a coordinator's. Its number, its call, its
    campaign and whoever holds it do not change: the envelope is not used, an addendum follows its agreement."""
    poste = verrouiller_poste(ligne.candidature.poste_concerne)
    poste.coordinateur = True
    if poste.etat == EtatPoste.A_POURVOIR:
        # R1 (S2, III.a): a coordinator is recruited in the time of this call, never in less than what was left.
        nouvelle = echeance_recrutement(
            comite.campagne.donnees_regime, comite_le=comite.date, notifie_le=timezone.localdate()
        ).date
        poste.echeance_recrutement = max(poste.echeance_recrutement, nouvelle)
    poste._change_reason = ligne.motif or f"Décision du comité de sélection n° {comite.numero}."
    poste.save()


def reprendre_la_coordination(ligne: LigneComite) -> None:
    """R26, R95: the correction refuses it; the post goes on as it was before."""
    poste = verrouiller_poste(ligne.candidature.poste_concerne)
    poste.coordinateur = coordonne_sans(poste, ligne.candidature)
    poste._change_reason = ligne.motif
    poste.save()
