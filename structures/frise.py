"""The whole life of one post in one timeline: what, when, who, as what role, why (R110), in three queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from portal.commun.acteurs import Acteur
from portal.commun.affichage import date_longue
from portal.commun.roles import Role
from structures.enums import EtatPoste
from structures.models import Poste, TransfertPoste

# (state before, state after) → what happened; the rest is said by the label of the state.
FAITS = {
    (EtatPoste.A_POURVOIR, EtatPoste.RESERVE): "Réservé pour une personne validée",
    (EtatPoste.RESERVE, EtatPoste.POURVU): "Pourvu : le contrat est signé",
    (EtatPoste.RESERVE, EtatPoste.A_POURVOIR): "Libéré : la validation est annulée",
    (EtatPoste.POURVU, EtatPoste.A_POURVOIR): "Libéré : le contrat a pris fin",
    (EtatPoste.A_POURVOIR, EtatPoste.RENDU): "Rendu par la structure",
    (EtatPoste.A_POURVOIR, EtatPoste.RETIRE): "Retiré par l’ANCT",
}


@dataclass(frozen=True)
class Moment:
    """One line of the timeline; `qui` is empty when the reader does not see people's names."""

    le: dt.datetime
    quoi: str
    role: str
    qui: str = ""
    motif: str = ""


def frise(poste: Poste, acteur: Acteur) -> list[Moment]:
    """Oldest first. The same lines for everybody; names and reasons for those whom they concern.

    Institutions read all. A structure reads the reasons of its own time, the transfers, and the names of its people.
    """
    versions = list(poste.history.select_related("history_user").order_by("history_date", "history_id"))
    transferts = list(poste.transferts.select_related("de", "vers").order_by("pk"))
    organisations = {poste.structure_id: poste.structure.organisation_id}
    organisations |= {s.pk: s.organisation_id for t in transferts for s in (t.de, t.vers)}
    moments = []
    for avant, version in zip([None, *versions], versions, strict=False):
        quoi, motif = _lire(avant, version, transferts, poste)
        if not quoi:
            continue
        transfert = quoi.startswith("Transféré")
        a_lui = organisations.get(version.structure_id) == acteur.organisation_id
        institution = not acteur.est(Role.STRUCTURE)
        nomme = institution or (a_lui and version.history_role == Role.STRUCTURE)
        moments.append(
            Moment(
                le=version.history_date,
                quoi=quoi,
                role=Role(version.history_role).label,
                qui=str(version.history_user) if nomme and version.history_user else "",
                motif=motif if institution or transfert or a_lui else "",
            )
        )
    return moments


def _lire(avant: Any, version: Any, transferts: list[TransfertPoste], poste: Poste) -> tuple[str, str]:
    """What one version of the post says, and why; nothing when it says nothing to people."""
    motif = version.history_change_reason or ""
    if avant is None:
        return f"Accordé par le comité n° {poste.comite.numero} du {date_longue(poste.comite.date)}", ""
    if version.structure_id != avant.structure_id:
        transfert = next(
            (t for t in transferts if (t.de_id, t.vers_id) == (avant.structure_id, version.structure_id)), None
        )
        if transfert is None:
            return "Passé à une autre structure", motif
        transferts.remove(transfert)
        return f"Transféré de {transfert.de.designation} à {transfert.vers.designation}", transfert.motif
    if version.etat != avant.etat:
        fini = version.etat in (EtatPoste.RENDU, EtatPoste.RETIRE)
        defaut = EtatPoste(version.etat).label
        return FAITS.get((avant.etat, version.etat), defaut), version.motif_fin if fini else motif
    if version.echeance_recrutement != avant.echeance_recrutement:
        return f"Délai prolongé jusqu’au {date_longue(version.echeance_recrutement)}", motif
    if version.comite_id != avant.comite_id or version.candidature_id != avant.candidature_id:
        return "Rattaché à une autre décision", motif
    return "", ""
