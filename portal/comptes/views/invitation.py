"""The page behind the link of an invitation. A GET only reads: a mail scanner must not consume the link."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, ErreurMetier, TransitionInterdite
from portal.commun.formulaires import Formulaire, ajouter_erreur_metier
from portal.commun.jetons import JetonInvalide, lire_jeton
from portal.comptes import acces, actions, regles
from portal.comptes.forms.equipe import FormulaireAcceptation
from portal.comptes.models import EtatInvitation, Invitation


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def accepter(request: HttpRequest, secret: str) -> HttpResponse:
    try:
        lire_jeton(secret, usage=acces.USAGE_INVITATION)
    except JetonInvalide as erreur:
        return _lien_mort(request, secret, erreur.message)
    invitation = acces.invitation_du_lien(secret)
    if invitation.etat != EtatInvitation.ENVOYEE:
        return _lien_mort(request, secret, "Cette invitation n’est plus en attente.")
    if request.acteur.authentifie:
        return _accepter_connecte(request, secret, invitation)
    if acces.compte_confirme(invitation.courriel):
        return render(request, "comptes/invitation_connexion.html", {"invitation": invitation})
    return _accepter_nouveau(request, secret, invitation)


def _accepter_connecte(request: HttpRequest, secret: str, invitation: Invitation) -> HttpResponse:
    """Somebody signed in only has to say yes; with another address, the page says what to do."""
    if not regles.meme_adresse(request.acteur.courriel, invitation.courriel):
        return render(request, "comptes/invitation_autre_compte.html", {"invitation": invitation}, status=403)
    form = Formulaire(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            rattachement = actions.accepter_invitation(acteur=request.acteur, secret=secret)
        except (JetonInvalide, TransitionInterdite) as erreur:
            return _lien_mort(request, secret, erreur.message)
        request.session[acces.CLE_SESSION] = str(rattachement.uuid)
        messages.success(request, f"Vous faites maintenant partie de : {invitation.organisation}.")
        return redirect("espace")
    return render(request, "comptes/invitation_accepter.html", {"form": form, "invitation": invitation})


def _accepter_nouveau(request: HttpRequest, secret: str, invitation: Invitation) -> HttpResponse:
    """Names and a password, then straight into the space (through the second factor for an agent)."""
    initial = {"prenom": invitation.prenom, "nom": invitation.nom}
    form = FormulaireAcceptation(request.POST or None, initial=initial)
    if form.is_valid():
        champs = {cle: form.cleaned_data[cle] for cle in ("prenom", "nom", "mot_de_passe")}
        try:
            rattachement = actions.accepter_invitation(acteur=Acteur.visiteur(), secret=secret, **champs)
        except (JetonInvalide, TransitionInterdite) as erreur:
            return _lien_mort(request, secret, erreur.message)
        except AccesRefuse:
            raise
        except ErreurMetier as erreur:
            ajouter_erreur_metier(form, erreur)
        else:
            messages.success(request, "Votre compte est prêt.")
            utilisateur = rattachement.utilisateur
            connexion = Login(user=utilisateur, email=utilisateur.email)
            reponse = perform_password_login(request, {"email": utilisateur.email}, connexion)
            request.session[acces.CLE_SESSION] = str(rattachement.uuid)
            return reponse
    return render(request, "comptes/invitation_nouveau.html", {"form": form, "invitation": invitation})


@require_POST
@never_cache
def renouveler(request: HttpRequest, secret: str) -> HttpResponse:
    """R27: a new link, asked from an old one; it only goes to the invited address."""
    try:
        actions.renouveler_depuis_lien(acteur=request.acteur, secret=secret)
    except ErreurMetier as erreur:
        return render(request, "comptes/invitation_invalide.html", {"raison": erreur.message}, status=409)
    return render(request, "comptes/invitation_renvoyee.html")


def _lien_mort(request: HttpRequest, secret: str, raison: str) -> HttpResponse:
    """Why the link does not work, and the way to another one while the invitation is still pending."""
    invitation = acces.invitation_du_lien(secret)
    renouvelable = invitation is not None and invitation.etat == EtatInvitation.ENVOYEE
    contexte = {"raison": raison, "secret": secret if renouvelable else "", "invitation": invitation}
    return render(request, "comptes/invitation_invalide.html", contexte, status=410)
