"""R69: the public simulator; the page and the command `simuler_subvention` give the same answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.commun.erreurs import RegleNonRespectee
from portal.commun.formulaires import ajouter_erreur_metier
from structures.regimes import obtenir_regime
from subventions.bareme import MontantAFixer
from subventions.forms.simulateur import FormulaireSimulateur
from subventions.simulation import Simulation, simuler


@require_safe
def simulateur(request: HttpRequest) -> HttpResponse:
    pose = any(nom in request.GET for nom in FormulaireSimulateur.base_fields)
    form = FormulaireSimulateur(request.GET if pose else None)
    contexte = {"form": form, "simulation": None, "a_fixer": "", "regime": None}
    if form.is_valid():
        contexte["regime"] = obtenir_regime(form.cleaned_data["regime"])
        contexte["simulation"], contexte["a_fixer"] = _simuler(form)
    return render(request, "subventions/simulateur.html", contexte)


def _simuler(form: FormulaireSimulateur) -> tuple[Simulation | None, str]:
    """The answer, or why there is none: next to the answer that no line covers (R9), or left to BdT (R6)."""
    try:
        return simuler(**form.cleaned_data), ""
    except MontantAFixer as erreur:
        return None, erreur.message
    except RegleNonRespectee as erreur:
        ajouter_erreur_metier(form, erreur)
        return None, ""
