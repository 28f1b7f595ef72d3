"""Probable duplicates: the list, two structures side by side, set aside or merged (R22; ANCT)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.commun.erreurs import AccesRefuse, ErreurMetier
from portal.commun.formulaires import Formulaire, ajouter_erreur_metier
from portal.commun.roles import Role
from portal.comptes.admin_pages import PageAdmin, accueil, cadre, declarer
from structures import acces, droits
from structures.actions import ecarter_doublon, fusionner
from structures.actions.fusion import obstacles
from structures.doublons import contenu, deja_ecarte, fiche, lire, rapprochements
from structures.forms.doublons import FormulaireEcart, FormulaireFusion
from structures.models import Structure
from structures.regles_doublons import comparer

LECTURE = frozenset({Role.ANCT, Role.SUPPORT})
LISTE, PAIRE, ECARTER, FUSIONNER = (
    "structures_doublons",
    "structures_doublons_paire",
    "structures_doublons_ecarter",
    "structures_doublons_fusionner",
)
PAR_PAGE = 50


def vue_liste(request: HttpRequest) -> HttpResponse:
    page = Paginator(rapprochements(), PAR_PAGE).get_page(request.GET.get("page"))
    lignes = [
        {"doublon": doublon, "lien": _adresse(PAIRE, doublon.une, doublon.autre)} for doublon in lire(page.object_list)
    ]
    return _rendre(request, "doublons", "Doublons probables", page=page, lignes=lignes)


def vue_paire(request: HttpRequest, une: UUID, autre: UUID) -> HttpResponse:
    """Everything about both, and what can be decided."""
    premiere, seconde = _lire(request, une, autre)
    return _rendre(
        request,
        "paire",
        f"{premiere.designation} et {seconde.designation}",
        cotes=[
            {
                "contenu": contenu(structure),
                "autre": voisine,
                "fusionner": _adresse(FUSIONNER, structure, voisine),
            }
            for structure, voisine in ((premiere, seconde), (seconde, premiere))
        ],
        ressemblance=comparer(fiche(premiere), fiche(seconde)),
        ecarte=deja_ecarte(premiere, seconde),
        ecarter=_adresse(ECARTER, premiere, seconde),
        decide=droits.FUSIONNER.permis(request.acteur),
    )


def vue_ecarter(request: HttpRequest, une: UUID, autre: UUID) -> HttpResponse:
    premiere, seconde = _lire(request, une, autre)
    return _traiter(
        request,
        FormulaireEcart(request.POST or None),
        lambda **champs: ecarter_doublon(acteur=request.acteur, structure=premiere, autre=seconde, **champs),
        fait="C’est noté : ces deux structures ne seront plus rapprochées.",
        suite=lambda: reverse(f"admin:{LISTE}"),
        titre=f"{premiere.designation} et {seconde.designation} sont-elles deux structures différentes ?",
        texte="Elles ne seront plus proposées comme doublons. Rien d’autre ne change.",
        bouton="Ce sont deux structures différentes",
        annuler=_adresse(PAIRE, premiere, seconde),
        **_cadre(premiere, seconde, "Deux structures différentes"),
    )


def vue_fusionner(request: HttpRequest, une: UUID, autre: UUID) -> HttpResponse:
    """Keeps the first one. What moves is said before, and that nothing undoes it."""
    gardee, absorbee = _lire(request, une, autre)
    refus = obstacles(gardee, absorbee)
    if refus:
        titre = f"{absorbee.designation} ne peut pas encore être fusionnée dans {gardee.designation}"
        return _rendre(request, "fusion_refusee", titre, refus=refus, paire=_adresse(PAIRE, gardee, absorbee))
    return _traiter(
        request,
        FormulaireFusion(request.POST or None),
        lambda motif, **_: fusionner(acteur=request.acteur, gardee=gardee, absorbee=absorbee, motif=motif),
        fait=f"{absorbee.designation} est fusionnée dans {gardee.designation}.",
        suite=lambda: reverse("admin:structures_structure_change", args=[gardee.uuid]),
        titre=f"Fusionner {absorbee.designation} dans {gardee.designation} ?",
        texte="",
        bouton="Fusionner définitivement",
        annuler=_adresse(PAIRE, gardee, absorbee),
        **_cadre(gardee, absorbee, "Fusionner"),
        gabarit_page="admin/structures/fusionner.html",
        gardee=gardee,
        absorbee=absorbee,
        contenu=contenu(absorbee),
    )


def _traiter(
    request: HttpRequest,
    form: Formulaire,
    verbe: Callable[..., Any],
    *,
    fait: str,
    suite: Callable[[], str],
    gabarit_page: str = "commun/confirmation.html",
    **contexte: Any,
) -> HttpResponse:
    if form.is_valid():
        try:
            verbe(**form.cleaned_data)
        except AccesRefuse:
            raise
        except ErreurMetier as erreur:
            ajouter_erreur_metier(form, erreur)
        else:
            messages.success(request, fait)
            return HttpResponseRedirect(suite())
    return render(request, gabarit_page, {"form": form, **contexte})


def _cadre(une: Structure, autre: Structure, ici: str) -> dict[str, Any]:
    liste = (reverse(f"admin:{LISTE}"), "Doublons probables")
    return cadre([accueil(), liste, (_adresse(PAIRE, une, autre), "Comparer")], ici)


def _lire(request: HttpRequest, une: UUID, autre: UUID) -> tuple[Structure, Structure]:
    """The two, in the order of the address; one that is merged has its history on its own page."""
    visibles = acces.structures_visibles_par(request.acteur).select_related("commune__departement", "organisation")
    lues = {structure.uuid: structure for structure in visibles.filter(uuid__in=[une, autre])}
    if len(lues) != 2:
        raise Http404
    return lues[une], lues[autre]


def _adresse(nom: str, une: Structure, autre: Structure) -> str:
    return reverse(f"admin:{nom}", args=[une.uuid, autre.uuid])


def _rendre(request: HttpRequest, gabarit: str, titre: str, **contexte: Any) -> HttpResponse:
    contexte = {**admin.site.each_context(request), "title": titre, "liste": reverse(f"admin:{LISTE}"), **contexte}
    return TemplateResponse(request, f"admin/structures/{gabarit}.html", contexte)


_VERBE = require_http_methods(["GET", "HEAD", "POST"])
declarer(PageAdmin("structures/doublons/", LISTE, require_safe(vue_liste), LECTURE, "Doublons probables"))
for _suffixe, _nom, _vue, _roles in (
    ("", PAIRE, require_safe(vue_paire), LECTURE),
    ("ecarter/", ECARTER, _VERBE(vue_ecarter), droits.ECARTER_DOUBLON.roles),
    ("fusionner/", FUSIONNER, _VERBE(vue_fusionner), droits.FUSIONNER.roles),
):
    declarer(PageAdmin(f"structures/doublons/<uuid:une>/<uuid:autre>/{_suffixe}", _nom, _vue, _roles))
