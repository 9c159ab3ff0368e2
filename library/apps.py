from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "library"

    def ready(self) -> None:
        from library import keeping, recordings
        from portal.people.writing.reminders import register_condition
        from portal.sweeps.registry import register_sweep

        keeping.connect()
        register_condition("recordings", recordings.has_published)
        register_sweep("library.make_streams", recordings.make_due)
        register_sweep("library.bring_back", recordings.bring_back_due)
        register_sweep("library.withdraw", recordings.withdraw_due)
