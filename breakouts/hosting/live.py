"""How a room stands (``room.<id>.state``), what its facilitators look after (``room.<id>.desk``), and who waits
for an organiser (``event.<id>.help``)."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.http import Http404

from breakouts.hosting.models import HelpCall
from breakouts.hosting.queries import open_call
from breakouts.models import Room
from breakouts.policy import has_place, leads
from breakouts.taking_part.live import hears
from breakouts.taking_part.queries import hands_of, people_of
from portal.live.registry import ChannelKind
from portal.people.access import visit


def state(room_id: int, now: datetime) -> dict[str, Any]:
    """When the talk ends, which may be later than the programme says."""
    room = Room.objects.select_related("round__session__event").get(pk=room_id)
    closes = room.event.local(room.closes)
    return {"closes": closes.isoformat(), "said": f"{closes:%-I:%M%p}".lower(), "extra": room.extra_minutes}


def desk_state(room_id: int, now: datetime) -> dict[str, Any]:
    """Enough to tell that the page of those who lead is out of date."""
    room = Room.objects.select_related("conversation").get(pk=room_id)
    call = open_call(room)
    return {
        "hands": [[hand.pk, hand.called] for hand in hands_of(room_id)],
        "people": [[person.delegate_id, person.name, person.manner, person.muted] for person in people_of(room, now)],
        "extra": room.extra_minutes,
        "help": [call.pk, call.taken_by_id] if call else None,
    }


def help_state(event_id: int, now: datetime) -> dict[str, Any]:
    calls = HelpCall.objects.filter(room__round__session__event=event_id, done_at=None)
    found = list(calls.order_by("pk").values_list("pk", "taken_by"))
    waiting = sum(taken is None for _, taken in found)
    return {"calls": [list(each) for each in found], "waiting": waiting, "html": str(waiting) if waiting else ""}


def may_help(user: AbstractBaseUser, event_slug: str, event_id: int, now: datetime) -> bool:
    try:
        visitor = visit(user, event_slug, now)
    except Http404:
        return False
    return visitor.event.pk == event_id and visitor.is_organiser


KINDS = (
    ChannelKind(name="room.state", may_hear=hears(has_place), state=state),
    ChannelKind(name="room.desk", may_hear=hears(leads), state=desk_state),
    ChannelKind(name="event.help", may_hear=may_help, state=help_state),
)
