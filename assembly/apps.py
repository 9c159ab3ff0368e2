from django.apps import AppConfig


class AssemblyConfig(AppConfig):
    """Holds the commands that need every app."""

    name = "assembly"
