"""The space of a training body: what to do now, the people it trains, their list as a file (R80)."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from formation import acces, lectures
from formation.actions.sessions import a_clore
from formation.forms.organisme import FiltrePersonnes
from formation.parcours import situation_de
from formation.suivi import Suivi, suivre
from formation.views.communs import FORMATS
from portal.commun.exports import Colonne, exporter
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role
from subventions.models import Dossier

APERCU = 5


def _creneau(suivi: Suivi) -> Any:
    return suivi.test.creneau if suivi.test else None


def _de_la_session(champ: str) -> Any:
    return lambda suivi: getattr(suivi.inscription.session, champ) if suivi.inscription else None


# R112: neither birth dates, pieces nor amounts leave for a spreadsheet.
COLONNES = [
    Colonne("Personne", "personne"),
    Colonne("Adresse électronique", "dossier.mise_en_relation.candidat.utilisateur.email"),
    Colonne("Téléphone", "dossier.mise_en_relation.candidat.telephone"),
    Colonne("Structure", "dossier.structure.nom"),
    Colonne("Commune", "dossier.structure.commune.nom"),
    Colonne("Département", "dossier.structure.departement_id"),
    Colonne("Contact de la structure", "dossier.structure.contact_courriel"),
    Colonne("Appel", "dossier.poste.get_regime_display"),
    Colonne("Étape", "etape.label"),
    Colonne("Candidature validée le", "valide_le"),
    Colonne("Contact pris le", "dossier.formation_contactee_le"),
    Colonne("Test", _creneau),
    Colonne("Durée (heures)", lambda suivi: suivi.test.heures if suivi.test else None),
    Colonne("Début de session", _de_la_session("debut")),
    Colonne("Fin de session", _de_la_session("fin")),
    Colonne("Inscription", lambda suivi: suivi.inscription.get_etat_display() if suivi.inscription else ""),
    Colonne("Début du contrat", lambda suivi: suivi.contrat.debut if suivi.contrat else None),
    Colonne("Départ en formation", "dossier.depart_formation_le"),
    Colonne("Jours de retard", lambda suivi: suivi.depart.retard if suivi.depart else None),
]


@require_safe
@never_cache
@exiger_role(Role.ORGANISME)
def a_traiter(request: HttpRequest) -> HttpResponse:
    """One section per kind of task, each with its first people and a link to the others."""
    organisme = acces.organisme_de(request.acteur)
    dossiers = acces.dossiers_formation_visibles_par(request.acteur)
    nombres = lectures.compter_personnes(dossiers, organisme)
    sections = []
    for vue in lectures.VUES_A_FAIRE:
        if nombres[vue]:
            filtres = lectures.filtrer_personnes(dossiers, organisme, {"vue": vue})
            suivis = suivre(filtres.filter(pk__in=list(filtres.values_list("pk", flat=True)[:APERCU])))
            sections.append(
                {
                    "vue": vue,
                    "libelle": lectures.VUES_PERSONNES[vue],
                    "nombre": nombres[vue],
                    "lignes": [{"suivi": s, "situation": situation_de(s, request.acteur)} for s in suivis],
                    "reste": nombres[vue] - len(suivis),
                }
            )
    sessions = lectures.avec_places(a_clore(timezone.localdate()).filter(organisme=organisme))
    contexte = {
        "organisme": organisme,
        "sections": sections,
        "sessions": list(sessions),
        "attendues": nombres["attente"],
        "sans_lot": not organisme.lots.exists(),
    }
    return render(request, "formation/organisme/a_traiter.html", contexte)


@require_safe
@never_cache
@exiger_role(Role.ORGANISME)
def personnes(request: HttpRequest) -> HttpResponse:
    organisme = acces.organisme_de(request.acteur)
    dossiers = acces.dossiers_formation_visibles_par(request.acteur)
    form, filtres = _filtrer(request, dossiers)
    vue = filtres.get("vue") or lectures.TOUTES
    trouves = lectures.filtrer_personnes(dossiers, organisme, filtres) if form.is_valid() else dossiers.none()
    page = Paginator(trouves, lectures.PAR_PAGE).get_page(request.GET.get("page"))
    nombres = lectures.compter_personnes(dossiers, organisme)
    suivis = suivre(page.object_list)
    contexte = {
        "organisme": organisme,
        "form": form,
        "page": page,
        "lignes": [{"suivi": suivi, "situation": situation_de(suivi, request.acteur)} for suivi in suivis],
        "vue": vue,
        "vues": [(nom, libelle, nombres[nom]) for nom, libelle in lectures.VUES_PERSONNES.items()],
        "titre_vue": lectures.VUES_PERSONNES[vue],
        "filtre": any(request.GET.get(nom) for nom in ("q", "departement")),
    }
    return render(request, "formation/organisme/personnes.html", contexte)


@require_safe
@never_cache
@exiger_role(Role.ORGANISME)
def export_personnes(request: HttpRequest, format: str) -> HttpResponse:
    if format not in FORMATS:
        raise Http404
    organisme = acces.organisme_de(request.acteur)
    dossiers = acces.dossiers_formation_visibles_par(request.acteur)
    form, filtres = _filtrer(request, dossiers)
    trouves = lectures.filtrer_personnes(dossiers, organisme, filtres) if form.is_valid() else dossiers.none()
    return exporter(f"personnes-a-former-{timezone.localdate():%Y-%m-%d}", COLONNES, suivre(trouves), format=format)


def _filtrer(request: HttpRequest, dossiers: QuerySet[Dossier]) -> tuple[FiltrePersonnes, dict[str, Any]]:
    """The filters of the address; a wrong one keeps nobody."""
    form = FiltrePersonnes(request.GET, departements=lectures.departements_des(dossiers))
    return form, form.cleaned_data if form.is_valid() else {}
