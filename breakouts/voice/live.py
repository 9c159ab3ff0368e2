"""The gauge ``room.<id>.voice`` for those who may take part, and the log ``voice.<id>`` for one person alone."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.http import Http404

from breakouts.voice.models import Caller
from breakouts.voice.policy import may_take_part
from breakouts.voice.queries import find_room, signals_after, voice_state
from breakouts.voice.services import signal_frame, still_may
from portal.live.registry import ChannelKind, Frame
from portal.people.access import visit


def may_see(user: AbstractBaseUser, event_slug: str, room_id: int, now: datetime) -> bool:
    room = find_room(room_id)
    if room is None or room.event.slug != event_slug:
        return False
    try:
        return may_take_part(visit(user, event_slug, now), room)
    except Http404:
        return False


def is_theirs(user: AbstractBaseUser, event_slug: str, caller_id: int, now: datetime) -> bool:
    """Only the very person, only while they are in, and only while they may be."""
    callers = Caller.objects.present().select_related("user", "room__round__session__event")
    caller = callers.filter(pk=caller_id, user=user.pk).first()
    return caller is not None and caller.room.event.slug == event_slug and still_may(caller, now)


def frames_after(caller_id: int, version: int, limit: int) -> list[Frame]:
    return [signal_frame(signal) for signal in signals_after(caller_id, version, limit)]


GAUGE = ChannelKind(name="room.voice", may_hear=may_see, state=voice_state)
SIGNALS = ChannelKind(name="voice", may_hear=is_theirs, frames_after=frames_after)
KINDS = (GAUGE, SIGNALS)
