"""The structure's space: its posts and what each waits for, its own data, its places of work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
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
    retirer_lieu,
)
from structures.actions.demandes import origines_possibles
from structures.actions.structures import CHAMPS_CONTACT
from structures.depot import campagnes_ouvertes
from structures.enums import EtatCandidature, EtatDemande, EtatPoste
from structures.etats import MACHINE_POSTE
from structures.export_postes import FORMATS, exporter_les_miens
from structures.fil import fil_de
from structures.forms.espace import FormulaireContact, FormulaireLieu, FormulaireLieuxDuPoste
from structures.frise import frise
from structures.models import TransfertPoste
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

# The last ones: all of them are in the history of the institutions.
DEMANDES_MONTREES = 5


@require_http_methods(["GET", "HEAD"])
@exiger_role(Role.STRUCTURE)
def accueil(request: HttpRequest) -> HttpResponse:
    structure = acces.structure_de(request.acteur)
    fil = fil_de(request)
    candidatures = list(
        acces.candidatures_visibles_par(request.acteur)
        .filter(etat__in=ETATS_SANS_POSTE)
        .select_related("campagne")
        .order_by("-confirmee_le")
    )
    activees = list(
        acces.candidatures_visibles_par(request.acteur)
        .filter(etat=EtatCandidature.ACTIVEE)
        .select_related("campagne")
        .order_by("-confirmee_le")
    )
    demandes = list(acces.demandes_visibles_par(request.acteur).select_related("campagne")[:DEMANDES_MONTREES])
    finis = acces.postes_visibles_par(request.acteur).filter(etat__in=[EtatPoste.RENDU, EtatPoste.RETIRE])
    contexte = {
        "structure": structure,
        "fil": fil,
        "finis": list(finis),
        "candidatures": [(c, situation_candidature(c, request.acteur)) for c in candidatures],
        "activees": activees,
        "appels": _appels_possibles(request, structure),
        "peut_rendre": any(ligne.poste.etat == EtatPoste.A_POURVOIR for ligne in fil),
        "cedes": list(TransfertPoste.objects.filter(de=structure).select_related("poste", "vers")),
        "demandes": demandes,
        # One request at a time (R29): its page is in the list.
        "peut_demander": structure.participation_fin_le is None
        and not any(demande.etat == EtatDemande.EN_COURS for demande in demandes)
        and bool(origines_possibles(structure)),
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
def exporter_postes(request: HttpRequest, format: str) -> HttpResponse:
    if format not in FORMATS:
        raise Http404
    return exporter_les_miens(request.acteur, format=format)


@require_http_methods(["GET", "HEAD"])
@exiger_role(Role.STRUCTURE)
def poste(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_poste(request.acteur, uuid)
    situation = parcours.situations([objet], request.acteur).get(objet.pk)
    contexte = {
        "poste": objet,
        "situation": situation,
        "lieux": list(objet.lieux.select_related("commune").order_by("nom")),
        "frise": frise(objet, request.acteur),
        "peut_rendre": MACHINE_POSTE.autorise(objet.etat, "rendre", request.acteur),
        "fini": objet.etat in (EtatPoste.RENDU, EtatPoste.RETIRE),
    }
    return render(request, "structures/espace/poste.html", contexte)


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
