"""The colleagues of the body one acts for: the same page for every kind of body."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.commun.erreurs import AccesRefuse, ErreurMetier
from portal.commun.formulaires import Formulaire, ajouter_erreur_metier
from portal.comptes import acces, actions, regles
from portal.comptes.forms.equipe import FormulaireDroits, FormulaireInvitation
from portal.comptes.models import Organisation

ROLES_AVEC_EQUIPE = sorted(regles.ROLE_DU_TYPE.values())


@require_safe
@never_cache
@acces.exiger_role(*ROLES_AVEC_EQUIPE)
def equipe(request: HttpRequest) -> HttpResponse:
    organisation = acces.obtenir_organisation(request.acteur)
    contexte = {
        "organisation": organisation,
        "membres": acces.membres_de(organisation),
        "invitations": acces.invitations_en_attente(organisation),
        "administre": acces.administre(request.acteur, organisation.pk),
        "signe": request.acteur.role in regles.ROLES_SIGNATAIRES,
    }
    return render(request, "comptes/equipe.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@acces.exiger_role(*ROLES_AVEC_EQUIPE)
def inviter(request: HttpRequest) -> HttpResponse:
    organisation = acces.obtenir_organisation(request.acteur)
    _exiger_administrateur(request, organisation)
    form = FormulaireInvitation(request.POST or None, role=request.acteur.role)
    if form.is_valid() and _appliquer(
        form,
        lambda: actions.inviter(
            acteur=request.acteur, organisation=organisation, role=request.acteur.role, **form.cleaned_data
        ),
    ):
        messages.success(request, f"L’invitation est envoyée à {form.cleaned_data['courriel']}.")
        return redirect("comptes:equipe")
    return render(request, "comptes/inviter.html", {"form": form, "organisation": organisation})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@acces.exiger_role(*ROLES_AVEC_EQUIPE)
def droits(request: HttpRequest, uuid: UUID) -> HttpResponse:
    organisation = acces.obtenir_organisation(request.acteur)
    membre = acces.obtenir_membre(organisation, uuid)
    _exiger_administrateur(request, organisation)
    initial = {"administrateur": membre.administrateur, "signataire": membre.signataire}
    form = FormulaireDroits(request.POST if request.method == "POST" else None, role=membre.role, initial=initial)
    if form.is_valid() and _appliquer(
        form,
        lambda: actions.definir_droits(
            acteur=request.acteur,
            rattachement=membre,
            administrateur=form.cleaned_data["administrateur"],
            signataire=form.cleaned_data.get("signataire", membre.signataire),
        ),
    ):
        messages.success(request, f"Les droits de {membre.utilisateur} sont enregistrés.")
        return redirect("comptes:equipe")
    return render(request, "comptes/droits.html", {"form": form, "membre": membre})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@acces.exiger_role(*ROLES_AVEC_EQUIPE)
def retirer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Confirmation, then removal; one may also leave by oneself."""
    organisation = acces.obtenir_organisation(request.acteur)
    membre = acces.obtenir_membre(organisation, uuid)
    soi = membre.utilisateur_id == request.acteur.utilisateur_id
    if not soi:
        _exiger_administrateur(request, organisation)
    form = Formulaire(request.POST if request.method == "POST" else None)
    if form.is_valid() and _appliquer(form, lambda: actions.retirer_membre(acteur=request.acteur, rattachement=membre)):
        messages.success(
            request, "Vous avez quitté l’équipe." if soi else f"{membre.utilisateur} ne fait plus partie de l’équipe."
        )
        return redirect("espace" if soi else "comptes:equipe")
    return render(request, "comptes/retirer.html", {"form": form, "membre": membre, "soi": soi})


@require_POST
@never_cache
@acces.exiger_role(*ROLES_AVEC_EQUIPE)
def renvoyer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    organisation = acces.obtenir_organisation(request.acteur)
    invitation = acces.obtenir_invitation_de(organisation, uuid)
    try:
        actions.renouveler_invitation(acteur=request.acteur, invitation=invitation)
    except AccesRefuse:
        raise
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    else:
        messages.success(request, f"Un nouveau lien est envoyé à {invitation.courriel} ; l’ancien ne fonctionne plus.")
    return redirect("comptes:equipe")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@acces.exiger_role(*ROLES_AVEC_EQUIPE)
def annuler(request: HttpRequest, uuid: UUID) -> HttpResponse:
    organisation = acces.obtenir_organisation(request.acteur)
    invitation = acces.obtenir_invitation_de(organisation, uuid)
    _exiger_administrateur(request, organisation)
    form = Formulaire(request.POST if request.method == "POST" else None)
    if form.is_valid() and _appliquer(
        form, lambda: actions.annuler_invitation(acteur=request.acteur, invitation=invitation)
    ):
        messages.success(request, f"L’invitation de {invitation.courriel} est annulée.")
        return redirect("comptes:equipe")
    return render(request, "comptes/annuler_invitation.html", {"form": form, "invitation": invitation})


def _exiger_administrateur(request: HttpRequest, organisation: Organisation) -> None:
    if not acces.administre(request.acteur, organisation.pk):
        raise AccesRefuse("Seuls les administrateurs de l’organisation gèrent ses membres.")


def _appliquer(form: Formulaire, action) -> bool:
    """Run a verb; a business refusal goes next to its field, a refused access to the 403 page."""
    try:
        action()
    except AccesRefuse:
        raise
    except ErreurMetier as erreur:
        ajouter_erreur_metier(form, erreur)
        return False
    return True
