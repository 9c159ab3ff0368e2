"""The gauge ``room.<id>.hands``: whose turn it is and who is next, the same for everyone in the room."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from breakouts.models import Room
from breakouts.policy import has_place
from breakouts.taking_part.queries import hands_of
from portal.events.policy import Reach
from portal.live.registry import ChannelKind, MayHear
from portal.people.access import Visitor


def hears(allowed: Callable[[Visitor, Room], bool]) -> MayHear:
    """For a channel named by a room's number: who may reach the event now and is ``allowed``."""

    def may_hear(visitor: Visitor, room_id: int) -> bool:
        rooms = Room.objects.select_related("round__session__event").filter(round__session__event=visitor.event)
        room = rooms.filter(pk=room_id).first()
        return room is not None and visitor.may(Reach.LOBBY) and allowed(visitor, room)

    return may_hear


def hands_state(room_id: int, now: datetime) -> dict[str, Any]:
    """``raised`` are keys and names of those whose hand is up, in order; ``called`` is the key of who speaks."""
    hands = hands_of(room_id)
    return {
        "html": render_to_string("breakouts/taking_part/_hands.html", {"hands": hands}),
        "raised": [[hand.key, hand.name] for hand in hands if not hand.called],
        "called": next((hand.key for hand in hands if hand.called), None),
    }


HANDS = ChannelKind(name="room.hands", may_hear=hears(has_place), state=hands_state)
