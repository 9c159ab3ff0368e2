"""The room as a page: before it opens, on the way in, while it is on, after its end, and for who was removed."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from breakouts.access import access_round, enters
from breakouts.hosting.models import Removal
from breakouts.hosting.queries import hosts_of
from breakouts.hosting.views import desk_context
from breakouts.models import Room
from breakouts.notes.views import notes_context
from breakouts.policy import hears_talk, leads
from breakouts.queries import round_view
from breakouts.taking_part.models import key_of
from breakouts.taking_part.queries import hands_of, part_of
from breakouts.taking_part.views import entering
from breakouts.voice.models import Way
from breakouts.voice.providers import plan_of
from networking.models import author_key
from portal.people.access import EventRequest


def show_room(request: EventRequest, room: Room, *, call: dict[str, Any] | None = None) -> HttpResponse:
    """For somebody with a place in it. With what its ``call`` needs, the same with the room's voice before all else."""
    visitor = request.visitor
    if visitor.now >= room.closes:
        me = author_key(room.conversation_id, visitor.user.pk) if visitor.user else ""
        return render(request, "breakouts/room_over.html", _context(request, room) | {"me": me})
    if not enters(visitor, room):
        context = _context(request, room) | {"meets_elsewhere": plan_of(room).way == Way.LINK, "hosts": hosts_of(room)}
        return render(request, "breakouts/room_waiting.html", context)
    part = part_of(room, visitor.delegate)
    if part is None and visitor.delegate is not None and not leads(visitor, room):
        return entering(request, room)
    context = _context(request, room) | _inside(request, room) | {"part": part} | (call or {})
    return render(request, "breakouts/voice/room.html" if call else "breakouts/room.html", context)


def tell_removed(request: EventRequest, room: Room, removal: Removal) -> HttpResponse:
    """403: why, and where else to go."""
    round = access_round(request.visitor, room.round_id)
    view = round_view(round, request.visitor.delegate, request.visitor.now)
    others = [choice for choice in view.choices if choice.pk != room.pk and not choice.places["full"]]
    context = {
        "title": f"You were asked to leave {room.title}",
        "section": "rooms",
        "room": room,
        "round": room.round,
        "removal": removal,
        "others": others if view.choosable else [],
    }
    return render(request, "breakouts/hosting/removed.html", context, status=403)


def _context(request: EventRequest, room: Room) -> dict[str, Any]:
    session = room.round.session
    return {
        "title": room.title,
        "section": "rooms",
        "room": room,
        "round": room.round,
        "starts": request.event.local(session.starts),
        "ends": request.event.local(room.closes),
        "is_on": room.is_on(request.visitor.now),
        "hears_talk": hears_talk(request.visitor, room),
    }


def _inside(request: EventRequest, room: Room) -> dict[str, Any]:
    visitor = request.visitor
    context: dict[str, Any] = notes_context(visitor, room) | {
        "me": key_of(room.pk, visitor.user.pk) if visitor.user else "",
        "leads": leads(visitor, room),
        "hands": hands_of(room.pk),
        "facilitators": room.facilitators.select_related("delegate"),
    }
    context["my_hand"] = next((hand for hand in context["hands"] if hand.key == context["me"]), None)
    if context["leads"]:
        context |= desk_context(room, visitor.now)
    return context
