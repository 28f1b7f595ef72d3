"""The place search behind the commune field. Public: it shows nothing but official lists."""

from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from .recherche import chercher_communes

LIMITE = 20
LIMITE_MAX = 100


@require_safe
@cache_control(public=True, max_age=3600)
@vary_on_headers("Accept")
def communes(request):
    """A fragment of suggestions, or JSON when asked. The browser keeps it for an hour; the list changes once a year."""
    resultat = chercher_communes(request.GET.get("q", ""), limite=limite_demandee(request.GET.get("limite", "")))
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse(en_json(resultat))
    return render(request, "territoires/_communes.html", {"resultat": resultat, "q": request.GET.get("q", "").strip()})


def limite_demandee(texte):
    return min(int(texte), LIMITE_MAX) if texte.isdecimal() and len(texte) < 4 and int(texte) else LIMITE


def en_json(resultat):
    return {
        "communes": [
            {
                "code": commune.code,
                "nom": commune.nom,
                "libelle": commune.libelle,
                "libelle_complet": commune.libelle_complet,
                "codes_postaux": commune.liste_codes_postaux,
                "departement": {"code": commune.departement_id, "nom": commune.departement.nom},
            }
            for commune in resultat.communes
        ],
        "total": resultat.total,
        "tronque": resultat.tronque,
        "message": resultat.message,
    }
