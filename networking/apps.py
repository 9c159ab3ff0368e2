from django.apps import AppConfig


class NetworkingConfig(AppConfig):
    name = "networking"

    def ready(self) -> None:
        from networking import frames, keeping, reactions
        from networking.direct import inbox
        from networking.polls import frames as poll_frames
        from networking.questions import frames as question_frames
        from networking.questions.services import release_due
        from networking.safety import frames as safety_frames
        from networking.safety.queries import hidden_from
        from portal.live.registry import register_channel, register_hidden_from
        from portal.sweeps.registry import register_sweep

        for kind in (
            frames.KIND,
            reactions.KIND,
            inbox.KIND,
            *safety_frames.KINDS,
            *question_frames.KINDS,
            *poll_frames.KINDS,
        ):
            register_channel(kind)
        keeping.connect()
        register_hidden_from(hidden_from)
        register_sweep("networking.questions", release_due)
