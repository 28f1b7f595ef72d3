"""The schedule of a convention: created at signature, recomputed for unpaid tranches only (R4, R5, R10, R11, R64)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.journal import contexte_courant
from structures.regimes import ModeleTranche, date_de_l_horloge
from subventions.echeancier import TrancheCalculee, calculer_echeancier, recalculer_echeancier
from subventions.enums import EtatContrat, EtatConvention, EtatTranche
from subventions.etats import MACHINE_TRANCHE
from subventions.faits import evenements_du_dossier, regime_du_dossier
from subventions.models import Contrat, Convention, Dossier, Tranche

# R12: what BdT has validated or paid is never recomputed.
FIGEES = (EtatTranche.VALIDEE, EtatTranche.PAYEE)


def creer_echeancier(*, convention: Convention) -> list[Tranche]:
    """R64: the tranches of a convention that all parties have just signed."""
    dossier = convention.dossier
    convention.evenement_le = evenement_de(dossier, convention)
    convention.save()
    calculees = calculer_echeancier(convention.montant, _modele(dossier), convention.evenement_le)
    return [_creer(convention, calculee) for calculee in calculees]


def recalculer(*, dossier: Dossier) -> None:
    """R64: called inside the verb that changed a date of R4; without a signed convention there is nothing to do."""
    convention = (
        Convention.objects.select_for_update(of=("self",)).filter(dossier=dossier, etat=EtatConvention.SIGNEE).first()
    )
    if convention is None:
        return
    evenement = evenement_de(dossier, convention)
    if evenement == convention.evenement_le:
        return
    convention.evenement_le = evenement
    convention.save()
    tranches = {
        t.rang: t for t in convention.tranches.select_for_update(of=("self",)).exclude(etat=EtatTranche.ANNULEE)
    }
    recalcul = recalculer_echeancier(
        convention.montant, _modele(dossier), evenement, [_calculee(tranche) for tranche in tranches.values()]
    )
    for calculee in recalcul.tranches:
        tranche = tranches[calculee.rang]
        if tranche.etat not in FIGEES:
            _deplacer(tranche, calculee)


def evenement_de(dossier: Dossier, convention: Convention) -> dt.date | None:
    """R4: the date the tranches of this convention are counted from, None while it has not happened."""
    contrat = Contrat.objects.filter(dossier=dossier, etat=EtatContrat.SIGNE).first()
    signee_le = timezone.localdate(convention.signee_le) if convention.signee_le else None
    return date_de_l_horloge(
        regime_du_dossier(dossier), evenements_du_dossier(dossier, contrat, signee_le), convention.horloge
    )


def _modele(dossier: Dossier) -> tuple[ModeleTranche, ...]:
    return regime_du_dossier(dossier).tranches


def _creer(convention: Convention, calculee: TrancheCalculee) -> Tranche:
    return Tranche.objects.create(
        convention=convention,
        rang=calculee.rang,
        pourcentage=calculee.pourcentage,
        montant=calculee.montant,
        mois=calculee.mois,
        prevue_le=calculee.date,
    )


def _calculee(tranche: Tranche) -> TrancheCalculee:
    return TrancheCalculee(
        rang=tranche.rang,
        pourcentage=int(tranche.pourcentage),
        mois=tranche.mois,
        montant=tranche.montant,
        date=tranche.prevue_le,
        versee=tranche.etat in FIGEES,
    )


def _deplacer(tranche: Tranche, calculee: TrancheCalculee) -> None:
    tranche.prevue_le, tranche.montant = calculee.date, calculee.montant
    if tranche.etat == EtatTranche.EXIGIBLE and (calculee.date is None or calculee.date > timezone.localdate()):
        # The new date is still to come: the job will open the tranche again on its day (R65).
        contexte = contexte_courant()
        MACHINE_TRANCHE.franchir(
            tranche, "refermer", acteur=Acteur.systeme(contexte.acteur.nom if contexte else "Portail")
        )
        tranche.exigible_le = None
    tranche.save()
