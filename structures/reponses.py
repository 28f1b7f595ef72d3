"""From the steps of the form to the verb, and from a stored application back to the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from structures.depot import REPONSES
from structures.models import Candidature, Structure

LIGNES = ("lieux", "consultations")
CONTACT = ("contact_prenom", "contact_nom", "contact_fonction", "contact_courriel", "contact_telephone")
SIEGE = ("nom", "adresse", "code_postal", "commune")


def rassembler(*etapes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """(answers, rows) of the verbs `creer_candidature` and `corriger`, from the cleaned data of the steps."""
    tout: dict[str, Any] = {}
    for etape in etapes:
        tout.update(etape)
    donnees = {nom: tout[nom] for nom in ("type", "siret", "ridet", "categorie_juridique", *REPONSES) if nom in tout}
    return donnees, {nom: tout.get(nom, []) for nom in LIGNES}


def initiales_structure(objet: Candidature | Structure) -> dict[str, Any]:
    """What step 3 shows of an application, or of a structure that applies again."""
    return {nom: getattr(objet, nom) for nom in (*SIEGE, *CONTACT)}


def initiales_besoin(candidature: Candidature) -> dict[str, Any]:
    initiales = {
        "nb_conseillers": candidature.nb_conseillers,
        "nb_inconnu": candidature.nb_conseillers is None,
        "demarrage_le": candidature.demarrage_le,
        "candidat_identifie": _oui_non(candidature.candidat_identifie),
        "candidat_courriel": candidature.candidat_courriel,
        "poste_existant": candidature.poste_existant,
        "poste_existant_precisions": candidature.poste_existant_precisions,
        "cas_coordinateur": candidature.cas_coordinateur,
        "coordination_temps_plein": _oui_non(candidature.coordination_temps_plein),
        "perimetre_coordination": candidature.perimetre_coordination,
    }
    lieux = candidature.lieux_souhaites.select_related("commune__departement").order_by("pk")
    for rang, lieu in enumerate(lieux, 1):
        initiales |= {f"lieu_{rang}_nom": lieu.nom, f"lieu_{rang}_commune": lieu.commune}
    for rang, consultation in enumerate(candidature.consultations.order_by("pk"), 1):
        initiales |= {
            f"consultation_{rang}_nom": consultation.nom,
            f"consultation_{rang}_courriel": consultation.courriel,
        }
    return initiales


def initiales_projet(candidature: Candidature) -> dict[str, Any]:
    return {nom: getattr(candidature, nom) for nom in ("motivation", "missions", "partenaires")}


def _oui_non(valeur: bool | None) -> str:
    return "" if valeur is None else ("oui" if valeur else "non")
