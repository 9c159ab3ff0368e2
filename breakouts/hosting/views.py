"""What those who lead a room do in it. All of it answers 404 to everybody else."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from breakouts.access import access_led
from breakouts.answers import done, refuse
from breakouts.hosting import services
from breakouts.hosting.queries import desk_of, find_outside, found_by, waiting_for
from breakouts.hosting.services import HostRefused
from breakouts.models import Room
from breakouts.taking_part.models import Part
from breakouts.taking_part.queries import name_in, part_of
from breakouts.taking_part.services import call_hand, close_hand
from portal.events.policy import Reach
from portal.models import Delegate, User
from portal.people.access import EventRequest, event_view
from portal.requests import number
from portal.written import one_line


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def desk(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    """The panel of the room's page alone, to be shown anew."""
    room = access_led(request.visitor, round_id, room_id)
    return render(request, "breakouts/hosting/_desk.html", desk_context(room, request.visitor.now))


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def people(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    """Who is in the room, who was removed, and letting somebody in."""
    room = access_led(request.visitor, round_id, room_id)
    named = getattr(room, "note_taker", None)
    part = part_of(room, named.delegate) if named else None
    context = desk_context(room, request.visitor.now)
    words = one_line(request.GET.get("find", ""))
    context |= {
        "title": f"People in {room.title}",
        "section": "rooms",
        "removals": room.removals.select_related("delegate", "by"),
        "waiting": waiting_for(room),
        "words": words,
        "found": find_outside(room, words, request.visitor),
        "taker": name_in(room, named.delegate) if named else "",
        "taker_pk": part.pk if part else None,
    }
    return render(request, "breakouts/hosting/people.html", context)


def desk_context(room: Room, now: datetime) -> dict[str, Any]:
    desk = desk_of(room, now)
    known = json.dumps(desk.state)
    return {"room": room, "round": room.round, "desk": desk, "known": known, "step": services.STEP_MINUTES}


@require_POST
@event_view(Reach.CHOOSE)
def floor(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    """``call``, ``spoken`` or ``lower`` holds a hand's number."""
    room, now, by = access_led(request.visitor, round_id, room_id), request.visitor.now, _user(request)
    act = next((act for act in ("call", "spoken", "lower") if act in request.POST), "")
    hand = room.hands.select_related("room", "delegate").filter(pk=number(request.POST.get(act))).first()
    if hand is None:
        raise Http404("No such hand.")
    name = name_in(room, hand.delegate)
    if act == "call":
        call_hand(hand, by=by, now=now)
        return done(request, room, f"{name} has the floor.")
    close_hand(hand, spoken=act == "spoken", by=by, now=now)
    return done(request, room, f"{name} has spoken." if act == "spoken" else f"{name}'s hand is down.")


@require_POST
@event_view(Reach.CHOOSE)
def extend(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    room = access_led(request.visitor, round_id, room_id)
    known = number(request.POST.get("known"))

    def act() -> str:
        longer = services.extend(room, known=known, by=_user(request), now=request.visitor.now)
        return f"The room goes on until {room.event.clock(longer.closes)}."

    return _answer(request, room, act)


@require_POST
@event_view(Reach.CHOOSE)
def end(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    room = access_led(request.visitor, round_id, room_id)

    def act() -> str:
        services.end(room, by=_user(request), now=request.visitor.now)
        return f"{room.title} has ended. Everybody in it is shown where to go."

    return _answer(request, room, act)


@require_POST
@event_view(Reach.CHOOSE)
def call_for_help(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    room = access_led(request.visitor, round_id, room_id)
    words = request.POST.get("words", "")
    services.call_for_help(room, words=words, by=_user(request), now=request.visitor.now)
    return done(request, room, "The organisers see that you need somebody.")


@require_POST
@event_view(Reach.CHOOSE)
def cancel_help(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    room = access_led(request.visitor, round_id, room_id)
    for call in room.help_calls.filter(done_at=None):
        services.finish_call(call, by=_user(request), now=request.visitor.now)
    return done(request, room, "You have what you needed.")


@require_POST
@event_view(Reach.CHOOSE)
def remove(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    room, part = _part(request, round_id, room_id)
    if part is None:
        return done(request, room, "They are not in this room any more.", to="room_people")
    name, reason = part.name, request.POST.get("reason", "")

    def act() -> str:
        services.remove_person(room, part.delegate, reason=reason, by=_user(request), now=request.visitor.now)
        return f"{name} is out of this room."

    return _answer(request, room, act, to="room_people")


@require_POST
@event_view(Reach.CHOOSE)
def admit(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    room, person = _person(request, round_id, room_id)
    if not (found_by(request.visitor).filter(pk=person.pk).exists() or person in waiting_for(room)):
        raise Http404("They are not to be found.")
    reason, may_move = request.POST.get("reason", ""), request.visitor.is_organiser

    def act() -> str:
        services.admit(room, person, reason=reason, may_move=may_move, by=_user(request), now=request.visitor.now)
        return f"{person.name} has a place in this room."

    return _answer(request, room, act, to="room_people")


@require_POST
@event_view(Reach.CHOOSE)
def mute(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    """``again`` lets them write again."""
    room, part = _part(request, round_id, room_id)
    if part is None:
        return done(request, room, "They are not in this room any more.", to="room_people")
    act, said = services.mute_person, f"{part.name} can read, but cannot write or speak for an hour."
    if "again" in request.POST:
        act, said = services.unmute_person, f"{part.name} can write again."
    act(room, part.delegate, by=_user(request), now=request.visitor.now)
    return done(request, room, said, to="room_people")


@require_POST
@event_view(Reach.CHOOSE)
def forgive(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    """Organisers only: who removed somebody does not decide alone."""
    room, person = _person(request, round_id, room_id)
    removal = room.removals.select_related("delegate", "room__round__session__event").filter(delegate=person).first()
    if removal is None or not request.visitor.is_organiser:
        raise Http404("No such removal.")
    services.forgive(removal, by=_user(request), now=request.visitor.now)
    return done(request, room, f"{person.name} may choose this room again.", to="room_people")


def _answer(request: EventRequest, room: Room, act: Callable[[], str], *, to: str = "room") -> HttpResponse:
    try:
        return done(request, room, act(), to=to)
    except HostRefused as refused:
        return refuse(request, room, str(refused), to=to)


def _person(request: EventRequest, round_id: int, room_id: int) -> tuple[Room, Delegate]:
    """The room, and the event's delegate whom the form names."""
    room = access_led(request.visitor, round_id, room_id)
    people = request.event.delegates.select_related("user")
    person = get_object_or_404(people, pk=number(request.POST.get("delegate")))
    person.event = request.event
    return room, person


def _part(request: EventRequest, round_id: int, room_id: int) -> tuple[Room, Part | None]:
    """The room, and how whoever the form means takes part in it; None when they are out of it since."""
    room = access_led(request.visitor, round_id, room_id)
    parts = room.parts.select_related("delegate__user", "delegate__event")
    return room, parts.filter(pk=number(request.POST.get("part"))).first()


def _user(request: EventRequest) -> User:
    assert request.visitor.user is not None
    return request.visitor.user
