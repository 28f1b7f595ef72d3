"""A page with nothing but the commune field, so that its script is tested whatever the forms that use it."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from portal.commun.formulaires import Formulaire
from portal.territoires.champs import ChampCommune

GABARIT = """{% load dsfr_tags %}<!DOCTYPE html>
<html lang="fr" data-fr-scheme="light">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Essai</title>
<link rel="icon" href="data:,">{% dsfr_css %}</head>
<body><main class="fr-container"><h1>Essai</h1>
{% if commune %}<p id="resultat">{{ commune.code }}</p>{% endif %}
<form method="get">{{ form.commune.as_field_group }}<button class="fr-btn">Valider</button></form>
</main></body></html>"""


class FormulaireEssai(Formulaire):
    commune = ChampCommune(label="Commune de résidence")


def page(request: HttpRequest) -> HttpResponse:
    form = FormulaireEssai(request.GET or None)
    commune = form.cleaned_data["commune"] if form.is_valid() else None
    contexte = {"form": form, "commune": commune}
    return HttpResponse(engines["django"].from_string(GABARIT).render(contexte, request))


urlpatterns = [path("essai/", page), path("", include("portal.territoires.urls"))]
