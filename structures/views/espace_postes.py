"""The structure's posts as a whole: given back, more asked for (R29); its establishment and how it changes (R21)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.commun.erreurs import ErreurMetier
from portal.commun.formulaires import ajouter_erreur_metier
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role
from structures import acces, droits, interruptions
from structures.actions import (
    demander_changement,
    demander_postes,
    rendre_postes,
    retirer_changement,
    retirer_demande,
)
from structures.actions.demandes import origines_possibles
from structures.annuaire import chercher
from structures.enums import EtatChangement, EtatDemande, EtatPoste
from structures.etats import MACHINE_CHANGEMENT, MACHINE_DEMANDE, MACHINE_POSTE
from structures.forms.postes import FormulaireChangement, FormulaireDemande, FormulaireRestitution
from structures.identite import comparer, source_du_statut

CADRE = "structures/cadre.html"


@require_http_methods(["GET", "HEAD", "POST"])
@exiger_role(Role.STRUCTURE)
def rendre(request: HttpRequest, uuid: UUID | None = None) -> HttpResponse:
    """R29: one or several free posts, with one reason, after saying what it means."""
    structure = acces.structure_de(request.acteur)
    page = reverse("structures:espace")
    initial: list[Any] = []
    if uuid is not None:
        poste = acces.obtenir_poste(request.acteur, uuid)
        page, initial = reverse("structures:poste", args=[uuid]), [poste.pk]
        if not MACHINE_POSTE.autorise(poste.etat, "rendre", request.acteur):
            messages.info(request, "Seul un poste libre peut être rendu.")
            return redirect(page)
    libres = list(structure.postes.filter(etat=EtatPoste.A_POURVOIR).order_by("numero"))
    if not libres:
        messages.info(request, "Vous n’avez aucun poste libre à rendre : un poste occupé ne peut pas l’être.")
        return redirect(page)
    form = FormulaireRestitution(request.POST or None, structure=structure, initial={"postes": initial})
    if request.method == "POST" and form.is_valid():
        choisis = list(form.cleaned_data["postes"])
        try:
            rendre_postes(acteur=request.acteur, postes=choisis, motif=form.motif)
        except ErreurMetier as erreur:
            ajouter_erreur_metier(form, erreur)
        else:
            numeros = ", ".join(f"n° {poste.numero}" for poste in choisis)
            pluriel = len(choisis) > 1
            messages.success(
                request,
                f"{'Les postes' if pluriel else 'Le poste'} {numeros} {'sont rendus' if pluriel else 'est rendu'}.",
            )
            return redirect(page)
    dernier = structure.postes.comptes().count() == len(libres)
    suite = " Quand le dernier poste est rendu, votre participation prend fin : votre espace reste lisible."
    contexte = {
        "gabarit": CADRE,
        "titre": "Rendre des postes",
        "texte": "Une autre structure pourra en bénéficier ; ce choix est définitif." + (suite if dernier else ""),
        "bouton": "Rendre les postes choisis",
        "annuler": page,
        "form": form,
        "avertissements": interruptions.phrases(libres),
    }
    return render(request, "commun/confirmation.html", contexte)


# --- more posts -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@exiger_role(Role.STRUCTURE)
def demander(request: HttpRequest) -> HttpResponse:
    """R29: how many more, from when, why."""
    structure = acces.structure_de(request.acteur)
    en_cours = structure.demandes_postes.filter(etat=EtatDemande.EN_COURS).first()
    if en_cours is not None:
        messages.info(request, "Une demande est déjà en cours : vous pouvez la suivre ou la retirer ici.")
        return redirect("structures:demande", en_cours.uuid)
    origines = origines_possibles(structure)
    if not origines or structure.participation_fin_le is not None:
        messages.info(request, "Aucun appel auquel votre structure a été retenue n’est ouvert en ce moment.")
        return redirect("structures:espace")
    form = FormulaireDemande(request.POST or None, origines=origines)
    if request.method == "POST" and form.is_valid():
        try:
            demande = demander_postes(acteur=request.acteur, structure=structure, **form.donnees)
        except ErreurMetier as erreur:
            ajouter_erreur_metier(form, erreur)
        else:
            messages.success(request, "Votre demande est enregistrée. La préfecture en est informée.")
            return redirect("structures:demande", demande.uuid)
    contexte = {
        "gabarit": CADRE,
        "titre": "Demander des postes supplémentaires",
        "intro": "La préfecture donne son avis, puis un comité de l’ANCT décide.",
        "form": form,
        "bouton": "Envoyer la demande",
        "annuler": reverse("structures:espace"),
    }
    return render(request, "commun/page_formulaire.html", contexte)


@require_http_methods(["GET", "HEAD"])
@exiger_role(Role.STRUCTURE)
def demande(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_demande(request.acteur, uuid)
    contexte = {
        "demande": objet,
        "peut_retirer": MACHINE_DEMANDE.autorise(objet.etat, "retirer", request.acteur),
        "en_cours": objet.etat == EtatDemande.EN_COURS,
    }
    return render(request, "structures/espace/demande.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@exiger_role(Role.STRUCTURE)
def demande_retirer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_demande(request.acteur, uuid)
    page = reverse("structures:demande", args=[uuid])
    return _retirer(
        request,
        lambda: retirer_demande(acteur=request.acteur, demande=objet),
        page,
        titre="Retirer votre demande de postes ?",
        texte="Le comité ne l’examinera pas. Vous pourrez en faire une autre.",
    )


# --- the establishment ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD"])
@exiger_role(Role.STRUCTURE)
def donnees_legales(request: HttpRequest) -> HttpResponse:
    """R21: what the portal holds, what the directory says today, where the legal kind comes from."""
    structure = acces.structure_de(request.acteur)
    fiche = chercher(structure.siret) if structure.siret else None
    changements = list(acces.changements_visibles_par(request.acteur).order_by("-cree_le"))
    contexte = {
        "structure": structure,
        "fiche": fiche,
        "lignes": comparer(structure, fiche),
        "source_statut": source_du_statut(structure),
        "changements": changements,
        "peut_demander": droits.DEMANDER_CHANGEMENT.permis(request.acteur)
        and not any(c.etat == EtatChangement.DEMANDE for c in changements),
    }
    return render(request, "structures/espace/donnees_legales.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@exiger_role(Role.STRUCTURE)
def changer(request: HttpRequest) -> HttpResponse:
    """R21: the new SIRET or RIDET, with its proof."""
    structure = acces.structure_de(request.acteur)
    en_cours = structure.changements.filter(etat=EtatChangement.DEMANDE).first()
    if en_cours is not None:
        messages.info(request, "Une demande de changement est déjà en cours : vous pouvez la suivre ou la retirer ici.")
        return redirect("structures:changement", en_cours.uuid)
    donnees = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = FormulaireChangement(*donnees, structure=structure)
    if request.method == "POST" and form.is_valid():
        try:
            changement = demander_changement(acteur=request.acteur, structure=structure, **form.cleaned_data)
        except ErreurMetier as erreur:
            ajouter_erreur_metier(form, erreur)
        else:
            messages.success(request, "Votre demande est envoyée : l’ANCT vérifie votre justificatif.")
            return redirect("structures:changement", changement.uuid)
    contexte = {
        "gabarit": CADRE,
        "titre": "Changer d’établissement",
        "intro": f"{structure.nom} est aujourd’hui l’établissement {structure.identifiant}. Rien ne change tant que "
        "l’ANCT n’a pas vérifié votre justificatif.",
        "form": form,
        "bouton": "Envoyer la demande",
        "annuler": reverse("structures:donnees_legales"),
    }
    return render(request, "commun/page_formulaire.html", contexte)


@require_http_methods(["GET", "HEAD"])
@exiger_role(Role.STRUCTURE)
def changement(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_changement(request.acteur, uuid)
    contexte = {
        "changement": objet,
        "peut_retirer": MACHINE_CHANGEMENT.autorise(objet.etat, "retirer", request.acteur),
    }
    return render(request, "structures/espace/changement.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@exiger_role(Role.STRUCTURE)
def changement_retirer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_changement(request.acteur, uuid)
    page = reverse("structures:changement", args=[uuid])
    return _retirer(
        request,
        lambda: retirer_changement(acteur=request.acteur, changement=objet),
        page,
        titre="Retirer votre demande de changement ?",
        texte="Votre structure garde son établissement. Vous pourrez faire une autre demande.",
    )


def _retirer(request: HttpRequest, verbe: Any, page: str, *, titre: str, texte: str) -> HttpResponse:
    """A confirmation page; what the verb refuses is told on the page of the object."""
    if request.method == "POST":
        try:
            verbe()
            messages.success(request, "Votre demande est retirée.")
        except ErreurMetier as erreur:
            messages.error(request, erreur.message)
        return redirect(page)
    contexte = {
        "gabarit": CADRE,
        "titre": titre,
        "texte": texte,
        "bouton": "Retirer la demande",
        "annuler": page,
        "form": None,
    }
    return render(request, "commun/confirmation.html", contexte)
