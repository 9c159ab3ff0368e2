"""Choosing a room, and being in it."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from breakouts.access import access_room, access_round, choose_from, enters
from breakouts.models import Room, Round
from breakouts.policy import has_seat
from breakouts.queries import round_view, rounds_of
from breakouts.services import RoomFull, RoomRefused, choose_room, leave_room
from portal.events.policy import Reach
from portal.people.access import EventRequest, event_view
from portal.people.models import Delegate

UNREGISTERED = "Only delegates hold seats. Register for the event to choose a room; as an organiser you can enter any."


class SeeOther(HttpResponseRedirect):
    status_code = 303


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def rounds(request: EventRequest) -> HttpResponse:
    found = rounds_of(request.event, request.visitor.delegate, request.visitor.now)
    return render(request, "breakouts/rounds.html", {"title": "Breakout rooms", "section": "rooms", "rounds": found})


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def round(request: EventRequest, round_id: int) -> HttpResponse:
    return _round_page(request, access_round(request.visitor, round_id))


@require_POST
@event_view(Reach.LOBBY)
def choose(request: EventRequest, round_id: int) -> HttpResponse:
    """One step: the seat held before is given up only when the new one is held. 409 when the room is full."""
    found = access_round(request.visitor, round_id)
    room = choose_from(found, _number(request.POST.get("room")))
    delegate = request.visitor.delegate
    if delegate is None:
        return _round_page(request, found, problem=UNREGISTERED, status=403)
    try:
        choose_room(room, delegate, now=request.visitor.now)
    except RoomRefused as refused:
        return _refuse(request, refused, delegate, round_id)
    messages.success(request, f"You have a place in {room.title}.")
    return SeeOther(reverse("breakouts:round", args=[request.event.slug, round_id]))


@require_POST
@event_view(Reach.LOBBY)
def leave(request: EventRequest, round_id: int) -> HttpResponse:
    found, delegate = access_round(request.visitor, round_id), request.visitor.delegate
    try:
        room = leave_room(found, delegate, now=request.visitor.now) if delegate and found.rooms.all() else None
    except RoomRefused as refused:
        return _round_page(request, found, problem=str(refused), status=403)
    if room:
        messages.success(request, f"You have given up your place in {room.title}.")
    return SeeOther(reverse("breakouts:round", args=[request.event.slug, round_id]))


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def room(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    """The room while it is on; before, a page that waits; after, one that leads on. Only with a seat."""
    visitor = request.visitor
    found = access_room(visitor, round_id, room_id)
    seated = visitor.delegate is not None and has_seat(visitor.delegate, found)
    if not (seated or visitor.is_organiser):
        problem = f"{found.title} is open to those who have a place in it."
        return _round_page(request, found.round, problem=problem, status=403)
    return render(request, _room_template(request, found), _room_context(request, found))


def _room_template(request: EventRequest, room: Room) -> str:
    now, session = request.visitor.now, room.round.session
    if now >= session.ends:
        return "breakouts/room_over.html"
    return "breakouts/room.html" if enters(request.visitor, room) else "breakouts/room_waiting.html"


def _room_context(request: EventRequest, room: Room) -> dict[str, object]:
    session = room.round.session
    return {
        "title": room.title,
        "section": "rooms",
        "room": room,
        "round": room.round,
        "starts": request.event.local(session.starts),
        "ends": request.event.local(session.ends),
        "is_on": session.is_on(request.visitor.now),
    }


def _refuse(request: EventRequest, refused: RoomRefused, delegate: Delegate, round_id: int) -> HttpResponse:
    """The same page, read anew, with the sentence and the choice as it stands."""
    found = access_round(request.visitor, round_id)
    problem = str(refused)
    if isinstance(refused, RoomFull):
        mine = round_view(found, delegate, request.visitor.now).mine
        problem += f" You keep your place in {mine.title}." if mine else " Choose another room."
    return _round_page(request, found, problem=problem, status=409 if isinstance(refused, RoomFull) else 403)


def _round_page(request: EventRequest, found: Round, *, problem: str = "", status: int = 200) -> HttpResponse:
    view = round_view(found, request.visitor.delegate, request.visitor.now)
    context = {"title": view.title, "section": "rooms", "round": view, "problem": problem}
    return render(request, "breakouts/round.html", context, status=status)


def _number(text: str | None) -> int:
    """A room's number as a form carries it; anything else is no room."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0
