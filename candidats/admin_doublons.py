"""Probable duplicate people: the list, two registrations side by side, set aside or merged (R43; ANCT)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from candidats import acces, droits
from candidats.actions import ecarter_doublon_candidat, fusionner_candidats
from candidats.actions.fusion import obstacles
from candidats.doublons import contenu, deja_ecarte, identite, lire, rapprochements
from candidats.enums import EtatCandidat, NatureConsultation
from candidats.forms.doublons import FormulaireEcart, FormulaireFusion
from candidats.models import Candidat
from candidats.regles_doublons import ressemblance
from candidats.traces import noter_consultation
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, ErreurMetier
from portal.commun.formulaires import Formulaire, ajouter_erreur_metier
from portal.commun.roles import Role
from portal.comptes.admin_a_faire import AFaire
from portal.comptes.admin_pages import PageAdmin, accueil, cadre, declarer

LECTURE = frozenset({Role.ANCT, Role.SUPPORT})
LISTE, PAIRE, ECARTER, FUSIONNER = (
    "candidats_doublons",
    "candidats_doublons_paire",
    "candidats_doublons_ecarter",
    "candidats_doublons_fusionner",
)
PAR_PAGE = 50


def vue_liste(request: HttpRequest) -> HttpResponse:
    page = Paginator(rapprochements(), PAR_PAGE).get_page(request.GET.get("page"))
    lignes = [
        {"doublon": doublon, "lien": _adresse(PAIRE, doublon.une, doublon.autre)} for doublon in lire(page.object_list)
    ]
    return _rendre(request, "doublons", "Candidats inscrits deux fois", page=page, lignes=lignes)


def vue_paire(request: HttpRequest, une: UUID, autre: UUID) -> HttpResponse:
    """Everything about both, and what can be decided; both people are told that it was read."""
    premiere, seconde = _lire(request, une, autre)
    noter_consultation(request.acteur, [premiere, seconde], NatureConsultation.PROFIL)
    return _rendre(
        request,
        "paire",
        f"{premiere.utilisateur.email} et {seconde.utilisateur.email}",
        cotes=[
            {"contenu": contenu(candidat), "fusionner": _adresse(FUSIONNER, candidat, voisin)}
            for candidat, voisin in ((premiere, seconde), (seconde, premiere))
        ],
        pourquoi=ressemblance(identite(premiere), identite(seconde)),
        ecarte=deja_ecarte(premiere, seconde),
        ecarter=_adresse(ECARTER, premiere, seconde),
        decide=droits.FUSIONNER_CANDIDATS.permis(request.acteur),
    )


def vue_ecarter(request: HttpRequest, une: UUID, autre: UUID) -> HttpResponse:
    premiere, seconde = _lire(request, une, autre)
    return _traiter(
        request,
        FormulaireEcart(request.POST or None),
        lambda **champs: ecarter_doublon_candidat(acteur=request.acteur, candidat=premiere, autre=seconde, **champs),
        fait="C’est noté : ces deux inscriptions ne seront plus rapprochées.",
        suite=reverse(f"admin:{LISTE}"),
        titre=f"{premiere.utilisateur.email} et {seconde.utilisateur.email} sont-elles deux personnes ?",
        texte="Leurs inscriptions ne seront plus proposées comme doublons. Rien d’autre ne change.",
        bouton="Ce sont deux personnes",
        annuler=_adresse(PAIRE, premiere, seconde),
    )


def vue_fusionner(request: HttpRequest, une: UUID, autre: UUID) -> HttpResponse:
    """Keeps the first one. What moves is said before, and that nothing undoes it."""
    garde, absorbe = _lire(request, une, autre)
    refus = obstacles(garde, absorbe)
    if refus:
        titre = f"{absorbe.utilisateur.email} ne peut pas encore être réunie avec {garde.utilisateur.email}"
        return _rendre(request, "fusion_refusee", titre, refus=refus, paire=_adresse(PAIRE, garde, absorbe))
    return _traiter(
        request,
        FormulaireFusion(request.POST or None),
        lambda motif, **_: fusionner_candidats(acteur=request.acteur, garde=garde, absorbe=absorbe, motif=motif),
        fait=f"L’inscription de {absorbe.utilisateur.email} est réunie avec celle de {garde.utilisateur.email}.",
        suite=reverse("admin:candidats_candidat_change", args=[garde.pk]),
        titre=f"Garder {garde.utilisateur.email} et y réunir {absorbe.utilisateur.email} ?",
        texte="",
        bouton="Réunir définitivement",
        annuler=_adresse(PAIRE, garde, absorbe),
        gabarit_page="admin/candidats/fusionner.html",
        garde=garde,
        absorbe=absorbe,
        contenu=contenu(absorbe),
    )


def _traiter(
    request: HttpRequest,
    form: Formulaire,
    verbe: Callable[..., Any],
    *,
    fait: str,
    suite: str,
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
            return HttpResponseRedirect(suite)
    fil = [accueil(), (reverse(f"admin:{LISTE}"), "Candidats probablement inscrits deux fois")]
    return render(request, gabarit_page, {**cadre(fil, contexte["titre"]), "form": form, **contexte})


def _lire(request: HttpRequest, une: UUID, autre: UUID) -> tuple[Candidat, Candidat]:
    """The two, in the order of the address; one that is merged has its history on its own page."""
    visibles = acces.candidats_visibles_par(request.acteur).select_related("utilisateur", "commune")
    lus = {c.uuid: c for c in visibles.filter(uuid__in=[une, autre]).exclude(etat=EtatCandidat.FUSIONNE)}
    if len(lus) != 2:
        raise Http404
    return lus[une], lus[autre]


def _adresse(nom: str, une: Candidat, autre: Candidat) -> str:
    return reverse(f"admin:{nom}", args=[une.uuid, autre.uuid])


def _rendre(request: HttpRequest, gabarit: str, titre: str, **contexte: Any) -> HttpResponse:
    contexte = {**admin.site.each_context(request), "title": titre, "liste": reverse(f"admin:{LISTE}"), **contexte}
    return TemplateResponse(request, f"admin/candidats/{gabarit}.html", contexte)


def taches_de(acteur: Acteur) -> Iterator[AFaire]:
    if acteur.est(Role.ANCT):
        yield AFaire(
            nombre=len(rapprochements()),
            un="candidat probablement inscrit deux fois : réunir, ou dire que ce sont deux personnes",
            plusieurs="candidats probablement inscrits deux fois : réunir, ou dire que ce sont deux personnes",
            lien=reverse(f"admin:{LISTE}"),
        )


_VERBE = require_http_methods(["GET", "HEAD", "POST"])
declarer(PageAdmin("candidats/doublons/", LISTE, require_safe(vue_liste), LECTURE, "Candidats inscrits deux fois"))
for _suffixe, _nom, _vue, _roles in (
    ("", PAIRE, require_safe(vue_paire), LECTURE),
    ("ecarter/", ECARTER, _VERBE(vue_ecarter), droits.ECARTER_DOUBLON_CANDIDAT.roles),
    ("fusionner/", FUSIONNER, _VERBE(vue_fusionner), droits.FUSIONNER_CANDIDATS.roles),
):
    declarer(PageAdmin(f"candidats/doublons/<uuid:une>/<uuid:autre>/{_suffixe}", _nom, _vue, _roles))
