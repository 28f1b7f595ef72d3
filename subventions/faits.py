"""From rows to the facts that the pure rules read: one place, used by verbs, forms and pages alike."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from portal.commun.dates import mois_entames
from structures.regimes import CONTRATS_SANS_TERME, Evenements, Horloge, Regime, obtenir_regime
from structures.statut import statut_du_poste
from subventions.bareme import Calcul, MontantAFixer, calculer_montant
from subventions.models import Contrat, Dossier
from subventions.regles_contrat import FaitsContrat


def regime_du_dossier(dossier: Dossier) -> Regime:
    """The regime of the post."""
    return obtenir_regime(dossier.poste.regime)


def statut_du_dossier(dossier: Dossier) -> str:
    """The legal kind that the scale reads for this structure in this call, or that ANCT settled (R6, R21)."""
    return statut_du_poste(dossier.poste)


def horloge_du_dossier(dossier: Dossier) -> Horloge:
    """R4: the campaign's clock when ANCT set one, else the regime's."""
    return Horloge(dossier.poste.campagne.horloge or regime_du_dossier(dossier).horloge)


def duree_du_contrat(contrat: Contrat) -> int | None:
    """Months of a contract with an end, None for the others."""
    if contrat.fin is None or contrat.nature in CONTRATS_SANS_TERME:
        return None
    return mois_entames(contrat.debut, contrat.fin)


def faits_du_contrat(
    dossier: Dossier,
    *,
    nature: str,
    debut: dt.date,
    fin: dt.date | None,
    salaire_brut: Decimal,
    temps_plein: bool,
    signe_le: dt.date | None = None,
) -> FaitsContrat:
    """What the checks of R62 read, for a draft or for a contract about to be signed."""
    candidat = dossier.mise_en_relation.candidat
    activee_le = dossier.structure.activee_le
    return FaitsContrat(
        regime=regime_du_dossier(dossier),
        statut=statut_du_dossier(dossier),
        nature=nature,
        debut=debut,
        fin=fin,
        salaire_brut=salaire_brut,
        departement=dossier.structure.departement_id,
        signe_le=signe_le,
        heures_hebdo=Decimal(35) if temps_plein else Decimal(0),
        active_le=timezone.localdate(activee_le) if activee_le else None,
        formation_contactee_le=dossier.formation_contactee_le,
        depart_formation_le=dossier.depart_formation_le,
        exempte_formation=dossier.exempte_formation_le is not None,
        naissance=candidat.date_naissance,
        annonce_url=dossier.annonce_url,
        annonce_le=dossier.annonce_le,
        annonce_dispensee=bool(dossier.annonce_dispense_motif),
    )


def montant_du_contrat(
    dossier: Dossier, contrat: Contrat, *, montant_fixe: Decimal | None = None, motif_montant: str = ""
) -> Calcul:
    """R6 to R9 for this contract; the département is that of the structure's commune (R7).

    `montant_fixe`, with its reason, is what BdT decides where the texts announce an increase without a figure.
    """
    return calculer_montant(
        dossier.poste.regime,
        statut_du_dossier(dossier),
        contrat.nature,
        dossier.structure.departement_id,
        duree_du_contrat(contrat),
        dossier.aides,
        jour=contrat.debut if contrat.signe_le is None else contrat.signe_le,
        montant_fixe=montant_fixe,
        motif_montant=motif_montant,
    )


def montant_ou_none(dossier: Dossier, contrat: Contrat) -> Calcul | None:
    """The same, None where only BdT can say the amount (R6)."""
    try:
        return montant_du_contrat(dossier, contrat)
    except MontantAFixer:
        return None


def evenements_du_dossier(
    dossier: Dossier, contrat: Contrat | None, convention_signee_le: dt.date | None
) -> Evenements:
    """R4: the dates that a clock may start from."""
    signe = contrat is not None and contrat.signe_le is not None
    return Evenements(
        signature_contrat=contrat.signe_le if signe else None,
        debut_contrat=contrat.debut if signe else None,
        depart_formation=dossier.depart_formation_le,
        signature_convention=convention_signee_le,
        exempte_de_formation=dossier.exempte_formation_le is not None,
    )
