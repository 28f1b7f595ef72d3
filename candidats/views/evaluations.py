"""Interview guide, evaluation grid and comparison of the structure (R52)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from candidats import acces, actions, comparaison, grille
from candidats.enums import NatureConsultation
from candidats.forms.entretiens import EvaluationForm
from candidats.models import MiseEnRelation
from candidats.traces import noter_consultation
from candidats.views.communs import CADRE_STRUCTURE, appliquer
from portal.commun.erreurs import TransitionInterdite
from portal.commun.exports import TYPES, Colonne, exporter
from portal.commun.pdf import rendre_pdf
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role
from structures.acces import obtenir_poste, postes_visibles_par
from structures.models import Poste

TITRE_DU_GUIDE = "Guide d’entretien"


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def guide(request: HttpRequest) -> HttpResponse:
    return render(request, "candidats/structure/guide.html", {"criteres": grille.CRITERES, "titre": TITRE_DU_GUIDE})


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def guide_pdf(request: HttpRequest) -> HttpResponse:
    contenu = rendre_pdf("pdf/candidats/guide.html", {"criteres": grille.CRITERES}, titre=TITRE_DU_GUIDE)
    reponse = HttpResponse(contenu, content_type="application/pdf")
    reponse["Content-Disposition"] = 'attachment; filename="guide-entretien.pdf"'
    return reponse


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@exiger_role(Role.STRUCTURE)
def evaluer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """R52: one's own grid; those of the colleagues are on the page of the person, so as not to lead anybody."""
    paire = acces.obtenir_mise_en_relation(request.acteur, uuid)
    if not paire.vivante:
        raise TransitionInterdite("Cette candidature n’est plus en cours : les évaluations ne changent plus.")
    noter_consultation(request.acteur, [paire.candidat], NatureConsultation.PROFIL)
    visibles = acces.evaluations_visibles_par(request.acteur)
    mienne = visibles.filter(mise_en_relation=paire, auteur=request.acteur.utilisateur_id).first()
    form = EvaluationForm(request.POST if request.method == "POST" else None, initial=EvaluationForm.initial_de(mienne))
    if form.is_valid() and appliquer(
        form, lambda: actions.evaluer(acteur=request.acteur, mise_en_relation=paire, **form.cleaned_data)
    ):
        messages.success(request, f"Votre évaluation de {paire.candidat} est enregistrée.")
        return redirect("candidats:mise_en_relation", paire.uuid)
    contexte = {
        "gabarit": CADRE_STRUCTURE,
        "paire": paire,
        "form": form,
        "titre": f"Évaluer {paire.candidat}",
        "bouton": "Enregistrer mon évaluation",
        "annuler": reverse("candidats:mise_en_relation", args=[paire.uuid]),
    }
    return render(request, "candidats/structure/evaluation.html", contexte)


# --- side by side ---------------------------------------------------------------------------------------------------


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def comparer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """R52: who to compare, then the table; the address says both, so that it can be opened again."""
    poste = obtenir_poste(request.acteur, uuid)
    candidats = comparaison.comparables(request.acteur, poste)
    choisies = _choisies(request, candidats)
    manquements = comparaison.verifier_choix(len(choisies)) if "c" in request.GET or "choix" in request.GET else []
    contexte = {
        "poste": poste,
        "candidats": candidats,
        "choisies": {paire.uuid for paire in choisies},
        "erreurs": [manquement.message for manquement in manquements],
        "minimum": comparaison.COMPARES_MIN,
        "maximum": comparaison.COMPARES_MAX,
        "formats": list(TYPES),
    }
    if choisies and not manquements:
        noter_consultation(request.acteur, [paire.candidat for paire in choisies], NatureConsultation.PROFIL)
        contexte |= {"colonnes": choisies, "tableau": comparaison.tableau(request.acteur, choisies)}
    return render(request, "candidats/structure/comparaison.html", contexte)


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def export_comparaison(request: HttpRequest, uuid: UUID, format: str) -> HttpResponse:
    """R52: the same table as a file; all the live candidates of the post when none is named."""
    if format not in TYPES:
        raise Http404
    poste: Poste = obtenir_poste(request.acteur, uuid)
    candidats = comparaison.comparables(request.acteur, poste)
    choisies = _choisies(request, candidats) or candidats
    noter_consultation(request.acteur, [paire.candidat for paire in choisies], NatureConsultation.EXPORT)
    colonnes = [Colonne("Critère", "titre")]
    for rang, paire in enumerate(choisies):
        colonnes.append(Colonne(str(paire.candidat), lambda ligne, rang=rang: ligne.valeurs[rang]))
    lignes = comparaison.tableau(request.acteur, choisies)
    return exporter(f"comparaison-poste-{poste.numero}", colonnes, lignes, format=format)


def _choisies(request: HttpRequest, candidats: list[MiseEnRelation]) -> list[MiseEnRelation]:
    """Those of the address that are still live candidates of the post; the others are simply not there."""
    demandees = set(request.GET.getlist("c"))
    return [paire for paire in candidats if str(paire.uuid) in demandees]


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def choisir_poste(request: HttpRequest) -> HttpResponse:
    """R52: candidates are compared for one post: choose it, when there are several."""
    postes = list(postes_visibles_par(request.acteur).a_pourvoir().order_by("numero"))
    if len(postes) == 1:
        return redirect("candidats:comparer", postes[0].uuid)
    return render(request, "candidats/structure/comparaison_poste.html", {"postes": postes})
