"""Filters of the pages and documents of this floor: `{% load subventions %}`."""

from __future__ import annotations

from typing import Any

from django import template

from portal.commun.roles import Role
from subventions.enums import EtatContrat, EtatDossier
from subventions.models import Dossier
from subventions.pages_conventions import contrat_du, convention_vivante
from subventions.sources import source_en_clair

register = template.Library()

register.filter("source_en_clair", source_en_clair)


@register.filter
def majuscule(texte: str) -> str:
    """A sentence starts with a capital; the rest is left as it is."""
    return texte[:1].upper() + texte[1:]


@register.inclusion_tag("subventions/_suivi_contrat.html", takes_context=True)
def suivi_du_contrat(context: template.Context, dossier: Dossier) -> dict[str, Any]:
    """The section « Contrat et convention » on the page of a file, for the structure or for BdT: two queries."""
    acteur = context["request"].acteur
    contrat = contrat_du(dossier)
    return {
        "acteur": acteur,
        "dossier": dossier,
        "contrat": contrat,
        "contrat_compte": contrat is not None and contrat.etat in (EtatContrat.PREPARE, EtatContrat.SIGNE),
        "convention": convention_vivante(dossier),
        "pour_bdt": acteur.est(Role.BDT),
        "conforme": dossier.etat == EtatDossier.CONFORME,
        "ouvert": dossier.etat not in (EtatDossier.CLOS, EtatDossier.REJETE),
    }
