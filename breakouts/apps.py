from django.apps import AppConfig


class BreakoutsConfig(AppConfig):
    name = "breakouts"

    def ready(self) -> None:
        from breakouts import wiring

        wiring.connect()
