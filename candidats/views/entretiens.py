"""Interviews (R52): the structure proposes slots, the candidate chooses, both take it into their calendar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidats import acces, actions, calendrier, lectures
from candidats.enums import EtatEntretien
from candidats.etats import MACHINE_ENTRETIEN, MACHINE_MISE_EN_RELATION
from candidats.forms.entretiens import CreneauxForm, EmpechementForm, EntretienForm, ReponseCreneauxForm
from candidats.models import Entretien, MiseEnRelation
from candidats.regles import conseil_entretien
from candidats.views.communs import CADRE_CANDIDAT, CADRE_STRUCTURE, appliquer, confirmation
from portal.commun.acteurs import Acteur
from portal.commun.affichage import moment
from portal.commun.erreurs import TransitionInterdite
from portal.commun.formulaires import Formulaire
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role

# --- the structure --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.STRUCTURE)
def proposer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    paire = acces.obtenir_mise_en_relation(request.acteur, uuid)
    MACHINE_MISE_EN_RELATION.verifier(paire, "inviter", request.acteur)
    form = CreneauxForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(
        form, lambda: actions.inviter_entretien(acteur=request.acteur, mise_en_relation=paire, **form.cleaned_data)
    ):
        messages.success(request, f"L’entretien est proposé à {paire.candidat}.")
        return redirect(_fiche(paire))
    ouvert = lectures.entretien_ouvert(paire)
    contexte = {
        "gabarit": CADRE_STRUCTURE,
        "paire": paire,
        "form": form,
        "titre": f"Proposer un entretien à {paire.candidat}",
        "bouton": "Proposer cet entretien",
        "annuler": _fiche(paire),
        "remplaces": ouvert.creneaux if ouvert else [],
        # This person included: the advice is for who would see nobody else.
        "conseil": conseil_entretien(lectures.rencontres(paire.poste, sauf=paire) + 1),
    }
    return render(request, "candidats/structure/entretien.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.STRUCTURE)
def modifier(request: HttpRequest, uuid: UUID) -> HttpResponse:
    entretien = acces.obtenir_entretien(request.acteur, uuid)
    MACHINE_ENTRETIEN.verifier(entretien, "deplacer", request.acteur)
    paire = entretien.mise_en_relation
    form = EntretienForm(
        request.POST if request.method == "POST" else None, initial=EntretienForm.initial_de(entretien)
    )
    if form.is_valid() and appliquer(
        form, lambda: actions.modifier_entretien(acteur=request.acteur, entretien=entretien, **form.cleaned_data)
    ):
        messages.success(request, "L’entretien est modifié ; la personne en est informée.")
        return redirect(_fiche(paire))
    contexte = {
        "gabarit": CADRE_STRUCTURE,
        "form": form,
        "titre": f"Modifier l’entretien avec {paire.candidat}",
        "intro": "Les agendas sont mis à jour par courriel. Une autre date est redemandée à la personne ; un autre "
        "lieu ou une autre durée lui sont seulement annoncés.",
        "bouton": "Modifier cet entretien",
        "annuler": _fiche(paire),
    }
    return render(request, "commun/page_formulaire.html", contexte)


@require_POST
@never_cache
@exiger_role(Role.STRUCTURE)
def annuler(request: HttpRequest, uuid: UUID) -> HttpResponse:
    entretien = acces.obtenir_entretien(request.acteur, uuid)
    actions.annuler_entretien(acteur=request.acteur, entretien=entretien)
    messages.success(request, f"L’entretien du {moment(entretien.debut)} est annulé ; la personne en est informée.")
    return redirect(_fiche(entretien.mise_en_relation))


@require_POST
@never_cache
@exiger_role(Role.STRUCTURE)
def passe(request: HttpRequest, uuid: UUID) -> HttpResponse:
    entretien = acces.obtenir_entretien(request.acteur, uuid)
    actions.passer_entretien(acteur=request.acteur, entretien=entretien)
    messages.success(request, "L’entretien est noté comme passé. Remplissez votre grille d’évaluation.")
    return redirect(_fiche(entretien.mise_en_relation))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.STRUCTURE)
def absence(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """R52: through a page that says what the person will read."""
    entretien = acces.obtenir_entretien(request.acteur, uuid)
    MACHINE_ENTRETIEN.verifier(entretien, "constater_absence", request.acteur)
    paire = entretien.mise_en_relation
    form = Formulaire(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(
        form, lambda: actions.constater_absence(acteur=request.acteur, entretien=entretien)
    ):
        messages.success(request, f"L’absence de {paire.candidat} est notée. Vous pouvez proposer une autre date.")
        return redirect(_fiche(paire))
    return confirmation(
        request,
        CADRE_STRUCTURE,
        titre=f"Noter l’absence de {paire.candidat} ?",
        texte=f"Entretien du {moment(entretien.debut)}. La personne en est informée et peut vous écrire si c’est une "
        "erreur. Sa candidature reste ouverte : vous pourrez proposer une autre date ou ne pas donner suite.",
        bouton="Noter cette absence",
        annuler=_fiche(paire),
        form=form,
    )


def _fiche(paire: MiseEnRelation) -> str:
    return reverse("candidats:mise_en_relation", args=[paire.uuid])


# --- the candidate --------------------------------------------------------------------------------------------------


@require_POST
@never_cache
@exiger_role(Role.CANDIDAT)
def accepter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    entretien = acces.obtenir_entretien(request.acteur, uuid)
    actions.repondre_entretien(acteur=request.acteur, entretien=entretien, accepte=True)
    messages.success(request, f"Vous avez accepté l’entretien du {moment(entretien.debut)}.")
    return redirect("candidats:espace")


@require_POST
@never_cache
@exiger_role(Role.CANDIDAT)
def impossible(request: HttpRequest, uuid: UUID) -> HttpResponse:
    entretien = acces.obtenir_entretien(request.acteur, uuid)
    actions.repondre_entretien(acteur=request.acteur, entretien=entretien, accepte=False)
    messages.success(
        request, "La structure sait que cette date ne vous convient pas ; elle peut en proposer une autre."
    )
    return redirect("candidats:espace")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.CANDIDAT)
def choisir(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """R51, R52: one page for the whole proposal: choose a slot, or say that none suits."""
    paire = acces.obtenir_mise_en_relation(request.acteur, uuid)
    if not creneaux_a_repondre(paire):
        raise TransitionInterdite("Aucun entretien n’attend votre réponse pour ce poste.")

    def fait(phrase: str) -> HttpResponse:
        messages.success(request, phrase)
        return redirect("candidats:proposition", paire.uuid)

    annuler = reverse("candidats:proposition", args=[paire.uuid])
    return repondre(request, request.acteur, paire, CADRE_CANDIDAT, fait, annuler=annuler)


def creneaux_a_repondre(paire: MiseEnRelation) -> list[Entretien]:
    """The slots to come to which the candidate may answer."""
    ouvert = lectures.entretien_ouvert(paire)
    return [creneau for creneau in ouvert.creneaux if creneau.debut > timezone.now()] if ouvert else []


def repondre(
    request: HttpRequest,
    acteur: Acteur,
    paire: MiseEnRelation,
    gabarit: str,
    fait: Callable[[str], HttpResponse],
    **contexte: Any,
) -> HttpResponse:
    """The page of an answer, in the space or from the mail; `fait` shows what was done."""
    creneaux = creneaux_a_repondre(paire)
    donnees = request.POST if request.method == "POST" else None
    accepte_deja = creneaux[0].etat == EtatEntretien.ACCEPTE
    if accepte_deja and donnees and donnees.get("choix") == str(creneaux[0].uuid):
        # The same choice sent twice.
        return fait(_phrase_du_choix(creneaux[0]))
    form = EmpechementForm(donnees) if accepte_deja else ReponseCreneauxForm(donnees, creneaux=creneaux)
    if form.is_valid():
        choix = form.cleaned_data.get("choix", ReponseCreneauxForm.AUCUN)
        choisi = next((creneau for creneau in creneaux if str(creneau.uuid) == choix), None)
        entretien, mot = choisi or creneaux[0], form.cleaned_data["mot"]
        if appliquer(
            form,
            lambda: actions.repondre_entretien(acteur=acteur, entretien=entretien, accepte=bool(choisi), mot=mot),
        ):
            if choisi:
                return fait(_phrase_du_choix(choisi))
            return fait("La structure sait que vous ne pouvez pas venir ; elle peut proposer une autre date.")
    contexte |= {
        "gabarit": gabarit,
        "paire": paire,
        "form": form,
        "entretien": creneaux[0],
        "titre": _titre(paire, creneaux, accepte_deja),
        "bouton": "Je ne peux plus venir" if accepte_deja else "Envoyer ma réponse",
    }
    return render(request, "candidats/espace/creneaux.html", contexte)


def _phrase_du_choix(creneau: Entretien) -> str:
    return f"Vous avez accepté l’entretien du {moment(creneau.debut)}."


def _titre(paire: MiseEnRelation, creneaux: list[Entretien], accepte_deja: bool) -> str:
    structure = paire.poste.structure.nom
    if accepte_deja:
        return f"Vous ne pouvez plus venir à l’entretien avec {structure} ?"
    return f"{structure} vous propose {'un entretien' if len(creneaux) == 1 else 'des dates d’entretien'}"


# --- calendar files -------------------------------------------------------------------------------------------------


@require_safe
@never_cache
@exiger_role(Role.CANDIDAT)
def agenda_candidat(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _agenda(request, uuid)


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def agenda_structure(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _agenda(request, uuid)


def _agenda(request: HttpRequest, uuid: UUID) -> HttpResponse:
    contenu = calendrier.fichier(acces.obtenir_entretien(request.acteur, uuid))
    reponse = HttpResponse(contenu, content_type=f"{calendrier.TYPE_MIME}; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="{calendrier.NOM_FICHIER}"'
    return reponse
