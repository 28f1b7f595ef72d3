from django.apps import AppConfig


class StructuresConfig(AppConfig):
    name = "structures"
    verbose_name = "Structures"

    def ready(self) -> None:
        from structures import proces_verbal

        proces_verbal.declarer()
