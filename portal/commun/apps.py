from django.apps import AppConfig


class SocleConfig(AppConfig):
    name = "portal.commun"
    label = "commun"
    verbose_name = "Fonctionnement du portail"
