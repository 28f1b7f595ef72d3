from django.apps import AppConfig


class FormationConfig(AppConfig):
    name = "formation"
    verbose_name = "Formation"

    def ready(self) -> None:
        from formation import abonnements

        abonnements.brancher()
