"""The structure's contract page: draft, amount and why, signature (R62)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.commun.erreurs import Manquement, TransitionInterdite
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role
from subventions import acces, actions
from subventions.actions.contrats import exiger_preparation_possible
from subventions.apercu import Apercu, apercu
from subventions.controles import Projet, manquements_du_projet
from subventions.enums import EtatContrat, EtatDossier
from subventions.forms.contrats import FormulaireContrat, FormulaireSignatureContrat
from subventions.models import Contrat, Dossier
from subventions.pages_conventions import contrat_du, convention_vivante
from subventions.views.communs import GET_ET_POST, appliquer


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def contrat(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier(request.acteur, uuid)
    le_contrat = contrat_du(objet)
    contexte = {
        **_commun(objet, le_contrat),
        "apercu": apercu(objet, le_contrat) if _compte(le_contrat) else None,
        "avertissements": _avertissements(objet, le_contrat),
        "convention": convention_vivante(objet),
        "blocage": _blocage(objet, le_contrat),
        "signable": _compte(le_contrat) and le_contrat.etat == EtatContrat.PREPARE,
        "conforme": objet.etat == EtatDossier.CONFORME,
    }
    return render(request, "subventions/structure/contrat.html", contexte)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.STRUCTURE)
def preparer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """« Calculer le montant » shows the figures and keeps nothing; « Enregistrer » writes."""
    objet = acces.obtenir_dossier(request.acteur, uuid)
    le_contrat = contrat_du(objet)
    exiger_preparation_possible(objet, le_contrat)
    resultat: Apercu | None = None
    if request.method == "POST":
        form = FormulaireContrat(request.POST, dossier=objet)
        if form.is_valid():
            resultat = apercu(objet, form.contrat())
            if "calculer" not in request.POST and appliquer(
                form, lambda: actions.preparer_contrat(acteur=request.acteur, dossier=objet, **form.cleaned_data)
            ):
                messages.success(request, "Le projet de contrat est enregistré.")
                return redirect("subventions:contrat", objet.uuid)
    else:
        initial = {nom: getattr(le_contrat, nom) for nom in FormulaireContrat.base_fields} if le_contrat else None
        form = FormulaireContrat(dossier=objet, initial=initial)
    contexte = {**_commun(objet, le_contrat), "form": form, "apercu": resultat, "avertissements": form.avertissements}
    return render(request, "subventions/structure/contrat_preparer.html", contexte)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.STRUCTURE)
def signer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier(request.acteur, uuid)
    le_contrat = contrat_du(objet)
    if le_contrat is None:
        raise TransitionInterdite("Préparez d’abord le contrat : sa signature s’enregistre ensuite.")
    if le_contrat.etat != EtatContrat.PREPARE:
        raise TransitionInterdite(f"Le contrat est déjà « {le_contrat.get_etat_display().lower()} ».")
    if objet.etat != EtatDossier.CONFORME:
        raise TransitionInterdite(
            "La Banque des Territoires n’a pas encore validé la conformité du dossier : la signature du contrat "
            "s’enregistre après."
        )
    if request.method == "POST":
        form = FormulaireSignatureContrat(request.POST, request.FILES, contrat=le_contrat, dossier=objet)
        if form.is_valid() and appliquer(
            form, lambda: actions.signer_contrat(acteur=request.acteur, contrat=le_contrat, **form.cleaned_data)
        ):
            messages.success(request, "La signature du contrat est enregistrée. Le poste est pourvu.")
            for avertissement in form.avertissements:
                messages.warning(request, avertissement.message)
            return redirect("subventions:contrat", objet.uuid)
    else:
        form = FormulaireSignatureContrat(contrat=le_contrat, dossier=objet)
    contexte = {**_commun(objet, le_contrat), "form": form}
    return render(request, "subventions/structure/contrat_signature.html", contexte)


def _commun(dossier: Dossier, contrat: Contrat | None) -> dict[str, Any]:
    return {"dossier": dossier, "structure": dossier.structure, "candidat": dossier.candidat, "contrat": contrat}


def _compte(contrat: Contrat | None) -> bool:
    """A draft that was given up brings nothing."""
    return contrat is not None and contrat.etat != EtatContrat.ABANDONNE


def _avertissements(dossier: Dossier, contrat: Contrat | None) -> list[Manquement]:
    """R83: what is late and blocks nothing."""
    if not _compte(contrat):
        return []
    projet = Projet(contrat.nature, contrat.debut, contrat.fin, contrat.salaire_brut, contrat.temps_plein)
    return [m for m in manquements_du_projet(dossier, projet) if not m.bloquant]


def _blocage(dossier: Dossier, contrat: Contrat | None) -> str:
    """Why the draft can no longer be written; empty when it can."""
    try:
        exiger_preparation_possible(dossier, contrat)
    except TransitionInterdite as erreur:
        return erreur.message
    return ""
