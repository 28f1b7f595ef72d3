"""Verbs of the labour contract (R62) and of the facts that the training floor brings down (R80, R83, R84)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from subventions.notifications_versements import notifier_contrat_signe

from candidats.enums import EtatMiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.dates import date_longue
from portal.commun.documents import deposer_document
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite, exiger
from portal.commun.evenements import emettre
from portal.commun.verbes import verbe
from structures.actions import pourvoir_poste
from subventions.actions.echeances import recalculer
from subventions.enums import EtatContrat, EtatConvention, EtatDossier
from subventions.etats import MACHINE_CONTRAT
from subventions.faits import faits_du_contrat
from subventions.models import Contrat, Convention, Dossier
from subventions.regles_contrat import verifier_contrat

NATURE_CONTRAT_SIGNE = "subventions-contrat-signe"


def verrouiller_dossier(dossier: Dossier) -> Dossier:
    """The file, locked, with what the rules read."""
    return (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("poste__campagne", "structure__commune", "mise_en_relation__candidat")
        .get(pk=dossier.pk)
    )


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
    dossier = verrouiller_dossier(dossier)
    if dossier.etat in (EtatDossier.CLOS, EtatDossier.REJETE):
        raise TransitionInterdite("Ce dossier est clos ou rejeté : le contrat ne peut plus être préparé.")
    if dossier.mise_en_relation.etat != EtatMiseEnRelation.VALIDEE:
        raise TransitionInterdite("Le contrat se prépare pour un candidat validé.")
    faits = faits_du_contrat(
        dossier, nature=nature, debut=debut, fin=fin, salaire_brut=salaire_brut, temps_plein=temps_plein
    )
    # The advert and the training body may still come before the signature.
    exiger(m for m in verifier_contrat(faits) if m.regle != "R3")
    contrat = Contrat.objects.select_for_update(of=("self",)).filter(dossier=dossier).first()
    if contrat is None:
        contrat = Contrat(dossier=dossier, poste=dossier.poste, candidat=dossier.mise_en_relation.candidat)
    elif contrat.etat != EtatContrat.PREPARE:
        raise TransitionInterdite("Le contrat est déjà signé : il ne se modifie plus ici.")
    elif Convention.objects.filter(dossier=dossier).exclude(etat=EtatConvention.ANNULEE).exists():
        raise TransitionInterdite("La convention est établie sur ce contrat : demandez d’abord son annulation.")
    contrat.nature, contrat.debut, contrat.fin = nature, debut, fin
    contrat.salaire_brut, contrat.temps_plein = salaire_brut, temps_plein
    contrat.save()
    return contrat


@verbe
def signer_contrat(*, acteur: Acteur, contrat: Contrat, signe_le: dt.date, fichier: Any) -> Contrat:
    """Record the signature: all of R62 and R3, the signed file, the post filled, the clock of R4 if it starts there."""
    dossier = verrouiller_dossier(contrat.dossier)
    contrat = Contrat.objects.select_for_update(of=("self",)).get(pk=contrat.pk)
    MACHINE_CONTRAT.verifier(contrat, "signer", acteur)
    if dossier.etat != EtatDossier.CONFORME:
        raise TransitionInterdite(
            "Le dossier de subvention n’est pas encore déclaré conforme par la Banque des Territoires."
        )
    if signe_le > timezone.localdate():
        raise RegleNonRespectee("R62", "La date de signature ne peut pas être dans le futur.", "signe_le")
    exiger(
        verifier_contrat(
            faits_du_contrat(
                dossier,
                nature=contrat.nature,
                debut=contrat.debut,
                fin=contrat.fin,
                salaire_brut=contrat.salaire_brut,
                temps_plein=contrat.temps_plein,
                signe_le=signe_le,
            )
        )
    )
    contrat.document = deposer_document(
        acteur=acteur, nature=NATURE_CONTRAT_SIGNE, objet=dossier, fichier=fichier, nom="", champ="fichier"
    )
    contrat.signe_le = signe_le
    MACHINE_CONTRAT.franchir(contrat, "signer", acteur=acteur)
    contrat.save()
    pourvoir_poste(acteur=acteur, poste=dossier.poste)
    recalculer(dossier=dossier)
    notifier_contrat_signe(contrat)
    emettre("contrat.signe", contrat=contrat)
    return contrat


@verbe
def noter_contact_formation(*, acteur: Acteur, dossier: Dossier, le: dt.date) -> Dossier:
    """R80: the first contact with the training body; later ones change nothing."""
    dossier = verrouiller_dossier(dossier)
    if le > timezone.localdate():
        raise RegleNonRespectee("R80", "La date de prise de contact ne peut pas être dans le futur.", "contacte_le")
    if dossier.formation_contactee_le is None or le < dossier.formation_contactee_le:
        dossier.formation_contactee_le = le
        dossier.save()
    return dossier


@verbe
def enregistrer_depart_formation(*, acteur: Acteur, dossier: Dossier, le: dt.date, motif: str = "") -> Dossier:
    """R4, R83: the departure in training, or its correction; only unpaid tranches move (R64)."""
    dossier = verrouiller_dossier(dossier)
    contrat = _contrat_signe(dossier)
    if contrat.signe_le is not None and le < contrat.signe_le:
        raise RegleNonRespectee(
            "R62",
            f"Le contrat, signé le {date_longue(contrat.signe_le)}, doit l’être avant le départ en formation.",
            "le",
        )
    dossier.depart_formation_le = le
    dossier.save()
    recalculer(dossier=dossier)
    return dossier


@verbe
def enregistrer_exemption(*, acteur: Acteur, dossier: Dossier, le: dt.date) -> Dossier:
    """R4, R84: exempted from the course: the clock set on the departure falls back on the start of the contract."""
    dossier = verrouiller_dossier(dossier)
    if dossier.depart_formation_le is not None:
        raise TransitionInterdite("La personne est déjà partie en formation : elle ne peut plus en être dispensée.")
    dossier.exempte_formation_le = le
    dossier.save()
    recalculer(dossier=dossier)
    return dossier


def _contrat_signe(dossier: Dossier) -> Contrat:
    contrat = Contrat.objects.filter(dossier=dossier, etat=EtatContrat.SIGNE).first()
    if contrat is None:
        raise RegleNonRespectee("R62", "Le contrat de travail doit être signé avant le départ en formation.", "le")
    return contrat
