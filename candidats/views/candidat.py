"""The candidate's space (R51): what is proposed, what they answer, what they decide about themselves."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidats import acces, actions, lectures
from candidats.enums import EtatCandidat
from candidats.etats import MACHINE_CANDIDAT, MACHINE_MISE_EN_RELATION
from candidats.forms.decisions import DeclinForm
from candidats.forms.inscription import ProfilForm, reponses_de
from candidats.views.communs import CADRE_CANDIDAT, appliquer, confirmation
from portal.commun.dates import age
from portal.commun.formulaires import Formulaire
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role


@require_safe
@never_cache
@exiger_role(Role.CANDIDAT)
def espace(request: HttpRequest) -> HttpResponse:
    candidat = acces.candidat_de(request.acteur)
    en_cours, passees = lectures.propositions_de(candidat)
    contexte = {
        "candidat": candidat,
        "en_cours": en_cours,
        "passees": passees,
        # Chosen for a post, one is unavailable because of it: nothing to take up again.
        "validee": any(paire.validee for paire in en_cours),
        "suite": lectures.suite_pour(candidat, en_cours),
        "actions": {ligne.nom for ligne in candidat.actions_permises(request.acteur)},
        "maintenant": timezone.now(),
        "aujourdhui": timezone.localdate(),
    }
    return render(request, "candidats/espace/accueil.html", contexte)


@require_safe
@never_cache
@exiger_role(Role.CANDIDAT)
def proposition(request: HttpRequest, uuid: UUID) -> HttpResponse:
    paire = acces.obtenir_mise_en_relation(request.acteur, uuid)
    contexte = {
        "paire": paire,
        "entretien": lectures.entretien_ouvert(paire),
        "historique": lectures.historique(paire),
        "peut_decliner": MACHINE_MISE_EN_RELATION.autorise(paire.etat, "decliner", request.acteur),
        "maintenant": timezone.now(),
    }
    return render(request, "candidats/espace/proposition.html", contexte)


@require_POST
@never_cache
@exiger_role(Role.CANDIDAT)
def interet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    paire = acces.obtenir_mise_en_relation(request.acteur, uuid)
    actions.manifester_interet(acteur=request.acteur, mise_en_relation=paire)
    messages.success(request, f"{paire.poste.structure.nom} sait que le poste vous intéresse.")
    return redirect("candidats:espace")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.CANDIDAT)
def decliner(request: HttpRequest, uuid: UUID) -> HttpResponse:
    paire = acces.obtenir_mise_en_relation(request.acteur, uuid)
    MACHINE_MISE_EN_RELATION.verifier(paire, "decliner", request.acteur)
    form = DeclinForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(
        form, lambda: actions.decliner(acteur=request.acteur, mise_en_relation=paire, **form.cleaned_data)
    ):
        messages.success(request, f"Vous avez décliné le poste de {paire.poste.structure.nom}.")
        return redirect("candidats:espace")
    return confirmation(
        request,
        CADRE_CANDIDAT,
        titre=f"Décliner le poste de {paire.poste.structure.nom} ?",
        texte="La structure en sera informée et ce poste ne vous sera plus proposé.",
        bouton="Décliner ce poste",
        annuler=reverse("candidats:espace"),
        form=form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.CANDIDAT)
def profil(request: HttpRequest) -> HttpResponse:
    candidat = acces.candidat_de(request.acteur)
    if candidat.etat == EtatCandidat.RECRUTE:
        messages.info(request, "Votre recrutement est enregistré : votre profil de candidat ne change plus.")
        return redirect("candidats:espace")
    form = ProfilForm(request.POST if request.method == "POST" else None, initial=reponses_de(candidat))
    if form.is_valid() and appliquer(
        form, lambda: actions.modifier_profil(acteur=request.acteur, candidat=candidat, donnees=form.cleaned_data)
    ):
        messages.success(request, "Votre profil est enregistré. Vos propositions en tiennent compte.")
        return redirect("candidats:espace")
    contexte = {"form": form, "candidat": candidat, "age": age(candidat.date_naissance, timezone.localdate())}
    return render(request, "candidats/espace/profil.html", contexte)


@require_POST
@never_cache
@exiger_role(Role.CANDIDAT)
def renvoyer(request: HttpRequest) -> HttpResponse:
    """R42: somebody who signed in before confirming asks for the link again."""
    candidat = acces.candidat_de(request.acteur)
    actions.renvoyer_confirmation(acteur=request.acteur, courriel=candidat.utilisateur.email)
    messages.info(request, "Un lien de confirmation vous a été envoyé. Regardez aussi vos courriers indésirables.")
    return redirect("candidats:espace")


def _decision(request: HttpRequest, nom: str, verbe, titre: str, texte: str, bouton: str, fait: str) -> HttpResponse:
    """One decision about oneself, through its confirmation page."""
    candidat = acces.candidat_de(request.acteur)
    MACHINE_CANDIDAT.verifier(candidat, nom, request.acteur)
    form = Formulaire(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(form, lambda: verbe(acteur=request.acteur, candidat=candidat)):
        messages.success(request, fait)
        return redirect("candidats:espace")
    return confirmation(
        request,
        CADRE_CANDIDAT,
        titre=titre,
        texte=texte,
        bouton=bouton,
        annuler=reverse("candidats:espace"),
        form=form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.CANDIDAT)
def suspendre(request: HttpRequest) -> HttpResponse:
    return _decision(
        request,
        "suspendre",
        actions.suspendre,
        "Vous n’êtes plus disponible ?",
        "Votre profil ne sera plus proposé. Les structures qui vous ont déjà présélectionné en seront informées, "
        "sans que leur choix soit effacé. Vous pourrez redevenir disponible à tout moment.",
        "Je ne suis plus disponible",
        "Votre profil n’est plus proposé.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.CANDIDAT)
def reprendre(request: HttpRequest) -> HttpResponse:
    return _decision(
        request,
        "reprendre",
        actions.reprendre,
        "Redevenir disponible ?",
        "Votre profil sera de nouveau proposé aux structures qui recrutent. Vérifiez ensuite vos souhaits et votre "
        "date de disponibilité dans « Mon profil ».",
        "Redevenir disponible",
        "Votre profil est de nouveau proposé.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.CANDIDAT)
def retirer(request: HttpRequest) -> HttpResponse:
    return _decision(
        request,
        "retirer",
        actions.retirer,
        "Retirer votre candidature ?",
        "Toutes vos propositions en cours seront closes et les structures qui vous avaient retenu en seront informées. "
        "Vous pourrez revenir, mais ces propositions ne seront pas rétablies.",
        "Retirer ma candidature",
        "Votre candidature est retirée.",
    )
