"""The desk of the Banque des Territoires: agreements to make, to sign, signed (R63)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.commun.exports import Colonne, exporter
from portal.commun.formulaires import Formulaire
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role
from subventions import acces, actions, registre
from subventions.actions.conventions import contrat_a_conventionner
from subventions.apercu import apercu
from subventions.enums import EtatConvention
from subventions.etats import MACHINE_CONVENTION
from subventions.file_attente import departements_de_la_file
from subventions.forms.contrats import FormulaireMontantFixe, FormulaireMotif
from subventions.forms.registre import FiltreConventions
from subventions.models import Convention
from subventions.pages_conventions import contexte_de_la_convention
from subventions.views.communs import GET_ET_POST, appliquer
from subventions.views.signatures import page_de_signature


def _de_la_convention(champ: str) -> Any:
    return lambda ligne: getattr(ligne.convention, champ) if ligne.convention else None


COLONNES = [
    Colonne("Convention", lambda ligne: ligne.convention.numero if ligne.convention else ""),
    Colonne("État", lambda ligne: ligne.convention.get_etat_display() if ligne.convention else "À établir"),
    Colonne("Dossier", "dossier.numero"),
    Colonne("Appel", "dossier.poste.get_regime_display"),
    Colonne("Poste", "dossier.poste.numero"),
    Colonne("Structure", "dossier.structure.nom"),
    Colonne("SIRET ou RIDET", "dossier.structure.identifiant"),
    Colonne("Département", "dossier.structure.departement_id"),
    Colonne("Contrat", lambda ligne: ligne.contrat.get_etat_display() if ligne.contrat else ""),
    Colonne("Début du contrat", lambda ligne: ligne.contrat.debut if ligne.contrat else None),
    Colonne("Montant de base", _de_la_convention("base")),
    Colonne("Majoration", _de_la_convention("majoration")),
    Colonne("Déductions", _de_la_convention("deductions")),
    Colonne("Montant", _de_la_convention("montant")),
    Colonne("Signée le", _de_la_convention("signee_le")),
]


# --- the register ---------------------------------------------------------------------------------------------------


@require_safe
@never_cache
@exiger_role(Role.BDT)
def liste(request: HttpRequest) -> HttpResponse:
    form, objets, vue = _filtrer(request)
    page = Paginator(objets, registre.PAR_PAGE).get_page(request.GET.get("page"))
    nombres = registre.compter_conventions(request.acteur)
    contexte = {
        "form": form,
        "page": page,
        "lignes": registre.lire_conventions(page.object_list),
        "vue": vue,
        "vues": [(nom, libelle, nombres[nom]) for nom, (libelle, _) in registre.VUES_CONVENTIONS.items()],
        "titre_vue": registre.VUES_CONVENTIONS[vue][0],
        "filtre": any(request.GET.get(nom) for nom in ("q", "regime", "departement")),
    }
    return render(request, "subventions/bdt/conventions.html", contexte)


@require_safe
@never_cache
@exiger_role(Role.BDT)
def export(request: HttpRequest, format: str) -> HttpResponse:
    if format not in ("csv", "xlsx"):
        raise Http404
    _, objets, vue = _filtrer(request)
    nom = f"conventions-{vue}-{timezone.localdate():%Y-%m-%d}"
    return exporter(nom, COLONNES, registre.lire_conventions(objets), format=format)


def _filtrer(request: HttpRequest) -> tuple[FiltreConventions, QuerySet[Any], str]:
    """The filters of the address and what they keep; a wrong filter keeps nothing."""
    form = FiltreConventions(request.GET, departements=departements_de_la_file(request.acteur))
    if not form.is_valid():
        return form, Convention.objects.none(), registre.A_ETABLIR
    filtres = form.cleaned_data
    return form, registre.filtrer_conventions(request.acteur, filtres), filtres["vue"]


# --- one agreement --------------------------------------------------------------------------------------------------


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.BDT)
def etablir(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The figures and why, then « Établir la convention »; where the scale is silent, BdT sets the amount (R6)."""
    dossier = acces.obtenir_dossier(request.acteur, uuid)
    contrat = contrat_a_conventionner(dossier)
    resultat = apercu(dossier, contrat)
    donnees = request.POST if request.method == "POST" else None
    form = FormulaireMontantFixe(donnees) if resultat.a_fixer else Formulaire(donnees)
    if form.is_valid():
        if resultat.a_fixer and "calculer" in request.POST:
            resultat = apercu(dossier, contrat, **form.cleaned_data)
        elif appliquer(
            form, lambda: actions.generer_convention(acteur=request.acteur, dossier=dossier, **form.cleaned_data)
        ):
            messages.success(request, "La convention est établie. La structure est invitée à la signer.")
            return redirect("subventions:conventions_bdt")
    contexte = {
        "dossier": dossier,
        "structure": dossier.structure,
        "candidat": dossier.candidat,
        "contrat": contrat,
        "apercu": resultat,
        "form": form,
        "a_fixer": isinstance(form, FormulaireMontantFixe),
    }
    return render(request, "subventions/bdt/convention_etablir.html", contexte)


@require_safe
@never_cache
@exiger_role(Role.BDT)
def convention(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_convention(request.acteur, uuid)
    contexte = contexte_de_la_convention(objet, objet.dossier, request.acteur)
    if objet.etat == EtatConvention.ANNULEE:
        contexte["motif_annulation"] = objet.history.latest().history_change_reason
    return render(request, "subventions/bdt/convention.html", contexte)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.BDT)
def signer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_convention(request.acteur, uuid)
    contexte = {"convention": objet, "dossier": objet.dossier, "gabarit": "subventions/cadre_bdt.html"}
    retour = reverse("subventions:convention_bdt", args=[objet.uuid])
    return page_de_signature(request, objet, "signer_bdt", contexte, retour)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.BDT)
def annuler(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_convention(request.acteur, uuid)
    MACHINE_CONVENTION.verifier(objet, "annuler", request.acteur)
    form = FormulaireMotif(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(
        form, lambda: actions.annuler_convention(acteur=request.acteur, convention=objet, **form.cleaned_data)
    ):
        messages.success(request, f"La convention n° {objet.numero} est annulée. Vous pouvez en établir une autre.")
        return redirect("subventions:convention_bdt", objet.uuid)
    contexte = {
        "gabarit": "subventions/cadre_bdt.html",
        "titre": f"Annuler la convention n° {objet.numero}\N{NO-BREAK SPACE}?",
        "texte": "La structure est prévenue du motif. Le document reste consultable ; une nouvelle convention peut "
        "être établie ensuite.",
        "bouton": "Annuler la convention",
        "annuler": reverse("subventions:convention_bdt", args=[objet.uuid]),
        "form": form,
    }
    return render(request, "commun/confirmation.html", contexte)
