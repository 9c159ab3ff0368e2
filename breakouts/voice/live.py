"""The gauge ``room.<id>.voice`` for those who may take part, and the log ``voice.<id>`` for one person alone."""

from breakouts.voice.models import Caller
from breakouts.voice.policy import may_take_part
from breakouts.voice.queries import find_room, signals_after, voice_state
from breakouts.voice.services import signal_frame, still_may
from portal.live.registry import ChannelKind, Frame
from portal.people.access import Visitor


def may_see(visitor: Visitor, room_id: int) -> bool:
    room = find_room(room_id)
    return room is not None and room.event == visitor.event and may_take_part(visitor, room)


def is_theirs(visitor: Visitor, caller_id: int) -> bool:
    """Only the very person, only while they are in, and only while they may be."""
    callers = Caller.objects.present().select_related("user", "room__round__session__event")
    caller = callers.filter(pk=caller_id, user=visitor.user).first()
    return caller is not None and caller.room.event == visitor.event and still_may(caller, visitor.now)


def frames_after(caller_id: int, version: int, limit: int) -> list[Frame]:
    return [signal_frame(signal) for signal in signals_after(caller_id, version, limit)]


GAUGE = ChannelKind(name="room.voice", may_hear=may_see, state=voice_state)
SIGNALS = ChannelKind(name="voice", may_hear=is_theirs, frames_after=frames_after)
KINDS = (GAUGE, SIGNALS)
