"""Addresses of the portal. Apps are named by string: no floor imports another one here."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("portal.commun.urls")),
    path("", include("portal.territoires.urls")),
    path("", include("portal.comptes.urls")),
    path("", include("portal.vitrine.urls")),
    path("", include("structures.urls")),
    path("", include("candidats.urls")),
    path("", include("subventions.urls")),
    path("", include("formation.urls")),
    path("comptes/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "portal.commun.views.erreurs.requete_invalide"
handler403 = "portal.commun.views.erreurs.acces_refuse"
handler404 = "portal.commun.views.erreurs.page_introuvable"
handler500 = "portal.commun.views.erreurs.erreur_interne"
