"""The one small protocol behind a room's voice, and its three providers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from breakouts.models import Room
from breakouts.voice.models import Caller, RoomVoice, VoicePlan, Way

MOST_PEERS = 4
MOST_HEARD = 12
MEETINGS = {
    "teams.microsoft.com": "Microsoft Teams",
    "teams.live.com": "Microsoft Teams",
    "zoom.us": "Zoom",
    "meet.jit.si": "Jitsi Meet",
}


@dataclass(frozen=True, kw_only=True)
class Provider:
    """``most_in``: how many may be in at once (None: as many as the room holds); ``most_heard``: with a
    microphone or camera on. ``way_in`` gives a browser what it needs beside the common part; None leads elsewhere.
    """

    way: Way
    most_in: int | None = None
    most_heard: int = 0
    way_in: Callable[[Caller, str], dict[str, Any]] | None = None

    @property
    def is_embedded(self) -> bool:
        return self.way_in is not None


def _peer(caller: Caller, event_slug: str) -> dict[str, Any]:
    return {"channel": caller.channel}


def _janus(caller: Caller, event_slug: str) -> dict[str, Any]:
    return {"socket": f"/live/{event_slug}/voice/{caller.pk}/{caller.entry}/"}


PROVIDERS = {
    Way.NONE: Provider(way=Way.NONE),
    Way.LINK: Provider(way=Way.LINK),
    Way.PEER: Provider(way=Way.PEER, most_in=MOST_PEERS, most_heard=MOST_PEERS, way_in=_peer),
    Way.JANUS: Provider(way=Way.JANUS, most_heard=MOST_HEARD, way_in=_janus),
}


def plan_of(room: Room) -> VoicePlan:
    """The room's own plan, else its event's, else what this installation can do."""
    own = getattr(room, "voice", None)
    return own or getattr(room.event, "voice", None) or RoomVoice(room=room, way=default_way())


def default_way() -> Way:
    return Way.JANUS if settings.JANUS_URL else Way.PEER


def provider_of(plan: VoicePlan) -> Provider:
    """Janus needs a server: where none is named, a plan for it is a plan for nothing."""
    way = Way(plan.way)
    return PROVIDERS[Way.NONE if way == Way.JANUS and not settings.JANUS_URL else way]


def is_recorded(plan: VoicePlan) -> bool:
    return bool(plan.recorded and settings.JANUS_RECORDINGS and provider_of(plan).way == Way.JANUS)


def name_of_meeting(link: str) -> str:
    """What people call the place a link leads to."""
    host = urlsplit(link).hostname or ""
    if host.startswith("bbb."):
        return "BigBlueButton"
    known = (
        name for end, name in MEETINGS.items() if host == end or host.endswith(f".{end}") or end in host.split(".")
    )
    return next(known, host)
