"""The structure's tab « Formation »: its bodies, the test, the sessions, the departure (R80 to R84)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from formation import acces, actions, lectures, pages
from formation.enums import EtatInscription
from formation.etats import MACHINE_INSCRIPTION
from formation.forms.structure import FormulaireContact, FormulaireDistance, FormulaireMotifFacultatif
from formation.parcours import situation_de
from formation.suivi import suivi_de, suivre
from formation.views.communs import (
    CADRE_STRUCTURE,
    GET_ET_POST,
    adresse_dossier,
    appliquer,
    confirmer,
    repondre_agenda,
)
from portal.commun.dates import date_longue
from portal.commun.erreurs import TransitionInterdite
from portal.commun.formulaires import Formulaire
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def liste(request: HttpRequest) -> HttpResponse:
    dossiers = acces.dossiers_formation_visibles_par(request.acteur).order_by("numero")
    lignes = [{"suivi": suivi, "situation": situation_de(suivi, request.acteur)} for suivi in suivre(dossiers)]
    return render(request, "formation/structure/liste.html", {"lignes": lignes})


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def dossier(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier_formation(request.acteur, uuid)
    contexte = pages.contexte_suivi(objet, request.acteur)
    contexte |= {
        "organismes": pages.fiches_organismes(contexte["suivi"]),
        "sessions": pages.sessions_a_choisir(contexte["suivi"]),
    }
    return render(request, "formation/structure/dossier.html", contexte)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.STRUCTURE)
def contacter(request: HttpRequest, uuid: UUID, organisme: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier_formation(request.acteur, uuid)
    destinataire = acces.obtenir_organisme_de(objet, organisme)
    if objet.prises_de_contact.filter(organisme=destinataire).exists():
        raise TransitionInterdite("Le contact avec cet organisme est déjà pris : écrivez-lui directement.")
    form = FormulaireContact(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(
        form,
        lambda: actions.contacter_organisme(
            acteur=request.acteur, dossier=objet, organisme=destinataire, **form.cleaned_data
        ),
    ):
        messages.success(request, f"Votre message est envoyé à {destinataire.nom}.")
        return redirect(adresse_dossier(objet))
    contexte = {
        "gabarit": CADRE_STRUCTURE,
        "titre": f"Contacter {destinataire.nom}",
        "organisme": destinataire,
        "dossier": objet,
        "form": form,
        "bouton": "Envoyer le message",
        "annuler": adresse_dossier(objet),
    }
    return render(request, "formation/structure/contacter.html", contexte)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.STRUCTURE)
def inscrire(request: HttpRequest, uuid: UUID, session: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier_formation(request.acteur, uuid)
    choisie = get_object_or_404(lectures.avec_places(acces.sessions_visibles_par(request.acteur)), uuid=session)
    form = Formulaire(request.POST if request.method == "POST" else None)
    resultat = []
    if form.is_valid() and appliquer(
        form,
        lambda: resultat.append(actions.inscrire(acteur=request.acteur, session=choisie, dossier=objet)),
    ):
        if resultat[0].etat == EtatInscription.ATTENTE:
            messages.warning(request, "La session est complète : la personne est sur la liste d’attente.")
        else:
            messages.success(request, f"L’inscription à la session du {date_longue(choisie.debut)} est enregistrée.")
        return redirect(adresse_dossier(objet))
    return confirmer(
        request,
        gabarit=CADRE_STRUCTURE,
        titre="Inscrire à cette session ?",
        texte="",
        bouton="Confirmer l’inscription",
        annuler=adresse_dossier(objet),
        form=form,
        page="formation/inscrire.html",
        session=choisie,
        etat_session=pages.etat_des_inscriptions(choisie),
        dossier=objet,
    )


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.STRUCTURE)
def annuler(request: HttpRequest, uuid: UUID) -> HttpResponse:
    inscription = acces.obtenir_inscription(request.acteur, uuid)
    MACHINE_INSCRIPTION.verifier(inscription, "annuler", request.acteur)
    form = FormulaireMotifFacultatif(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(
        form,
        lambda: actions.annuler_inscription(acteur=request.acteur, inscription=inscription, **form.cleaned_data),
    ):
        messages.success(request, "L’inscription est annulée. La personne et l’organisme reçoivent un courriel.")
        return redirect(adresse_dossier(inscription.dossier))
    return confirmer(
        request,
        gabarit=CADRE_STRUCTURE,
        titre="Annuler l’inscription ?",
        texte=f"{inscription.session} : la place est rendue, la première personne de la liste d’attente la prend.",
        bouton="Annuler l’inscription",
        annuler=adresse_dossier(inscription.dossier),
        form=form,
    )


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.STRUCTURE)
def distance(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """R82: the answer to the remote body's offer."""
    inscription = acces.obtenir_inscription(request.acteur, uuid)
    if inscription.etat != EtatInscription.PROPOSEE:
        raise TransitionInterdite("Il n’y a pas, ou plus, de formation à distance à accepter pour cette personne.")
    objet = inscription.dossier
    suivi = suivi_de(objet)
    heures = suivi.test.heures if suivi.test is not None else inscription.session.heures
    sessions = lectures.sessions_proposees(objet.structure, heures, timezone.localdate(), distance_seule=True)
    form = FormulaireDistance(request.POST if request.method == "POST" else None, sessions=list(sessions))
    if form.is_valid() and appliquer(
        form,
        lambda: actions.repondre_distance(
            acteur=request.acteur, inscription=inscription, session_distance=form.cleaned_data["session"]
        ),
    ):
        pris = form.cleaned_data["session"] is not None
        messages.success(
            request,
            "La personne est inscrite à distance."
            if pris
            else "La formation à distance est refusée. Choisissez une session.",
        )
        return redirect(adresse_dossier(objet))
    contexte = {
        "gabarit": CADRE_STRUCTURE,
        "titre": "Répondre à la proposition de formation à distance",
        "dossier": objet,
        "inscription": inscription,
        "sessions": form.sessions,
        "form": form,
        "bouton": "Enregistrer ma réponse",
        "annuler": adresse_dossier(objet),
    }
    return render(request, "formation/structure/distance.html", contexte)


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def agenda(request: HttpRequest, uuid: UUID) -> HttpResponse:
    positionnement = acces.obtenir_positionnement(request.acteur, uuid)
    if positionnement.creneau is None:
        raise Http404
    return repondre_agenda(positionnement)
