"""Verbs of the labour contract: draft, signature, end of a draft (R62, R3, R41)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from candidats.enums import EtatMiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.documents import deposer_document
from portal.commun.erreurs import TransitionInterdite, exiger
from portal.commun.evenements import emettre
from portal.commun.verbes import verbe
from structures.actions import pourvoir_poste
from structures.actions.postes import verrouiller_poste
from subventions.actions.communs import exiger_sa_structure, verrouiller
from subventions.actions.echeances import recalculer
from subventions.controles import Projet, manquements_du_projet, manquements_signature
from subventions.enums import EtatContrat, EtatConvention, EtatDossier
from subventions.etats import MACHINE_CONTRAT
from subventions.faits import montant_ou_none
from subventions.models import Contrat, Convention, Dossier
from subventions.notifications_versements import notifier_contrat_signe

NATURE_CONTRAT_SIGNE = "subventions-contrat-signe"


@verbe
def preparer_contrat(
    *,
    acteur: Acteur,
    dossier: Dossier,
    nature: str,
    debut: dt.date,
    fin: dt.date | None,
    salaire_brut: Decimal,
    temps_plein: bool,
) -> Contrat:
    """Write or correct the draft contract; every rule that does not need the signature is checked now (R62)."""
    dossier = verrouiller(dossier)
    exiger_sa_structure(acteur, dossier)
    contrat = Contrat.objects.select_for_update(of=("self",)).filter(dossier=dossier).first()
    exiger_preparation_possible(dossier, contrat)
    projet = Projet(nature, debut, fin, salaire_brut, temps_plein)
    exiger(manquements_du_projet(dossier, projet))
    if contrat is None:
        contrat = Contrat(dossier=dossier, poste=dossier.poste, candidat=dossier.mise_en_relation.candidat)
        contrat.etat_par_id, contrat.etat_role = acteur.utilisateur_id, acteur.role
    nature_avant, contrat.nature = contrat.nature, nature
    contrat.debut, contrat.fin = debut, fin
    contrat.salaire_brut, contrat.temps_plein = salaire_brut, temps_plein
    _exiger_conforme_a_la_convention(dossier, contrat, nature_avant)
    contrat.save()
    return contrat


@verbe
def signer_contrat(*, acteur: Acteur, contrat: Contrat, signe_le: dt.date, fichier: Any) -> Contrat:
    """Record the signature: all of R62 and R3, the signed file, the post filled, the clock of R4 if it starts there."""
    # Locks in the order of the house: post, file, contract.
    verrouiller_poste(contrat.poste)
    dossier = verrouiller(contrat.dossier)
    exiger_sa_structure(acteur, dossier)
    contrat = Contrat.objects.select_for_update(of=("self",)).get(pk=contrat.pk)
    contrat.dossier = dossier
    MACHINE_CONTRAT.verifier(contrat, "signer", acteur)
    if dossier.etat != EtatDossier.CONFORME:
        raise TransitionInterdite(
            "La Banque des Territoires n’a pas encore validé la conformité du dossier de subvention : "
            "la signature du contrat s’enregistre après."
        )
    exiger(manquements_signature(dossier, contrat, signe_le, timezone.localdate()))
    contrat.document = deposer_document(
        acteur=acteur, nature=NATURE_CONTRAT_SIGNE, objet=dossier, fichier=fichier, champ="fichier"
    )
    contrat.signe_le = signe_le
    MACHINE_CONTRAT.franchir(contrat, "signer", acteur=acteur)
    contrat.save()
    pourvoir_poste(acteur=acteur, poste=dossier.poste)
    recalculer(dossier=dossier)
    notifier_contrat_signe(contrat)
    emettre("contrat.signe", contrat=contrat)
    return contrat


def exiger_preparation_possible(dossier: Dossier, contrat: Contrat | None) -> None:
    """Raise with the reason when the draft can no longer be written; the page asks before showing its form."""
    if dossier.etat in (EtatDossier.CLOS, EtatDossier.REJETE):
        raise TransitionInterdite("Ce dossier est clos ou rejeté : le contrat ne peut pas être préparé.")
    if contrat is not None and contrat.etat != EtatContrat.PREPARE:
        raise TransitionInterdite(
            f"Le contrat est « {contrat.get_etat_display().lower()} » : il ne se modifie plus ici."
        )
    if dossier.mise_en_relation.etat != EtatMiseEnRelation.VALIDEE:
        raise TransitionInterdite("Le contrat se prépare une fois la candidature validée.")


def _exiger_conforme_a_la_convention(dossier: Dossier, contrat: Contrat, nature_avant: str) -> None:
    """Dates and pay may still move before the signature; the kind and the amount that the agreement states may not."""
    convention = Convention.objects.filter(dossier=dossier).exclude(etat=EtatConvention.ANNULEE).first()
    if convention is None:
        return
    calcul = montant_ou_none(dossier, contrat)
    if contrat.nature == nature_avant and (calcul is None or calcul.montant == convention.montant):
        return
    suite = (
        "elle est signée par toutes les parties et ne change plus."
        if convention.etat == EtatConvention.SIGNEE
        else "demandez à la Banque des Territoires de l’annuler, par la messagerie du dossier."
    )
    raise TransitionInterdite(
        f"La convention n° {convention.numero} est établie pour un autre contrat (nature ou montant) : {suite}"
    )
