"""The schedule of a convention: created at signature, recomputed for unpaid tranches only (R4, R5, R10, R11, R64)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.journal import contexte_courant
from structures.regimes import ModeleTranche, date_de_l_horloge
from subventions.echeancier import TrancheCalculee, calculer_echeancier, jour_d_exigibilite, recalculer_echeancier
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
    """R64: called inside the verb that changed a date of R4; without a signed convention there is nothing to do.

    Tranches validated or paid stay as they are; the amounts do not move, only the dates of the others do.
    """
    convention = (
        Convention.objects.select_for_update(of=("self",)).filter(dossier=dossier, etat=EtatConvention.SIGNEE).first()
    )
    if convention is None:
        return
    convention.dossier = dossier
    evenement = evenement_de(dossier, convention)
    tranches = {t.rang: t for t in convention.tranches.select_for_update(of=("self",))}
    # R14: an ended contract cancelled what was to come; that schedule is closed.
    if evenement == convention.evenement_le or any(t.etat == EtatTranche.ANNULEE for t in tranches.values()):
        return
    convention.evenement_le = evenement
    convention.save()
    recalcul = recalculer_echeancier(
        convention.montant, _modele(dossier), evenement, [_calculee(tranche) for tranche in tranches.values()]
    )
    for calculee in recalcul.tranches:
        tranche = tranches[calculee.rang]
        if tranche.etat not in FIGEES:
            _deplacer(convention, tranche, calculee)


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


def _deplacer(convention: Convention, tranche: Tranche, calculee: TrancheCalculee) -> None:
    """A tranche already payable follows its new date: payable since another day, or closed until the job opens it
    again (R65)."""
    if (tranche.prevue_le, tranche.montant) == (calculee.date, calculee.montant):
        return
    tranche.prevue_le, tranche.montant = calculee.date, calculee.montant
    if tranche.etat == EtatTranche.EXIGIBLE:
        aujourdhui = timezone.localdate()
        tranche.exigible_le = _exigible_le(convention, calculee.date) if calculee.date else None
        if tranche.exigible_le is None or tranche.exigible_le > aujourdhui:
            tranche.exigible_le = None
            MACHINE_TRANCHE.franchir(tranche, "refermer", acteur=_portail())
    tranche.save()


def _exigible_le(convention: Convention, prevue_le: dt.date) -> dt.date | None:
    """R12: the day that the job would find; None when it would not open the tranche."""
    contrat = Contrat.objects.filter(dossier=convention.dossier_id, etat=EtatContrat.SIGNE).first()
    if contrat is None or (contrat.fin is not None and contrat.fin < prevue_le):
        return None
    levee_le = convention.suspensions.aggregate(derniere=Max("levee_le"))["derniere"]
    return jour_d_exigibilite(
        prevue_le=prevue_le,
        convention_signee_le=timezone.localdate(convention.signee_le),
        contrat_signe_le=contrat.signe_le,
        reprise_le=timezone.localdate(levee_le) if levee_le else None,
    )


def _portail() -> Acteur:
    """R12, R65: the portal closes a tranche, in the name of whoever moved the date."""
    contexte = contexte_courant()
    return Acteur.systeme(contexte.acteur.nom if contexte else "Portail")
