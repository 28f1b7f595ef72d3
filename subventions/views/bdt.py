"""The desk of the Banque des Territoires: the queue and the instruction of each file (R2, R61)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.commun.erreurs import AccesRefuse, ErreurMetier, TransitionInterdite
from portal.commun.exports import Colonne, exporter
from portal.commun.formulaires import Formulaire
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role
from subventions import acces, actions, file_attente
from subventions.enums import EtatDossier
from subventions.forms.bdt import FiltreFile, FormulaireComplement, FormulaireRefusPiece, FormulaireRejet
from subventions.forms.structure import FormulaireMessage
from subventions.models import Dossier, Piece
from subventions.pages import contexte_du_dossier
from subventions.views.communs import GET_ET_POST, adresse_bdt, appliquer

# R112: neither the candidate nor those who bind the structure leave the portal in a spreadsheet.
COLONNES = [
    Colonne("Dossier", "dossier.numero"),
    Colonne("État", "dossier.etat_bdt"),
    Colonne("Appel", "dossier.poste.get_regime_display"),
    Colonne("Poste", "dossier.poste.numero"),
    Colonne("Structure", "dossier.structure.nom"),
    Colonne("SIRET ou RIDET", "dossier.structure.identifiant"),
    Colonne("Département", "dossier.structure.departement_id"),
    Colonne("Déposé le", lambda ligne: ligne.dossier.depose_le and timezone.localdate(ligne.dossier.depose_le)),
    Colonne("Échéance", "echeance"),
    Colonne("Échéance impérative", "instruction.ferme"),
    Colonne("En retard", "en_retard"),
    Colonne("Pièces à examiner", "dossier.nb_a_examiner"),
    Colonne("Gestionnaire", lambda ligne: str(ligne.dossier.gestionnaire or "")),
]


# --- the queue ------------------------------------------------------------------------------------------------------


@require_safe
@never_cache
@exiger_role(Role.BDT)
def file(request: HttpRequest) -> HttpResponse:
    form, cles = _filtrer(request)
    aujourdhui = timezone.localdate()
    page = Paginator(cles, file_attente.PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {
        "form": form,
        "page": page,
        "lignes": file_attente.lire(list(page.object_list), aujourdhui),
        "nombre": len(cles),
        "filtre": any(request.GET.get(nom) for nom in form.fields),
    }
    return render(request, "subventions/bdt/file.html", contexte)


@require_safe
@never_cache
@exiger_role(Role.BDT)
def export(request: HttpRequest, format: str) -> HttpResponse:
    if format not in ("csv", "xlsx"):
        raise Http404
    _, cles = _filtrer(request)
    lignes = file_attente.lire(cles, timezone.localdate())
    return exporter(f"dossiers-de-subvention-{timezone.localdate():%Y-%m-%d}", COLONNES, lignes, format=format)


def _filtrer(request: HttpRequest) -> tuple[FiltreFile, list[int]]:
    """The filters of the address and the files they keep, the most urgent first; a wrong filter keeps none."""
    form = FiltreFile(request.GET or None, departements=file_attente.departements_de_la_file(request.acteur))
    if form.is_bound and not form.is_valid():
        return form, []
    filtres = form.cleaned_data if form.is_bound else {}
    dossiers = file_attente.filtrer(request.acteur, filtres)
    return form, file_attente.ordonner(dossiers, timezone.localdate())


# --- one file -------------------------------------------------------------------------------------------------------


@require_safe
@never_cache
@exiger_role(Role.BDT)
def dossier(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _page(request, acces.obtenir_dossier(request.acteur, uuid), FormulaireMessage())


def _page(request: HttpRequest, objet: Dossier, form: FormulaireMessage) -> HttpResponse:
    contexte = {**contexte_du_dossier(objet, request.acteur), "form": form}
    return render(request, "subventions/bdt/dossier.html", contexte)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.BDT)
def prendre_en_charge(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """At once when nobody holds the file; after a confirmation when a colleague does."""
    objet = acces.obtenir_dossier(request.acteur, uuid)
    if request.method == "POST":
        # The page says from whom one takes the file: a colleague who took it since is not dispossessed.
        releve = objet.gestionnaire_id is not None and request.POST.get("releve") == str(objet.gestionnaire_id)
        try:
            actions.prendre_en_charge(acteur=request.acteur, dossier=objet, releve=releve)
        except AccesRefuse:
            raise
        except ErreurMetier as erreur:
            messages.error(request, erreur.message)
        else:
            messages.success(request, "Vous avez pris ce dossier en charge.")
        return redirect(adresse_bdt(objet))
    contexte = {
        "dossier": objet,
        "form": Formulaire(),
        "question": "Reprendre ce dossier" if objet.gestionnaire_id else "Prendre ce dossier en charge",
        "bouton": "Prendre en charge",
    }
    return render(request, "subventions/bdt/prendre_en_charge.html", contexte)


@require_POST
@never_cache
@exiger_role(Role.BDT)
def accepter_piece(request: HttpRequest, uuid: UUID, piece: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier(request.acteur, uuid)
    la_piece = acces.obtenir_piece(request.acteur, piece, dossier=objet)
    try:
        _exiger_meme_document(request, la_piece)
        actions.accepter_piece(acteur=request.acteur, piece=la_piece, document=la_piece.document)
    except AccesRefuse:
        raise
    except ErreurMetier as erreur:
        messages.error(request, erreur.message)
    else:
        messages.success(request, f"Pièce acceptée : {la_piece}.")
    return redirect(adresse_bdt(objet, "#pieces"))


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.BDT)
def refuser_piece(request: HttpRequest, uuid: UUID, piece: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier(request.acteur, uuid)
    la_piece = acces.obtenir_piece(request.acteur, piece, dossier=objet)
    form = FormulaireRefusPiece(request.POST if request.method == "POST" else None)

    def refuser() -> None:
        _exiger_meme_document(request, la_piece)
        actions.refuser_piece(
            acteur=request.acteur, piece=la_piece, document=la_piece.document, motif=form.cleaned_data["motif"]
        )

    if form.is_valid() and appliquer(form, refuser):
        suite = (
            "La structure est prévenue."
            if objet.etat == EtatDossier.COMPLEMENT
            else "Demandez un complément pour prévenir la structure."
        )
        messages.success(request, f"Pièce refusée : {la_piece}. {suite}")
        return redirect(adresse_bdt(objet, "#pieces"))
    vu = request.POST.get("document") or (la_piece.document.uuid if la_piece.document else "")
    contexte = {
        "dossier": objet,
        "piece": la_piece,
        "form": form,
        "document_vu": vu,
        "question": "Refuser la pièce",
        "bouton": "Refuser la pièce",
    }
    return render(request, "subventions/bdt/refuser_piece.html", contexte)


def _exiger_meme_document(request: HttpRequest, piece: Piece) -> None:
    """The page says which file was shown: one that came since must be read first."""
    vu = request.POST.get("document")
    if vu is not None and (piece.document is None or vu != str(piece.document.uuid)):
        raise TransitionInterdite("La structure vient de remplacer cette pièce : relisez-la avant de décider.")


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.BDT)
def demander_complement(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier(request.acteur, uuid)
    form = FormulaireComplement(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(
        form, lambda: actions.demander_complement(acteur=request.acteur, dossier=objet, **form.cleaned_data)
    ):
        messages.success(request, "La demande est envoyée à la structure. Le délai est arrêté jusqu’à sa réponse.")
        return redirect(adresse_bdt(objet))
    return _decision(request, objet, form, "complement", "Demander un complément", "Envoyer la demande")


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.BDT)
def declarer_conforme(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier(request.acteur, uuid)
    form = Formulaire(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(form, lambda: actions.declarer_conforme(acteur=request.acteur, dossier=objet)):
        messages.success(request, "Le dossier est conforme. La structure est prévenue.")
        return redirect(adresse_bdt(objet))
    return _decision(request, objet, form, "conforme", "Valider la conformité", "Déclarer le dossier conforme")


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.BDT)
def rejeter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier(request.acteur, uuid)
    form = FormulaireRejet(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(
        form, lambda: actions.rejeter(acteur=request.acteur, dossier=objet, **form.cleaned_data)
    ):
        messages.success(request, "Le dossier est rejeté. La structure est prévenue du motif.")
        return redirect(adresse_bdt(objet))
    return _decision(request, objet, form, "rejeter", "Rejeter le dossier", "Rejeter le dossier")


def _decision(
    request: HttpRequest, objet: Dossier, form: Formulaire, nom: str, question: str, bouton: str
) -> HttpResponse:
    contexte = contexte_du_dossier(objet, request.acteur)
    contexte |= {"form": form, "question": question, "bouton": bouton}
    return render(request, f"subventions/bdt/{nom}.html", contexte)


# --- messages -------------------------------------------------------------------------------------------------------


@require_POST
@never_cache
@exiger_role(Role.BDT)
def message(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier(request.acteur, uuid)
    form = FormulaireMessage(request.POST)
    if form.is_valid() and appliquer(
        form, lambda: actions.envoyer_message(acteur=request.acteur, dossier=objet, **form.cleaned_data)
    ):
        messages.success(request, "Votre message est envoyé à la structure.")
        return redirect(adresse_bdt(objet, "#messagerie"))
    return _page(request, objet, form)


@require_POST
@never_cache
@exiger_role(Role.BDT)
def messages_lus(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier(request.acteur, uuid)
    actions.marquer_lus(acteur=request.acteur, dossier=objet)
    return redirect(adresse_bdt(objet, "#messagerie"))
