"""Answers from the mails (R50, R51): a page that asks, never a change on reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from candidats import acces, actions
from candidats.actions.communs import acteur_candidat
from candidats.forms.decisions import MotifForm, ReponseForm
from candidats.models import MiseEnRelation
from candidats.views.communs import appliquer
from candidats.views.entretiens import creneaux_a_repondre
from candidats.views.entretiens import repondre as repondre_aux_creneaux
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import ErreurMetier
from portal.commun.formulaires import ajouter_erreur_metier
from portal.commun.jetons import JetonInvalide
from portal.commun.roles import Role


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def pas_interesse(request: HttpRequest, secret: str) -> HttpResponse:
    try:
        paire = acces.mise_en_relation_du_lien(secret)
    except JetonInvalide as erreur:
        return render(request, "candidats/lien/invalide.html", {"raison": erreur.message}, status=410)
    if not paire.vivante:
        return render(request, "candidats/lien/deja.html", {"paire": paire})
    form = MotifForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            paire = actions.ecarter_par_lien(acteur=_porteur(request, paire), secret=secret, **form.cleaned_data)
        except ErreurMetier as erreur:
            ajouter_erreur_metier(form, erreur)
        else:
            return render(request, "candidats/lien/fait.html", {"paire": paire})
    return render(request, "candidats/lien/pas_interesse.html", {"paire": paire, "form": form})


def _porteur(request: HttpRequest, paire) -> Acteur:
    """The link is the authorisation; somebody of the structure who is signed in signs with their name."""
    acteur = request.acteur
    if acteur.est(Role.STRUCTURE) and acteur.organisation_id == paire.poste.structure.organisation_id:
        return acteur
    return Acteur.visiteur()


# --- the candidate's answers ----------------------------------------------------------------------------------------


def _du_candidat(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The pair of the link, or a page that says why the link no longer answers anything."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @never_cache
    def lire(request: HttpRequest, secret: str) -> HttpResponse:
        try:
            paire = acces.mise_en_relation_de_la_reponse(secret)
        except JetonInvalide as erreur:
            return render(request, "candidats/lien/reponse_invalide.html", {"raison": erreur.message}, status=410)
        return vue(request, paire)

    lire.__name__, lire.__doc__ = vue.__name__, vue.__doc__
    return lire


@_du_candidat
def repondre(request: HttpRequest, paire: MiseEnRelation) -> HttpResponse:
    """R51: interested, declined, or no longer available, without signing in."""
    if not paire.vivante:
        return render(request, "candidats/lien/reponse_close.html", {"paire": paire})
    form = ReponseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        fait, phrase = _REPONSES[form.cleaned_data["reponse"]]
        acteur = acteur_candidat(paire.candidat)
        if appliquer(form, lambda: fait(acteur, paire, form.cleaned_data)):
            return _merci(request, paire, phrase.format(structure=paire.poste.structure.nom))
    return render(request, "candidats/lien/repondre.html", {"paire": paire, "form": form})


def _interet(acteur: Acteur, paire: MiseEnRelation, donnees: dict[str, Any]) -> Any:
    return actions.manifester_interet(acteur=acteur, mise_en_relation=paire)


def _declin(acteur: Acteur, paire: MiseEnRelation, donnees: dict[str, Any]) -> Any:
    return actions.decliner(
        acteur=acteur, mise_en_relation=paire, motif=donnees["motif"], precisions=donnees["precisions"]
    )


def _plus_disponible(acteur: Acteur, paire: MiseEnRelation, donnees: dict[str, Any]) -> Any:
    return actions.suspendre(acteur=acteur, candidat=paire.candidat)


_REPONSES = {
    ReponseForm.INTERET: (_interet, "{structure} sait que le poste vous intéresse."),
    ReponseForm.DECLIN: (_declin, "Vous avez décliné le poste de {structure}. Il ne vous sera plus proposé."),
    ReponseForm.PLUS_DISPONIBLE: (
        _plus_disponible,
        "Votre profil n’est plus proposé. Vous pouvez redevenir disponible à tout moment depuis votre espace.",
    ),
}


@_du_candidat
def creneaux(request: HttpRequest, paire: MiseEnRelation) -> HttpResponse:
    """R52: choose a slot, or say that none suits, without signing in."""
    if not creneaux_a_repondre(paire):
        return render(request, "candidats/lien/creneaux_clos.html", {"paire": paire})
    acteur = acteur_candidat(paire.candidat)
    return repondre_aux_creneaux(request, acteur, paire, "base.html", lambda phrase: _merci(request, paire, phrase))


def _merci(request: HttpRequest, paire: MiseEnRelation, phrase: str) -> HttpResponse:
    return render(request, "candidats/lien/merci.html", {"paire": paire, "phrase": phrase})
