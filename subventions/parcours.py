"""Where each post stands on steps 5, 7 and 9 of the journey: file, contract and agreement, payments (DOMAIN §3).

The same sentences serve the progress line of the structure's space and the list of its files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.dates import date_longue
from portal.commun.roles import Role
from structures.models import Poste
from structures.parcours import Situation
from subventions.enums import EtatContrat, EtatConvention, EtatDossier, EtatTranche
from subventions.models import Convention, DemandeComplement, Dossier, Suspension, Tranche
from subventions.suivi import instruction_de, manques_de

BDT = "La Banque des Territoires"
DOSSIER, CONTRAT, VERSEMENTS = 5, 7, 9


def pour_situation(dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """What `situation_de` reads, in a number of queries that does not depend on the number of files."""
    return dossiers.select_related("poste", "structure", "contrat").prefetch_related(
        "pieces",
        "demandes_complement",
        Prefetch(
            "conventions",
            Convention.objects.exclude(etat=EtatConvention.ANNULEE).prefetch_related(
                Prefetch("tranches", Tranche.objects.exclude(etat=EtatTranche.ANNULEE).order_by("rang")),
                Prefetch("suspensions", Suspension.objects.filter(levee_le__isnull=True)),
            ),
        ),
    )


def fournisseur(postes: Sequence[Poste], acteur: Acteur) -> dict[int, Situation]:
    """The live file of each post; the last one when a replacement opened another."""
    dossiers = Dossier.objects.filter(poste__in=[poste.pk for poste in postes]).exclude(etat=EtatDossier.CLOS)
    aujourdhui = timezone.localdate()
    situations = {}
    for dossier in pour_situation(dossiers).order_by("numero"):
        if _fini(dossier):
            situations.pop(dossier.poste_id, None)
            continue
        situations[dossier.poste_id] = situation_de(dossier, acteur, aujourdhui)
    return situations


def situation_de(dossier: Dossier, acteur: Acteur, aujourdhui: dt.date) -> Situation:
    """The file must come from `pour_situation`."""
    structure = "Vous" if acteur.est(Role.STRUCTURE) else dossier.structure.nom
    url = reverse("subventions:dossier_structure", args=[dossier.uuid]) if acteur.est(Role.STRUCTURE) else ""
    if dossier.etat == EtatDossier.DEPOSE:
        return _en_instruction(dossier, url, aujourdhui)
    if dossier.etat == EtatDossier.COMPLEMENT:
        return _complement(dossier, structure, url)
    if dossier.etat == EtatDossier.CONFORME:
        return _contrat_et_convention(dossier, structure, url)
    if dossier.etat == EtatDossier.CLOS:
        return Situation(DOSSIER, "Dossier clos", "La validation de la candidature est annulée.", "Personne", url=url)
    return _a_deposer(dossier, structure, url, aujourdhui)


def _fini(dossier: Dossier) -> bool:
    """The contract ended: the post is on its way again, what comes next is said by the lower floors."""
    contrat = getattr(dossier, "contrat", None)
    return contrat is not None and contrat.etat in (EtatContrat.ROMPU, EtatContrat.TERMINE)


def _a_deposer(dossier: Dossier, structure: str, url: str, aujourdhui: dt.date) -> Situation:
    manques = manques_de(dossier, list(dossier.pieces.all()))
    rejete = dossier.etat == EtatDossier.REJETE
    libelle = "Dossier rejeté, à corriger" if rejete else "Dossier de subvention à compléter"
    if manques:
        element = "élément" if manques.nombre == 1 else "éléments"
        suite = f"Il manque {manques.nombre} {element} avant le dépôt."
    elif rejete:
        suite = "Corrigez le dossier selon le motif du rejet, puis déposez-le de nouveau."
    else:
        suite = "Le dossier est complet : déposez-le."
    echeance = dossier.poste.echeance_recrutement
    return Situation(DOSSIER, libelle, suite, structure, echeance, url, en_retard=aujourdhui > echeance)


def _en_instruction(dossier: Dossier, url: str, aujourdhui: dt.date) -> Situation:
    instruction = instruction_de(dossier, dossier.demandes_complement.all(), aujourdhui)
    return Situation(
        DOSSIER,
        "Dossier en instruction",
        instruction.explication,
        BDT,
        instruction.echeance if instruction.ferme else None,
        url,
        en_retard=instruction.depassee(aujourdhui),
    )


def _complement(dossier: Dossier, structure: str, url: str) -> Situation:
    demande = _ouverte(dossier.demandes_complement.all())
    le = f" du {date_longue(timezone.localdate(demande.demandee_le))}" if demande else ""
    suite = f"Répondre à la demande{le} : le délai d’instruction est arrêté jusque-là."
    return Situation(DOSSIER, "Complément demandé", suite, structure, url=url)


def _contrat_et_convention(dossier: Dossier, structure: str, url: str) -> Situation:
    """Contract and agreement go on side by side; whoever must act first is named (R62, R63)."""
    contrat = getattr(dossier, "contrat", None)
    convention = next(iter(dossier.conventions.all()), None)
    signe = contrat is not None and contrat.etat == EtatContrat.SIGNE
    if contrat is None or contrat.etat == EtatContrat.ABANDONNE:
        suite = "Préparer le contrat de travail : la convention de subvention en dépend."
        return Situation(CONTRAT, "Contrat à préparer", suite, structure, _avant(dossier), url)
    if convention is None:
        suite = "Établir la convention de subvention."
        return Situation(CONTRAT, "Convention à établir", suite, BDT, url=url)
    if convention.etat == EtatConvention.A_SIGNER:
        return Situation(CONTRAT, "Convention à signer", "Signer la convention de subvention.", structure, url=url)
    if convention.etat == EtatConvention.SIGNEE_STRUCTURE:
        return Situation(CONTRAT, "Convention à signer", "Signer la convention à son tour.", BDT, url=url)
    if not signe:
        suite = "Signer le contrat de travail, puis enregistrer la signature."
        return Situation(CONTRAT, "Contrat à signer", suite, structure, _avant(dossier), url)
    return _versements(convention, url)


def _versements(convention: Convention, url: str) -> Situation:
    if convention.suspensions.all():
        suite = "Les versements reprendront aux dates prévues quand la suspension sera levée."
        return Situation(VERSEMENTS, "Versements suspendus", suite, BDT, url=url)
    tranche = next((t for t in convention.tranches.all() if t.etat != EtatTranche.PAYEE), None)
    if tranche is None:
        return Situation(VERSEMENTS, "Subvention versée", "Toutes les tranches sont payées.", "Personne", url=url)
    if tranche.etat != EtatTranche.PREVUE:
        suite = f"Payer la tranche {tranche.rang}, exigible depuis le {date_longue(tranche.exigible_le)}."
        return Situation(VERSEMENTS, f"Tranche {tranche.rang} exigible", suite, BDT, url=url)
    if tranche.prevue_le is None:
        suite = "Les dates des versements seront connues après le départ en formation."
        return Situation(VERSEMENTS, "Versements à dater", suite, "L’organisme de formation", url=url)
    suite = f"La tranche {tranche.rang} deviendra exigible le {date_longue(tranche.prevue_le)}."
    return Situation(VERSEMENTS, "Versements programmés", suite, BDT, tranche.prevue_le, url)


def _avant(dossier: Dossier) -> dt.date:
    return dossier.poste.echeance_recrutement


def _ouverte(demandes: Sequence[DemandeComplement]) -> DemandeComplement | None:
    return next((demande for demande in demandes if demande.repondue_le is None), None)
