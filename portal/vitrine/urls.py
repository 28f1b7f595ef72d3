"""Public pages."""

from django.urls import path

from portal.vitrine import views

app_name = "vitrine"
urlpatterns = [
    path("", views.accueil, name="accueil"),
    path("accueillir/", views.accueillir, name="accueillir"),
    path("devenir-conseiller/", views.devenir_conseiller, name="devenir_conseiller"),
    path("missions/", views.missions, name="missions"),
    path("contact/", views.contact, name="contact"),
    path("accessibilite/", views.accessibilite, name="accessibilite"),
    path("mentions-legales/", views.mentions_legales, name="mentions_legales"),
    path("donnees-personnelles/", views.donnees_personnelles, name="donnees_personnelles"),
]
