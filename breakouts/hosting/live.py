"""How a room stands (``room.<id>.state``), what its facilitators look after (``room.<id>.desk``), and who waits
for an organiser (``event.<id>.help``)."""

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from breakouts.hosting.models import HelpCall
from breakouts.hosting.queries import desk_of
from breakouts.models import Room
from breakouts.policy import has_place, leads
from breakouts.taking_part.live import hears
from portal.live.registry import ChannelKind
from portal.models import Event
from portal.people.access import Visitor


def state(room_id: int, now: datetime) -> dict[str, Any]:
    """When the talk ends, which may be later than the programme says."""
    room = Room.objects.select_related("round__session__event").get(pk=room_id)
    closes = room.event.local(room.closes).isoformat()
    return {"closes": closes, "said": room.event.clock(room.closes), "extra": room.extra_minutes}


def desk_state(room_id: int, now: datetime) -> dict[str, Any]:
    room = Room.objects.select_related("conversation", "round__session").get(pk=room_id)
    return desk_of(room, now).state


def help_state(event_id: int, now: datetime) -> dict[str, Any]:
    calls = HelpCall.objects.filter(room__round__session__event=event_id, done_at=None)
    found = list(calls.order_by("pk").values_list("pk", "taken_by"))
    waiting = sum(taken is None for _, taken in found)
    return {
        "calls": [list(each) for each in found],
        "waiting": waiting,
        "html": _ask_for_help(event_id, waiting) if waiting else "",
    }


def _ask_for_help(event_id: int, waiting: int) -> str:
    event = Event.objects.get(pk=event_id)
    return render_to_string("breakouts/hosting/_help.html", {"event": event, "waiting": waiting})


def may_help(visitor: Visitor, event_id: int) -> bool:
    return visitor.event.pk == event_id and visitor.is_organiser


KINDS = (
    ChannelKind(name="room.state", may_hear=hears(has_place), state=state),
    ChannelKind(name="room.desk", may_hear=hears(leads), state=desk_state),
    ChannelKind(name="event.help", may_hear=may_help, state=help_state),
)
