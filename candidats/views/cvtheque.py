"""The CVthèque in the structure's space (R44, R49): search, read, choose, export; contact data only once chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from candidats import acces, actions, cvtheque, lectures
from candidats.actions.distances import faits_du_candidat, faits_du_poste
from candidats.enums import NatureConsultation
from candidats.filtres import FiltresCvtheque
from candidats.forms.cvtheque import PreselectionForm
from candidats.models import Candidat
from candidats.regles_cvtheque import RESULTATS_MAX, reserves
from candidats.traces import noter_consultation
from candidats.views.communs import appliquer
from portal.commun.erreurs import AccesRefuse
from portal.commun.exports import TYPES, Colonne, exporter_en_flux
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role
from structures.acces import postes_visibles_par, structure_de
from structures.models import Poste, Structure

PAR_PAGE = 20
LOT_EXPORT = 200


def _ouverte(structure: Structure) -> bool:
    """R44: for activated structures, as long as they take part."""
    return structure.activee_le is not None and structure.participation_fin_le is None


def _postes(request: HttpRequest) -> Any:
    return postes_visibles_par(request.acteur).a_pourvoir().select_related("structure__commune").order_by("numero")


def _filtres(request: HttpRequest, structure: Structure) -> FiltresCvtheque:
    return FiltresCvtheque(request.GET, acces.cvtheque_visible_par(request.acteur), structure, _postes(request))


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def chercher(request: HttpRequest) -> HttpResponse:
    structure = structure_de(request.acteur)
    if not _ouverte(structure):
        return render(request, "candidats/cvtheque/fermee.html", {"structure": structure})
    filtres = _filtres(request, structure)
    resultats = filtres.resultats()
    contexte: dict[str, Any] = {
        "form": filtres.form,
        "resultats": resultats,
        "criteres": filtres.criteres(),
        "recherche": filtres.data.urlencode(),
        "formats": list(TYPES),
        "maximum": RESULTATS_MAX,
    }
    if resultats is not None:
        page = Paginator(resultats, PAR_PAGE).get_page(request.GET.get("page"))
        cvtheque.marquer(structure, page.object_list)
        contexte |= {"page": page, "centre": resultats.centre}
    return render(request, "candidats/cvtheque/liste.html", contexte)


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    """R112: the first results as a file, without birth date, phone nor address; each person will know."""
    structure = structure_de(request.acteur)
    if format not in TYPES:
        raise Http404
    if not _ouverte(structure):
        raise AccesRefuse("La CVthèque est ouverte aux structures activées, tant qu’elles participent au dispositif.")
    filtres = _filtres(request, structure)
    resultats = filtres.resultats()
    if resultats is None:
        messages.error(request, "Corrigez d’abord les critères de votre recherche.")
        return redirect(f"{reverse('candidats:cvtheque')}?{request.GET.urlencode()}")
    cles = resultats.cles(0, RESULTATS_MAX)
    # Before the first line leaves: an export that was begun is an export.
    lus = Candidat.objects.filter(pk__in=cles).only("pk", "utilisateur")
    noter_consultation(request.acteur, lus, NatureConsultation.EXPORT)
    return exporter_en_flux("cvtheque", _colonnes(resultats.centre), _lignes(cles, structure, resultats), format=format)


def _lignes(cles: list[int], structure: Structure, resultats: cvtheque.Resultats) -> Iterator[Candidat]:
    for debut in range(0, len(cles), LOT_EXPORT):
        lot = cvtheque.lire(cles[debut : debut + LOT_EXPORT], resultats.centre)
        cvtheque.marquer(structure, lot)
        yield from lot


def _colonnes(centre: cvtheque.Centre) -> list[Colonne]:
    return [
        Colonne("Prénom", "utilisateur.prenom"),
        Colonne("Nom", "utilisateur.nom"),
        Colonne("Commune", "commune.nom"),
        Colonne("Département", "commune.departement_id"),
        Colonne(f"Distance de {centre.nom} (km)", lambda candidat: round(candidat.distance_km, 1)),
        Colonne("Mobilité", "get_mobilite_km_display"),
        Colonne("Disponible le", "disponible_le"),
        Colonne("Situation", lambda candidat: ", ".join(lectures.situations(candidat))),
        Colonne("Expérience", "experience"),
        Colonne("Coordination", "interet_coordination"),
        Colonne("Motivation", "motivation"),
        Colonne(
            "Vos candidatures",
            lambda candidat: ", ".join(f"{paire.poste} : {paire.get_etat_display()}" for paire in candidat.liens),
        ),
        Colonne("Profil", lambda candidat: reverse("candidats:cvtheque_profil", args=[candidat.uuid])),
    ]


@require_safe
@never_cache
@exiger_role(Role.STRUCTURE)
def profil(request: HttpRequest, uuid: UUID) -> HttpResponse:
    candidat = acces.obtenir_de_la_cvtheque(request.acteur, uuid)
    return _profil(request, candidat, list(_postes(request)))


def _profil(
    request: HttpRequest, candidat: Candidat, postes: list[Poste], form: PreselectionForm | None = None
) -> HttpResponse:
    structure = structure_de(request.acteur)
    noter_consultation(request.acteur, [candidat], NatureConsultation.CVTHEQUE)
    choisi = _poste_choisi(request, postes)
    centre = cvtheque.centre_de(structure, choisi)
    cvtheque.marquer(structure, [candidat])
    contexte = {
        "candidat": candidat,
        "cv": acces.cv_visible_par(request.acteur, candidat),
        "resultats_pix": candidat.resultats_pix_en_vigueur,
        "situations": lectures.situations(candidat),
        "centre": centre,
        "distance": cvtheque.distance_de(candidat, centre),
        "poste": choisi,
        "reserves": (
            reserves(faits_du_candidat(candidat), faits_du_poste(choisi), timezone.localdate()) if choisi else []
        ),
        "postes": postes,
        "form": form or PreselectionForm(postes=_postes(request), initial={"poste": choisi and choisi.uuid}),
        "retour": f"{reverse('candidats:cvtheque')}?{request.GET.urlencode()}".rstrip("?"),
        "parametres": request.GET.urlencode(),
    }
    return render(request, "candidats/cvtheque/profil.html", contexte)


def _poste_choisi(request: HttpRequest, postes: list[Poste]) -> Poste | None:
    """The post of the search, or the one that was sent; otherwise the first that is free."""
    demandes = {request.POST.get("poste", ""), request.GET.get("poste", "")}
    return next((poste for poste in postes if str(poste.uuid) in demandes), postes[0] if postes else None)


@require_POST
@never_cache
@exiger_role(Role.STRUCTURE)
def preselectionner(request: HttpRequest, uuid: UUID) -> HttpResponse:
    try:
        candidat = acces.obtenir_de_la_cvtheque(request.acteur, uuid)
    except Http404:
        if not _ouverte(structure_de(request.acteur)) or not Candidat.objects.filter(uuid=uuid).exists():
            raise
        # Seen a moment ago, gone since: said without a word about the person.
        messages.error(
            request, "Cette personne n’est plus disponible, ou vient d’être choisie par une autre structure."
        )
        return redirect("candidats:cvtheque")
    postes = _postes(request)
    form = PreselectionForm(request.POST, postes=postes)
    try:
        paire = form.is_valid() and appliquer(
            form,
            lambda: actions.preselectionner_candidat(
                acteur=request.acteur, poste=form.cleaned_data["poste"], candidat=candidat
            ),
            sauf=actions.CandidatureExistante,
        )
    except actions.CandidatureExistante as existante:
        messages.info(request, existante.message)
        return redirect("candidats:mise_en_relation", existante.mise_en_relation.uuid)
    if not paire:
        return _profil(request, candidat, list(postes), form)
    messages.success(request, f"Présélection enregistrée, et annoncée à {candidat}. Proposez-lui un entretien.")
    return redirect("candidats:mise_en_relation", paire.uuid)
