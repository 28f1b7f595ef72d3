from django.apps import AppConfig


class ComptesConfig(AppConfig):
    name = "portal.comptes"
    label = "comptes"
    verbose_name = "Comptes"
