"""A free post goes to another structure of the same département, both sides in one action (R29, R25).

Locks, in the order of the whole floor: the application that takes the post, the two structures by key, the post.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import Manquement, exiger
from portal.commun.evenements import emettre
from portal.commun.verbes import verbe
from portal.commun.verrous import toutes_sous_verrou
from structures import droits, notifications_postes
from structures.actions.concertation import verrouiller_candidature
from structures.actions.postes import exiger_motif, finir_participation, lieux_de, verrouiller_poste
from structures.enums import EtatCandidature, EtatPoste
from structures.models import Candidature, Comite, Poste, Structure, TransfertPoste
from structures.regles import echeance_recrutement, verifier_repreneur, verifier_transfert

ETATS_REPRENEUSE = (EtatCandidature.RETENUE, EtatCandidature.ACTIVEE)


@verbe
def transferer_poste(*, acteur: Acteur, poste: Poste, candidature: Candidature, motif: str) -> Poste:
    """R29: ANCT moves a post; the old structure, the new one and the prefecture are told."""
    droits.TRANSFERER.exiger(acteur)
    candidature = verrouiller_candidature(candidature)
    structures = verrouiller_structures(poste.structure_id, candidature.structure_id)
    return transferer(
        acteur=acteur, poste=poste, candidature=candidature, motif=motif, comite=None, structures=structures
    ).poste


def transferer(
    *,
    acteur: Acteur,
    poste: Poste,
    candidature: Candidature,
    motif: str,
    comite: Comite | None,
    structures: Mapping[int, Structure],
) -> TransfertPoste:
    """The transfer itself, inside a verb; the caller locked `candidature` and both `structures` (by key).

    The post keeps its number, its campaign (R15: the envelope does not move) and the committee that granted it; its
    application, its places of work and its deadline are those of who takes it. Its mails are queued here.
    """
    poste = verrouiller_poste(poste)
    motif = exiger_motif(motif)
    exiger(obstacles_au_transfert(poste, candidature, motif))
    cedante, repreneuse = structures[poste.structure_id], structures[candidature.structure_id]
    aujourdhui = timezone.localdate()
    jour = comite.date if comite else aujourdhui
    transfert = TransfertPoste.objects.create(
        poste=poste,
        de=cedante,
        vers=repreneuse,
        candidature_avant=poste.candidature,
        candidature=candidature,
        comite=comite,
        motif=motif,
        effectue_le=aujourdhui,
    )
    poste.structure, poste.candidature = repreneuse, candidature
    poste.demarrage_le = max(candidature.demarrage_le, jour)
    # R1: the structure that takes the post has the whole time of the regime.
    poste.echeance_recrutement = echeance_recrutement(
        poste.campagne.donnees_regime, comite_le=jour, notifie_le=aujourdhui
    ).date
    poste._change_reason = motif
    poste.save()
    poste.lieux.set(lieux_de(candidature))
    finir_participation(cedante)
    if repreneuse.participation_fin_le is not None:
        # R29: the participation had ended with the last post; it starts again.
        repreneuse.participation_fin_le = None
        repreneuse.save(update_fields=["participation_fin_le", "modifie_le"])
    notifications_postes.annoncer_transfert(transfert)
    emettre("poste.transfere", poste=poste)
    return transfert


def obstacles_au_transfert(poste: Poste, candidature: Candidature, motif: str = "-") -> list[Manquement]:
    """R29: what prevents it, in sentences; read by the page before the button, checked again under lock."""
    cedante, repreneuse = poste.structure, candidature.structure
    return [
        *verifier_transfert(
            departement_cedant=cedante.departement_id,
            departement_repreneur=repreneuse.departement_id if repreneuse else "",
            meme_structure=candidature.structure_id == poste.structure_id,
            poste_libre=poste.etat == EtatPoste.A_POURVOIR,
            motif=motif,
        ),
        *verifier_repreneur(
            retenue=candidature.etat in ETATS_REPRENEUSE,
            meme_regime=candidature.regime == poste.regime,
            meme_role=candidature.coordinateur == poste.coordinateur,
            # R15: the envelope counts a post by the legal kind of its application.
            meme_statut=candidature.statut_juridique == poste.candidature.statut_juridique,
            fusionnee=bool(repreneuse) and repreneuse.fusionnee_dans_id is not None,
        ),
    ]


def verrouiller_structures(*cles: int | None) -> dict[int, Structure]:
    """The structures under lock, always in the order of their keys: two crossed transfers wait for each other."""
    voulues = Structure.objects.filter(pk__in=[cle for cle in cles if cle is not None])
    return {s.pk: s for s in toutes_sous_verrou(voulues, "commune__departement", "organisation")}
