"""The structure's space: its posts and what each waits for, its own data, its places of work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from portal.commun.erreurs import ErreurMetier
from portal.commun.formulaires import ajouter_erreur_metier
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role
from structures import acces, parcours
from structures.actions import (
    affecter_lieux,
    ajouter_lieu,
    modifier_contact,
    modifier_lieu,
    rendre_poste,
    retirer_lieu,
)
from structures.actions.structures import CHAMPS_CONTACT
from structures.depot import campagnes_ouvertes
from structures.enums import EtatCandidature, EtatPoste
from structures.etats import MACHINE_POSTE
from structures.fil import fil_de
from structures.forms.espace import FormulaireContact, FormulaireLieu, FormulaireLieuxDuPoste, FormulaireMotif
from structures.models import Poste
from structures.questionnaire import TYPES_ELIGIBLES
from structures.suivi import situation_candidature

CADRE = "structures/cadre.html"
ETATS_SANS_POSTE = [
    EtatCandidature.DEPOSEE,
    EtatCandidature.A_CORRIGER,
    EtatCandidature.EXAMEN,
    EtatCandidature.RETENUE,
    EtatCandidature.REFUSEE,
]


@require_http_methods(["GET", "HEAD"])
@exiger_role(Role.STRUCTURE)
def accueil(request: HttpRequest) -> HttpResponse:
    structure = acces.structure_de(request.acteur)
    candidatures = list(
        acces.candidatures_visibles_par(request.acteur)
        .filter(etat__in=ETATS_SANS_POSTE)
        .select_related("campagne")
        .order_by("-confirmee_le")
    )
    finis = acces.postes_visibles_par(request.acteur).filter(etat__in=[EtatPoste.RENDU, EtatPoste.RETIRE])
    contexte = {
        "structure": structure,
        "fil": fil_de(request),
        "finis": list(finis),
        "candidatures": [(c, situation_candidature(c, request.acteur)) for c in candidatures],
        "appels": _appels_possibles(request, structure),
    }
    return render(request, "structures/espace/accueil.html", contexte)


def _appels_possibles(request: HttpRequest, structure: Any) -> list[Any]:
    """The open calls to which this structure has no live application (R22)."""
    pris = set(acces.candidatures_visibles_par(request.acteur).vivantes().values_list("regime", "coordinateur"))
    return [
        campagne
        for campagne in campagnes_ouvertes(timezone.localdate())
        if structure.type in TYPES_ELIGIBLES[campagne.donnees_regime.code]
        and (campagne.regime, campagne.donnees_regime.coordinateur) not in pris
    ]


@require_http_methods(["GET", "HEAD"])
@exiger_role(Role.STRUCTURE)
def poste(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_poste(request.acteur, uuid)
    situation = parcours.situations([objet], request.acteur).get(objet.pk)
    contexte = {
        "poste": objet,
        "situation": situation,
        "lieux": list(objet.lieux.select_related("commune").order_by("nom")),
        "historique": _historique(objet),
        "derogations": list(objet.derogations.order_by("cree_le")),
        "peut_rendre": MACHINE_POSTE.autorise(objet.etat, "rendre", request.acteur),
        "fini": objet.etat in (EtatPoste.RENDU, EtatPoste.RETIRE),
    }
    return render(request, "structures/espace/poste.html", contexte)


def _historique(objet: Poste) -> list[dict[str, Any]]:
    """Each change of state, with its reason when it has one; the people behind are not named."""
    lignes, etat = [], None
    for version in objet.history.order_by("history_date", "history_id"):
        if version.etat != etat:
            motif = version.motif_fin if version.etat in (EtatPoste.RENDU, EtatPoste.RETIRE) else ""
            libelle = EtatPoste(version.etat).label if etat is not None else "Poste accordé"
            moment = version.etat_le if etat is not None else version.accorde_le
            lignes.append({"moment": moment, "libelle": libelle, "motif": motif})
            etat = version.etat
    return lignes


@require_http_methods(["GET", "HEAD", "POST"])
@exiger_role(Role.STRUCTURE)
def rendre(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """R29: return a free post, after a page that says what it means."""
    objet = acces.obtenir_poste(request.acteur, uuid)
    page = reverse("structures:poste", args=[uuid])
    if not MACHINE_POSTE.autorise(objet.etat, "rendre", request.acteur):
        messages.info(request, "Seul un poste libre peut être rendu.")
        return redirect(page)
    form = FormulaireMotif(request.POST or None, libelle="Pourquoi rendez-vous ce poste ?")
    if request.method == "POST" and form.is_valid():
        try:
            rendre_poste(acteur=request.acteur, poste=objet, motif=form.cleaned_data["motif"])
        except ErreurMetier as erreur:
            ajouter_erreur_metier(form, erreur)
        else:
            messages.success(request, f"Le poste n° {objet.numero} est rendu.")
            return redirect(page)
    dernier = acces.postes_visibles_par(request.acteur).comptes().count() == 1
    suite = " C’est votre dernier poste : votre participation prendra fin, votre espace restera lisible."
    contexte = {
        "gabarit": CADRE,
        "titre": f"Rendre le poste n° {objet.numero} ?",
        "texte": f"Une autre structure pourra en bénéficier ; ce choix est définitif.{suite if dernier else ''}",
        "bouton": "Rendre ce poste",
        "annuler": page,
        "form": form,
    }
    return render(request, "commun/confirmation.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@exiger_role(Role.STRUCTURE)
def lieux_du_poste(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_poste(request.acteur, uuid)
    form = FormulaireLieuxDuPoste(request.POST or None, poste=objet)
    page = reverse("structures:poste", args=[uuid])
    return _formulaire(
        request,
        form,
        lambda: affecter_lieux(acteur=request.acteur, poste=objet, lieux=form.cleaned_data["lieux"]),
        "Les lieux d’exercice du poste sont enregistrés.",
        page,
        titre=f"Lieux d’exercice du poste n° {objet.numero}",
    )


@require_http_methods(["GET", "HEAD"])
@exiger_role(Role.STRUCTURE)
def ma_structure(request: HttpRequest) -> HttpResponse:
    structure = acces.structure_de(request.acteur)
    lieux = list(structure.lieux.select_related("commune").order_by("nom", "pk"))
    return render(request, "structures/espace/ma_structure.html", {"structure": structure, "lieux": lieux})


@require_http_methods(["GET", "HEAD", "POST"])
@exiger_role(Role.STRUCTURE)
def contact(request: HttpRequest) -> HttpResponse:
    structure = acces.structure_de(request.acteur)
    initial = {champ: getattr(structure, champ) for champ in CHAMPS_CONTACT}
    form = FormulaireContact(request.POST or None, initial=initial)
    return _formulaire(
        request,
        form,
        lambda: modifier_contact(acteur=request.acteur, structure=structure, **form.cleaned_data),
        "La personne à contacter est enregistrée.",
        reverse("structures:ma_structure"),
        titre="Modifier la personne à contacter",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@exiger_role(Role.STRUCTURE)
def lieu_ajouter(request: HttpRequest) -> HttpResponse:
    structure = acces.structure_de(request.acteur)
    form = FormulaireLieu(request.POST or None)
    return _formulaire(
        request,
        form,
        lambda: ajouter_lieu(acteur=request.acteur, structure=structure, **form.cleaned_data),
        "Le lieu d’exercice est ajouté.",
        reverse("structures:ma_structure"),
        titre="Ajouter un lieu d’exercice",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@exiger_role(Role.STRUCTURE)
def lieu_modifier(request: HttpRequest, uuid: UUID) -> HttpResponse:
    lieu = acces.obtenir_lieu(request.acteur, uuid)
    form = FormulaireLieu(request.POST or None, lieu=lieu)
    return _formulaire(
        request,
        form,
        lambda: modifier_lieu(acteur=request.acteur, lieu=lieu, **form.cleaned_data),
        "Le lieu d’exercice est modifié.",
        reverse("structures:ma_structure"),
        titre="Modifier un lieu d’exercice",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@exiger_role(Role.STRUCTURE)
def lieu_retirer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    lieu = acces.obtenir_lieu(request.acteur, uuid)
    page = reverse("structures:ma_structure")
    if request.method == "POST":
        try:
            retirer_lieu(acteur=request.acteur, lieu=lieu)
            messages.success(request, f"« {lieu.nom} » est retiré de vos lieux d’exercice.")
        except ErreurMetier as erreur:
            messages.error(request, erreur.message)
        return redirect(page)
    contexte = {
        "gabarit": CADRE,
        "titre": f"Retirer le lieu « {lieu.nom} » ?",
        "texte": "Les postes qui n’ont plus de lieu sont rattachés au siège de la structure.",
        "bouton": "Retirer ce lieu",
        "annuler": page,
        "form": None,
    }
    return render(request, "commun/confirmation.html", contexte)


def _formulaire(request: HttpRequest, form: Any, verbe: Any, fait: str, suite: str, *, titre: str) -> HttpResponse:
    """A page that is one form: the verb, its refusal next to the field, then the page that follows."""
    if request.method == "POST" and form.is_valid():
        try:
            verbe()
        except ErreurMetier as erreur:
            ajouter_erreur_metier(form, erreur)
        else:
            messages.success(request, fait)
            return redirect(suite)
    contexte = {"gabarit": CADRE, "titre": titre, "form": form, "bouton": "Enregistrer", "annuler": suite, "intro": ""}
    return render(request, "commun/page_formulaire.html", contexte)
