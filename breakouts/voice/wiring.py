"""What the voice of rooms puts into the portal's registries, once at start."""

from breakouts.taking_part.floor import register_floor
from breakouts.voice.live import KINDS
from breakouts.voice.recording import sweep_recordings
from breakouts.voice.services import check_rights, follow_hand, sweep_voice
from portal import clock
from portal.live.registry import register_channel, register_revoked
from portal.sweeps.registry import register_sweep


def connect() -> None:
    for kind in KINDS:
        register_channel(kind)
    register_revoked(_check_rights)
    register_floor(follow_hand)
    register_sweep("breakouts.voice", sweep_voice)
    register_sweep("breakouts.recordings", sweep_recordings)


def _check_rights(user_id: int, event_slug: str) -> None:
    check_rights(user_id, event_slug, clock.now())
