from django.apps import AppConfig


class ComptesConfig(AppConfig):
    name = "portal.comptes"
    label = "comptes"
    verbose_name = "Comptes"

    def ready(self) -> None:
        from portal.comptes import second_facteur

        second_facteur.ecouter()
