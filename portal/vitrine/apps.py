from django.apps import AppConfig


class VitrineConfig(AppConfig):
    name = "portal.vitrine"
    label = "vitrine"
    verbose_name = "Vitrine"
