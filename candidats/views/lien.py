"""« Pas intéressé » from the mail (R50): a page that asks, never a change on reading."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from candidats import acces, actions
from candidats.forms.decisions import MotifForm
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
