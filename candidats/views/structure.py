"""The structure's candidates (R49 to R53): tabs, profile, decisions, invitation of somebody it knows."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidats import acces, actions, comparaison, lectures
from candidats.enums import EtatMiseEnRelation, NatureConsultation
from candidats.etats import MACHINE_MISE_EN_RELATION
from candidats.forms.decisions import InvitationForm, MotifForm, ValidationForm
from candidats.models import MiseEnRelation
from candidats.regles import conseil_entretien
from candidats.traces import noter_consultation
from candidats.views.communs import CADRE_STRUCTURE, appliquer, confirmation
from portal.commun.exports import TYPES, Colonne, exporter
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role
from structures.acces import obtenir_poste, postes_visibles_par, structure_de
from structures.models import Poste

PAR_PAGE = 20


def _poste_choisi(request: HttpRequest) -> Poste | None:
    choisi = request.GET.get("poste", "")
    if not choisi:
        return None
    try:
        return obtenir_poste(request.acteur, UUID(choisi))
    except ValueError as erreur:
        raise Http404 from erreur


def _onglet_choisi(request: HttpRequest, comptes: list[tuple[lectures.Onglet, int]]) -> lectures.Onglet:
    """The tab asked for; otherwise the first one that holds something."""
    demande = lectures.ONGLET_PAR_CLE.get(request.GET.get("onglet", ""))
    return demande or next((onglet for onglet, nombre in comptes if nombre), lectures.ONGLETS[0])


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def propositions(request: HttpRequest) -> HttpResponse:
    structure = structure_de(request.acteur)
    poste = _poste_choisi(request)
    paires = lectures.candidatures(request.acteur, poste)
    comptes = lectures.compter(paires)
    onglet = _onglet_choisi(request, comptes)
    page = Paginator(lectures.de_l_onglet(paires, onglet), PAR_PAGE).get_page(request.GET.get("page"))
    for paire in page:
        paire.prochain_entretien = lectures.entretien_ouvert(paire)
    contexte = {
        "structure": structure,
        "poste": poste,
        "postes": postes_visibles_par(request.acteur).order_by("numero"),
        "comptes": comptes,
        "onglet": onglet,
        "page": page,
        "invitations": lectures.invitations_en_attente(request.acteur),
        "formats": list(TYPES),
    }
    return render(request, "candidats/structure/liste.html", contexte)


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def export(request: HttpRequest, format: str) -> HttpResponse:
    """R50, R112: the list as a file, without birth date, phone nor address of people whose pair is over."""
    if format not in TYPES:
        raise Http404
    paires = lectures.avec_details(lectures.candidatures(request.acteur, _poste_choisi(request)))
    onglet = lectures.ONGLET_PAR_CLE.get(request.GET.get("onglet", ""))
    if onglet is not None:
        paires = paires.filter(etat__in=onglet.etats)

    def contact(paire: MiseEnRelation) -> str:
        return paire.candidat.utilisateur.email if acces.coordonnees_visibles(request.acteur, paire) else ""

    colonnes = [
        Colonne("Poste", "poste.numero"),
        Colonne("État", "get_etat_display"),
        Colonne("Prénom", "candidat.utilisateur.prenom"),
        Colonne("Nom", "candidat.utilisateur.nom"),
        Colonne("Commune", "candidat.commune.nom"),
        Colonne("Distance (km)", lambda paire: None if paire.distance_km is None else round(paire.distance_km, 1)),
        Colonne("Disponible le", "candidat.disponible_le"),
        Colonne("Expérience", "candidat.experience"),
        Colonne("Situation", lambda paire: ", ".join(lectures.situations(paire.candidat))),
        Colonne("Score", "score"),
        Colonne("Intéressé", lambda paire: paire.interet_candidat_le is not None),
        Colonne("Adresse électronique", contact),
    ]
    lignes = paires.order_by("poste__numero", "etat", "-score", "pk")
    noter_consultation(request.acteur, [paire.candidat for paire in lignes], NatureConsultation.EXPORT)
    return exporter("candidats", colonnes, lignes, format=format)


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def mise_en_relation(request: HttpRequest, uuid: UUID) -> HttpResponse:
    paire = _obtenir(request, uuid)
    noter_consultation(request.acteur, [paire.candidat], NatureConsultation.PROFIL)
    synthese = comparaison.syntheses(request.acteur, [paire])[paire.pk]
    contexte = {
        "paire": paire,
        "candidat": paire.candidat,
        "situations": lectures.situations(paire.candidat),
        "coordonnees": acces.coordonnees_visibles(request.acteur, paire),
        "cv": acces.cv_visible_par(request.acteur, paire.candidat),
        "actions": {ligne.nom for ligne in paire.actions_permises(request.acteur)},
        "entretien": lectures.entretien_ouvert(paire),
        "absences": lectures.absences(paire),
        "refus": lectures.dernier_mot(paire),
        "synthese": synthese,
        "a_evalue": synthese.a_evalue(request.acteur),
        "historique": lectures.historique(paire),
        "maintenant": timezone.now(),
    }
    return render(request, "candidats/structure/fiche.html", contexte)


def _obtenir(request: HttpRequest, uuid: UUID) -> MiseEnRelation:
    """One pair of the structure with what a page shows of it, or 404."""
    visibles = acces.mises_en_relation_visibles_par(request.acteur)
    paire = lectures.avec_details(visibles.filter(uuid=uuid)).select_related("poste__structure__organisation").first()
    if paire is None:
        raise Http404
    return paire


def _fiche(paire: MiseEnRelation) -> str:
    return reverse("candidats:mise_en_relation", args=[paire.uuid])


@require_POST
@never_cache
@exiger_role(Role.STRUCTURE)
def preselectionner(request: HttpRequest, uuid: UUID) -> HttpResponse:
    paire = actions.preselectionner(acteur=request.acteur, mise_en_relation=_obtenir(request, uuid))
    messages.success(request, f"Présélection enregistrée, et annoncée à {paire.candidat}. Proposez-lui un entretien.")
    return redirect(_fiche(paire))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.STRUCTURE)
def ecarter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    paire = _obtenir(request, uuid)
    MACHINE_MISE_EN_RELATION.verifier(paire, "ecarter", request.acteur)
    avant = timezone.now()
    form = MotifForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(
        form, lambda: actions.ecarter(acteur=request.acteur, mise_en_relation=paire, **form.cleaned_data)
    ):
        messages.success(request, _phrase_de_remplacement(paire, avant))
        return redirect(f"{reverse('candidats:propositions')}?onglet=nouvelles")
    return confirmation(
        request,
        CADRE_STRUCTURE,
        titre=f"Pas intéressé par le profil de {paire.candidat} ?",
        texte="La personne sera informée que vous ne donnez pas suite, sans votre raison. Une autre vous sera proposée "
        "si une correspond. Vous pourrez revenir sur cette décision.",
        bouton="Pas intéressé",
        annuler=_fiche(paire),
        form=form,
    )


def _phrase_de_remplacement(ecartee: MiseEnRelation, avant: datetime) -> str:
    """R47: says whether somebody else was found at once."""
    remplacants = MiseEnRelation.objects.filter(
        poste=ecartee.poste_id, etat=EtatMiseEnRelation.NOUVELLE, cree_le__gte=avant
    )
    if remplacants.exists():
        return f"La candidature de {ecartee.candidat} est écartée. Une autre personne vous est proposée."
    return (
        f"La candidature de {ecartee.candidat} est écartée. Nous vous écrirons dès qu’un autre profil correspond à "
        "votre poste."
    )


@require_POST
@never_cache
@exiger_role(Role.STRUCTURE)
def retablir(request: HttpRequest, uuid: UUID) -> HttpResponse:
    paire = actions.retablir(acteur=request.acteur, mise_en_relation=_obtenir(request, uuid))
    messages.success(request, f"Candidature reprise : {paire.candidat}.")
    return redirect(_fiche(paire))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.STRUCTURE)
def valider(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """R53: through a page that says what follows, with the advice of S0."""
    paire = _obtenir(request, uuid)
    MACHINE_MISE_EN_RELATION.verifier(paire, "valider", request.acteur)
    form = ValidationForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(
        form, lambda: actions.valider(acteur=request.acteur, mise_en_relation=paire, **form.cleaned_data)
    ):
        messages.success(
            request, f"Candidature validée : {paire.candidat}. Prochaine étape : le dossier de subvention."
        )
        return redirect(_fiche(paire))
    contexte = {
        "gabarit": CADRE_STRUCTURE,
        "paire": paire,
        "form": form,
        "titre": "Valider cette candidature ?",
        "bouton": "Valider cette candidature",
        "annuler": _fiche(paire),
        "conseil": conseil_entretien(lectures.rencontres(paire.poste)),
    }
    return render(request, "candidats/structure/valider.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.STRUCTURE)
def annuler_validation(request: HttpRequest, uuid: UUID) -> HttpResponse:
    paire = _obtenir(request, uuid)
    MACHINE_MISE_EN_RELATION.verifier(paire, "annuler", request.acteur)
    form = MotifForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(
        form, lambda: actions.annuler_validation(acteur=request.acteur, mise_en_relation=paire, **form.cleaned_data)
    ):
        messages.success(request, f"Validation annulée : {paire.candidat}. Le poste est de nouveau à pourvoir.")
        return redirect("candidats:propositions")
    return confirmation(
        request,
        CADRE_STRUCTURE,
        titre="Annuler cette validation ?",
        texte=f"{paire.candidat} en sera informé, le dossier de subvention sera clos et le poste sera de nouveau à "
        "pourvoir. C’est possible tant que le contrat n’est pas signé.",
        bouton="Annuler la validation",
        annuler=_fiche(paire),
        form=form,
    )


# --- R49: somebody the structure knows ------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.STRUCTURE)
def inviter(request: HttpRequest) -> HttpResponse:
    postes = postes_visibles_par(request.acteur).a_pourvoir().order_by("numero")
    if not postes:
        contexte = {"structure": structure_de(request.acteur)}
        return render(request, "candidats/structure/inviter_impossible.html", contexte)
    form = InvitationForm(
        request.POST if request.method == "POST" else None, postes=postes, initial=_poste_initial(request)
    )
    if form.is_valid() and appliquer(
        form, lambda: actions.inviter_candidat_identifie(acteur=request.acteur, **form.cleaned_data)
    ):
        messages.success(request, f"L’invitation est envoyée à {form.cleaned_data['courriel']}.")
        return redirect("candidats:propositions")
    return render(request, "candidats/structure/inviter.html", {"form": form})


def _poste_initial(request: HttpRequest) -> dict[str, Any]:
    poste = _poste_choisi(request)
    return {"poste": poste.uuid} if poste is not None else {}


@require_POST
@never_cache
@exiger_role(Role.STRUCTURE)
def renvoyer_invitation(request: HttpRequest, uuid: UUID) -> HttpResponse:
    invitation = acces.obtenir_invitation(request.acteur, uuid)
    actions.renvoyer_invitation(acteur=request.acteur, invitation=invitation)
    messages.success(request, f"L’invitation est renvoyée à {invitation.courriel}.")
    return redirect("candidats:propositions")


@require_POST
@never_cache
@exiger_role(Role.STRUCTURE)
def annuler_invitation(request: HttpRequest, uuid: UUID) -> HttpResponse:
    invitation = acces.obtenir_invitation(request.acteur, uuid)
    actions.annuler_invitation(acteur=request.acteur, invitation=invitation)
    messages.success(request, f"Invitation annulée : {invitation.courriel}.")
    return redirect("candidats:propositions")
