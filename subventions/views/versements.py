"""Payments seen by the Banque des Territoires: what is payable, what is planned, what is suspended (R12, R13, R65)."""

from __future__ import annotations

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

from portal.commun.erreurs import TransitionInterdite
from portal.commun.exports import Colonne, exporter
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role
from subventions import acces, actions, registre
from subventions.enums import EtatConvention
from subventions.exigibilite import constat
from subventions.file_attente import departements_de_la_file
from subventions.forms.contrats import FormulaireMotif
from subventions.forms.registre import FiltreTranches, nom_du_mois
from subventions.models import Tranche
from subventions.pages_conventions import LigneTranche
from subventions.views.communs import GET_ET_POST, appliquer

COLONNES = [
    Colonne("Convention", "convention.numero"),
    Colonne("Structure", "convention.dossier.structure.nom"),
    Colonne("SIRET ou RIDET", "convention.dossier.structure.identifiant"),
    Colonne("Département", "convention.dossier.structure.departement_id"),
    Colonne("Appel", "convention.dossier.poste.get_regime_display"),
    Colonne("Poste", "convention.dossier.poste.numero"),
    Colonne("Tranche", "rang"),
    Colonne("Part en %", "pourcentage"),
    Colonne("Montant", "montant"),
    Colonne("Prévue le", "prevue_le"),
    Colonne("État", "get_etat_display"),
    Colonne("Exigible depuis le", "exigible_le"),
    Colonne("Suspendue", "suspendue"),
]


@require_safe
@never_cache
@exiger_role(Role.BDT)
def tranches(request: HttpRequest) -> HttpResponse:
    form, objets, vue = _filtrer(request)
    page = Paginator(objets, registre.PAR_PAGE).get_page(request.GET.get("page"))
    mois = form.cleaned_data.get("mois") if form.is_valid() else None
    contexte = {
        "form": form,
        "page": page,
        "lignes": [LigneTranche(t, constat(t)) for t in registre.lire_tranches(page.object_list)],
        "vue": vue,
        "vues": registre.VUES_TRANCHES.items(),
        "titre_vue": registre.VUES_TRANCHES[vue],
        "totaux": registre.totaux(objets),
        "par_mois": _par_mois(request, vue),
        "mois": nom_du_mois(mois) if mois else "",
        "filtre": any(request.GET.get(nom) for nom in ("q", "regime", "departement", "mois")),
    }
    return render(request, "subventions/bdt/tranches.html", contexte)


@require_safe
@never_cache
@exiger_role(Role.BDT)
def export(request: HttpRequest, format: str) -> HttpResponse:
    if format not in ("csv", "xlsx"):
        raise Http404
    _, objets, vue = _filtrer(request)
    nom = f"tranches-{vue}-{timezone.localdate():%Y-%m-%d}"
    return exporter(nom, COLONNES, registre.lire_tranches(objets), format=format)


def _filtrer(request: HttpRequest, **force: str) -> tuple[FiltreTranches, QuerySet[Tranche], str]:
    """The filters of the address and what they keep; a wrong filter keeps nothing."""
    form = FiltreTranches({**request.GET.dict(), **force}, departements=departements_de_la_file(request.acteur))
    if not form.is_valid():
        return form, Tranche.objects.none(), next(iter(registre.VUES_TRANCHES))
    filtres = form.cleaned_data
    return form, registre.filtrer_tranches(request.acteur, filtres, timezone.localdate()), filtres["vue"]


def _par_mois(request: HttpRequest, vue: str) -> list[dict[str, object]]:
    """The months of the planned tranches, whatever the month being read."""
    if vue != "prevues":
        return []
    _, objets, _ = _filtrer(request, mois="")
    return [
        {"cle": f"{mois:%Y-%m}", "nom": nom_du_mois(mois), "nombre": nombre, "montant": montant}
        for mois, nombre, montant in registre.par_mois(objets)
    ]


# --- suspensions ----------------------------------------------------------------------------------------------------


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.BDT)
def suspendre(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_convention(request.acteur, uuid)
    if objet.etat != EtatConvention.SIGNEE:
        raise TransitionInterdite("Seule une convention signée par toutes les parties peut être suspendue.")
    form = FormulaireMotif(request.POST if request.method == "POST" else None)
    retour = reverse("subventions:convention_bdt", args=[objet.uuid])
    if form.is_valid() and appliquer(
        form, lambda: actions.suspendre(acteur=request.acteur, convention=objet, **form.cleaned_data)
    ):
        messages.success(request, "Les versements sont suspendus. La structure est prévenue du motif.")
        return redirect(retour)
    contexte = {
        "gabarit": "subventions/cadre_bdt.html",
        "titre": f"Suspendre les versements de la convention n° {objet.numero}\N{NO-BREAK SPACE}?",
        "texte": "Aucune tranche ne deviendra exigible tant que la suspension est ouverte. Les dates prévues ne "
        "changent pas.",
        "bouton": "Suspendre les versements",
        "annuler": retour,
        "form": form,
    }
    return render(request, "commun/confirmation.html", contexte)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.BDT)
def lever(request: HttpRequest, uuid: UUID) -> HttpResponse:
    suspension = acces.obtenir_suspension(request.acteur, uuid)
    if suspension.levee_le is not None:
        raise TransitionInterdite("Cette suspension est déjà levée.")
    form = FormulaireMotif(request.POST if request.method == "POST" else None)
    retour = reverse("subventions:convention_bdt", args=[suspension.convention.uuid])
    if form.is_valid() and appliquer(
        form, lambda: actions.lever(acteur=request.acteur, suspension=suspension, **form.cleaned_data)
    ):
        messages.success(request, "La suspension est levée. Les versements reprennent aux dates prévues.")
        return redirect(retour)
    contexte = {
        "gabarit": "subventions/cadre_bdt.html",
        "titre": f"Reprendre les versements de la convention n° {suspension.convention.numero}\N{NO-BREAK SPACE}?",
        "texte": "Les tranches échues pendant la suspension deviendront exigibles au prochain passage quotidien.",
        "bouton": "Lever la suspension",
        "annuler": retour,
        "form": form,
    }
    return render(request, "commun/confirmation.html", contexte)
