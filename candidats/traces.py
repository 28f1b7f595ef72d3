"""Keep who looked at which candidate (R44, R111): called by whatever shows a person to somebody else."""

from __future__ import annotations

from collections.abc import Iterable

from candidats.enums import NatureConsultation
from candidats.models import Candidat, ConsultationCandidat
from portal.commun.acteurs import Acteur
from portal.commun.historique import par_lots
from portal.commun.roles import Role


def noter_consultation(acteur: Acteur, candidats: Iterable[Candidat], nature: NatureConsultation) -> None:
    """One line per candidate for today; seen again the same day, nothing more is written.

    Oneself and the portal are not told: neither is a look from outside.
    """
    if acteur.utilisateur_id is None or acteur.est(Role.SYSTEME):
        return
    lignes = [
        ConsultationCandidat(
            candidat=candidat,
            utilisateur_id=acteur.utilisateur_id,
            organisation_id=acteur.organisation_id,
            role=acteur.role,
            nature=nature,
        )
        for candidat in candidats
        if candidat.utilisateur_id != acteur.utilisateur_id
    ]
    for lot in par_lots(lignes):
        ConsultationCandidat.objects.bulk_create(lot, ignore_conflicts=True)
