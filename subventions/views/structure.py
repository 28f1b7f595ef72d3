"""The structure's tab: its subsidy files, filled in, filed and followed (R60, R61)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.commun.affichage import iban
from portal.commun.erreurs import ErreurMetier, TransitionInterdite
from portal.commun.formulaires import Formulaire
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role
from subventions import acces, actions
from subventions.actions.communs import ETATS_MODIFIABLES
from subventions.forms.structure import (
    FormulaireInformations,
    FormulaireMessage,
    FormulairePiece,
    FormulaireReponse,
)
from subventions.models import Dossier, Piece
from subventions.pages import contexte_du_dossier
from subventions.parcours import pour_situation, situation_de
from subventions.suivi import attendues_de, piece_modifiable
from subventions.views.communs import GET_ET_POST, adresse_structure, appliquer


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def liste(request: HttpRequest) -> HttpResponse:
    dossiers = acces.dossiers_visibles_par(request.acteur).select_related("mise_en_relation__candidat__utilisateur")
    aujourdhui = timezone.localdate()
    lignes = [
        {"dossier": dossier, "situation": situation_de(dossier, request.acteur, aujourdhui)}
        for dossier in pour_situation(dossiers).order_by("-numero")
    ]
    return render(request, "subventions/structure/liste.html", {"lignes": lignes, "aujourdhui": aujourdhui})


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def dossier(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _page(request, acces.obtenir_dossier(request.acteur, uuid), FormulaireMessage())


def _page(request: HttpRequest, objet: Dossier, form: FormulaireMessage) -> HttpResponse:
    contexte = {**contexte_du_dossier(objet, request.acteur), "form": form}
    return render(request, "subventions/structure/dossier.html", contexte)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.STRUCTURE)
def informations(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier(request.acteur, uuid)
    if objet.etat not in ETATS_MODIFIABLES:
        raise TransitionInterdite(f"Le dossier est « {objet.get_etat_display()} » : il ne se modifie plus.")
    if request.method == "POST":
        form = FormulaireInformations(request.POST, dossier=objet)
        if form.is_valid() and appliquer(
            form,
            lambda: actions.completer_dossier(acteur=request.acteur, dossier=objet, donnees=form.cleaned_data),
        ):
            messages.success(request, "Les informations du dossier sont enregistrées.")
            return redirect(adresse_structure(objet))
    else:
        initial = {nom: getattr(objet, nom) for nom in FormulaireInformations.base_fields}
        initial["iban"] = iban(objet.iban)
        form = FormulaireInformations(dossier=objet, initial=initial)
    return render(request, "subventions/structure/informations.html", {"form": form, "dossier": objet})


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.STRUCTURE)
def piece(request: HttpRequest, uuid: UUID, piece: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier(request.acteur, uuid)
    la_piece = _piece_de(request, objet, piece)
    form = FormulairePiece(request.POST, request.FILES) if request.method == "POST" else FormulairePiece()
    if form.is_valid() and appliquer(
        form,
        lambda: actions.deposer_piece(acteur=request.acteur, piece=la_piece, fichier=form.cleaned_data["fichier"]),
    ):
        messages.success(request, f"La pièce est déposée : {la_piece}.")
        return redirect(adresse_structure(objet, "#pieces"))
    attendue = attendues_de(objet).get(la_piece.nature)
    contexte = {
        "form": form,
        "dossier": objet,
        "piece": la_piece,
        "aide": attendue.aide if attendue else "",
        "deposable": piece_modifiable(objet, la_piece),
    }
    return render(request, "subventions/structure/piece.html", contexte)


def _piece_de(request: HttpRequest, objet: Dossier, uuid: UUID) -> Piece:
    """The piece, of this very file: 404 otherwise."""
    la_piece = acces.obtenir_piece(request.acteur, uuid, dossier=objet)
    la_piece.dossier = objet
    return la_piece


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.STRUCTURE)
def deposer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is missing, or a last look before filing; filing itself is the POST."""
    objet = acces.obtenir_dossier(request.acteur, uuid)
    if "deposer" not in {ligne.nom for ligne in objet.actions_permises(request.acteur)}:
        raise TransitionInterdite(f"Le dossier est déjà « {objet.get_etat_display()} ».")
    form = Formulaire(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(form, lambda: actions.deposer_dossier(acteur=request.acteur, dossier=objet)):
        messages.success(request, "Le dossier est déposé. La Banque des Territoires l’instruit.")
        return redirect(adresse_structure(objet))
    contexte = {**contexte_du_dossier(objet, request.acteur), "form": form}
    return render(request, "subventions/structure/deposer.html", contexte)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.STRUCTURE)
def repondre(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier(request.acteur, uuid)
    if "repondre" not in {ligne.nom for ligne in objet.actions_permises(request.acteur)}:
        raise TransitionInterdite("Aucune demande de complément n’attend votre réponse.")
    form = FormulaireReponse(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(
        form, lambda: actions.repondre_complement(acteur=request.acteur, dossier=objet, **form.cleaned_data)
    ):
        messages.success(request, "Votre réponse est transmise. La Banque des Territoires reprend l’instruction.")
        return redirect(adresse_structure(objet))
    contexte = {**contexte_du_dossier(objet, request.acteur), "form": form}
    return render(request, "subventions/structure/repondre.html", contexte)


@require_POST
@never_cache
@exiger_role(Role.STRUCTURE)
def message(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier(request.acteur, uuid)
    form = FormulaireMessage(request.POST)
    if form.is_valid() and appliquer(
        form, lambda: actions.envoyer_message(acteur=request.acteur, dossier=objet, **form.cleaned_data)
    ):
        messages.success(request, "Votre message est envoyé à la Banque des Territoires.")
        return redirect(adresse_structure(objet, "#messagerie"))
    return _page(request, objet, form)


@require_POST
@never_cache
@exiger_role(Role.STRUCTURE)
def messages_lus(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier(request.acteur, uuid)
    try:
        actions.marquer_lus(acteur=request.acteur, dossier=objet)
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    return redirect(adresse_structure(objet, "#messagerie"))
