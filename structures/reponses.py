"""From the steps of the form to the verb, and from a stored application back to the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from structures.depot import IDENTITE, REPONSES
from structures.models import Candidature, Structure

LIGNES = ("lieux", "consultations")
CONTACT = ("contact_prenom", "contact_nom", "contact_fonction", "contact_courriel", "contact_telephone")
SIEGE = ("nom", "adresse", "code_postal", "commune")


def rassembler(*etapes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """(answers, rows) of the verbs `creer_candidature` and `corriger`, from the cleaned data of the steps."""
    tout: dict[str, Any] = {}
    for etape in etapes:
        tout.update(etape)
    donnees = {nom: tout[nom] for nom in (*IDENTITE, *REPONSES) if nom in tout}
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
    }
    lieux = candidature.lieux_souhaites.select_related("commune__departement").order_by("pk")
    for rang, lieu in enumerate(lieux, 1):
        initiales |= {f"lieu_{rang}_nom": lieu.nom, f"lieu_{rang}_commune": lieu.commune}
    return initiales


def initiales_coordination(candidature: Candidature) -> dict[str, Any]:
    poste = candidature.poste_concerne
    return {
        "cas_coordinateur": candidature.cas_coordinateur,
        "poste_concerne": poste.numero if poste else None,
        "personne_en_poste": candidature.personne_en_poste,
        "poste_actuel_fin_le": candidature.poste_actuel_fin_le,
        "poste_existant_precisions": candidature.poste_existant_precisions,
        "coordination_temps_plein": _oui_non(candidature.coordination_temps_plein),
        "perimetre_echelle": candidature.perimetre_echelle,
        "perimetre_coordination": candidature.perimetre_coordination,
        **{f"departement_{rang}": code for rang, code in enumerate(candidature.perimetre_departements, 1)},
    }


def initiales_consultation(candidature: Candidature) -> dict[str, Any]:
    """Those named by hand, and the ticks of those of the scheme."""
    lignes = list(candidature.consultations.select_related("structure").order_by("pk"))
    par_nom = [ligne for ligne in lignes if ligne.structure is None]
    initiales: dict[str, Any] = {
        "structures": [str(ligne.structure.uuid) for ligne in lignes if ligne.structure is not None],
        "aucune": not lignes,
    }
    for rang, ligne in enumerate(par_nom, 1):
        initiales |= {f"consultation_{rang}_nom": ligne.nom, f"consultation_{rang}_courriel": ligne.courriel}
    return initiales


def initiales_projet(candidature: Candidature) -> dict[str, Any]:
    return {nom: getattr(candidature, nom) for nom in ("motivation", "missions", "partenaires")}


def _oui_non(valeur: bool | None) -> str:
    return "" if valeur is None else ("oui" if valeur else "non")
