"""Registration and confirmation (R40 to R43, R49): public pages, the same for an address known or not."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidats import acces, actions
from candidats.enums import EtatCandidat
from candidats.forms.inscription import InscriptionForm, ProfilForm, RenvoiForm
from candidats.models import Candidat, InvitationCandidat
from portal.commun.erreurs import ErreurMetier
from portal.commun.formulaires import ajouter_erreur_metier
from portal.commun.jetons import JetonInvalide
from portal.commun.roles import Role
from portal.comptes.acces import CLE_SESSION
from portal.comptes.models import Rattachement

CLE_COURRIEL = "candidats.courriel"


@sensitive_post_parameters("mot_de_passe", "mot_de_passe_bis")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def inscrire(request: HttpRequest) -> HttpResponse:
    if request.acteur.authentifie:
        return _inscrire_connecte(request)
    return _inscrire_visiteur(request)


@sensitive_post_parameters("mot_de_passe", "mot_de_passe_bis")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """R49: the same registration, with the address that the structure invited."""
    try:
        invitation = acces.invitation_du_lien(secret)
    except JetonInvalide as erreur:
        return render(request, "candidats/inscription/invitation_invalide.html", {"raison": erreur.message}, status=410)
    if request.acteur.authentifie:
        return _inscrire_connecte(request, invitation)
    return _inscrire_visiteur(request, invitation)


def _inscrire_visiteur(request: HttpRequest, invitation: InvitationCandidat | None = None) -> HttpResponse:
    impose = invitation.courriel if invitation else ""
    form = InscriptionForm(request.POST if request.method == "POST" else None, courriel_impose=impose)
    if form.is_valid():
        try:
            actions.inscrire_candidat(acteur=request.acteur, donnees=form.cleaned_data)
        except ErreurMetier as erreur:
            ajouter_erreur_metier(form, erreur)
        else:
            request.session[CLE_COURRIEL] = form.cleaned_data["courriel"]
            return redirect("candidats:inscription_envoyee")
    return render(request, "candidats/inscription/inscrire.html", {"form": form, "invitation": invitation})


def _inscrire_connecte(request: HttpRequest, invitation: InvitationCandidat | None = None) -> HttpResponse:
    candidat = Candidat.objects.filter(utilisateur=request.user).first()
    if candidat is not None and candidat.etat == EtatCandidat.FUSIONNE:
        return render(request, "candidats/inscription/reunie.html", {"candidat": candidat})
    if candidat is not None:
        _agir_comme_candidat(request)
        return redirect("candidats:espace")
    initial = {"prenom": request.user.prenom, "nom": request.user.nom}
    form = ProfilForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            actions.inscrire_candidat(acteur=request.acteur, donnees=form.cleaned_data)
        except ErreurMetier as erreur:
            ajouter_erreur_metier(form, erreur)
        else:
            _agir_comme_candidat(request)
            messages.success(request, "Votre inscription de candidat est enregistrée.")
            return redirect("candidats:espace")
    return render(request, "candidats/inscription/inscrire.html", {"form": form, "invitation": invitation})


def _agir_comme_candidat(request: HttpRequest) -> None:
    """The person registers to use this role: it becomes the acting one."""
    rattachement = Rattachement.objects.en_vigueur().filter(utilisateur=request.user, role=Role.CANDIDAT).first()
    if rattachement is not None:
        request.session[CLE_SESSION] = str(rattachement.uuid)


@require_safe
@never_cache
def envoyee(request: HttpRequest) -> HttpResponse:
    courriel = request.session.get(CLE_COURRIEL, "")
    return render(request, "candidats/inscription/envoyee.html", {"courriel": courriel})


@require_POST
@never_cache
def renvoyer(request: HttpRequest) -> HttpResponse:
    """R42: another link; the answer never says whether the address is known."""
    form = RenvoiForm(request.POST)
    if not form.is_valid():
        contexte = {"form": form, "raison": "Indiquez l’adresse de votre inscription."}
        return render(request, "candidats/inscription/lien_perime.html", contexte)
    actions.renvoyer_confirmation(acteur=request.acteur, courriel=form.cleaned_data["courriel"])
    request.session[CLE_COURRIEL] = form.cleaned_data["courriel"]
    messages.info(
        request,
        "Si une inscription attend d’être confirmée à cette adresse, un nouveau lien vient de lui être envoyé. "
        "Attendez quelques minutes et regardez aussi vos courriers indésirables.",
    )
    return redirect("candidats:inscription_envoyee")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirmer(request: HttpRequest, secret: str) -> HttpResponse:
    """R42: the GET only shows; the POST confirms, once."""
    try:
        if request.method == "POST":
            actions.confirmer(acteur=request.acteur, secret=secret)
        else:
            candidat = acces.candidat_a_confirmer(secret)
            return render(request, "candidats/inscription/confirmer.html", {"candidat": candidat})
    except ErreurMetier as erreur:
        contexte = {"form": RenvoiForm(), "raison": erreur.message}
        return render(request, "candidats/inscription/lien_perime.html", contexte, status=410)
    messages.success(request, "Votre adresse est confirmée : votre profil peut être proposé aux structures.")
    if request.acteur.authentifie:
        return redirect("candidats:espace")
    return redirect(f"{reverse('account_login')}?next={reverse('candidats:espace')}")
