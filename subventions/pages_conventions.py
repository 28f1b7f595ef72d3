"""What the pages of an agreement show to both sides, read once, in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.commun.acteurs import Acteur
from structures.regimes import Horloge
from subventions.actions.conventions import signataires
from subventions.apercu import depart_connu
from subventions.echeancier import Exigibilite, calculer_echeancier
from subventions.enums import EtatConvention, EtatTranche
from subventions.exigibilite import avec_faits, constat
from subventions.faits import regime_du_dossier
from subventions.models import Contrat, Convention, Dossier, Tranche

A_VENIR = (EtatTranche.PREVUE,)


@dataclass(frozen=True)
class LigneTranche:
    """A tranche with, while it is only planned, everything that holds it (R12)."""

    tranche: Tranche
    constat: Exigibilite

    @property
    def attentes(self) -> tuple[str, ...]:
        return self.constat.motifs if self.tranche.etat in A_VENIR else ()


def convention_vivante(dossier: Dossier) -> Convention | None:
    """The agreement of a file that was not withdrawn."""
    return (
        Convention.objects.filter(dossier=dossier)
        .exclude(etat=EtatConvention.ANNULEE)
        .select_related("document", "dossier__poste", "dossier__structure")
        .first()
    )


def contrat_du(dossier: Dossier) -> Contrat | None:
    return Contrat.objects.filter(dossier=dossier).select_related("document", "candidat__utilisateur").first()


def lignes_de(convention: Convention) -> list[LigneTranche]:
    """The stored schedule of an agreement."""
    tranches = avec_faits(convention.tranches.select_related("convention")).order_by("rang")
    return [LigneTranche(tranche, constat(tranche)) for tranche in tranches]


def contexte_de_la_convention(convention: Convention, dossier: Dossier, acteur: Acteur) -> dict[str, Any]:
    """The same facts for the structure and for BdT."""
    contrat = contrat_du(dossier)
    horloge = Horloge(convention.horloge)
    lignes = lignes_de(convention)
    prevision = []
    depart = convention.evenement_le
    if not lignes and contrat is not None:
        depart = depart_connu(dossier, contrat, horloge)
        prevision = calculer_echeancier(convention.montant, regime_du_dossier(dossier).tranches, depart)
    suspensions = list(convention.suspensions.order_by("-ouverte_le"))
    autorises = list(signataires(acteur.organisation_id, acteur.role)) if acteur.organisation_id else []
    return {
        "convention": convention,
        "dossier": dossier,
        "structure": dossier.structure,
        "candidat": dossier.candidat,
        "contrat": contrat,
        "regime": regime_du_dossier(dossier),
        "horloge": horloge,
        "evenement_le": depart,
        "lignes": lignes,
        "prevision": prevision,
        "signatures": list(convention.signatures.order_by("signee_le")),
        "suspensions": suspensions,
        "suspension": next((s for s in suspensions if s.levee_le is None), None),
        "actions": {ligne.nom for ligne in convention.actions_permises(acteur)},
        "signataires": autorises,
        "peut_signer": any(r.utilisateur_id == acteur.utilisateur_id for r in autorises),
    }
