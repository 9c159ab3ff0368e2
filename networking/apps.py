from django.apps import AppConfig


class NetworkingConfig(AppConfig):
    name = "networking"

    def ready(self) -> None:
        from networking.frames import KIND
        from portal.live.registry import register_channel

        register_channel(KIND)
