"""Choosing a room, and being in it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from breakouts.access import access_room, access_round, choose_from
from breakouts.answers import SeeOther
from breakouts.hosting.queries import removal_of
from breakouts.models import Round
from breakouts.policy import has_place
from breakouts.queries import round_view, rounds_of
from breakouts.room_page import show_room, tell_removed
from breakouts.services import RoomFull, RoomRefused, choose_room, leave_room
from portal.events.policy import Reach
from portal.people.access import EventRequest, event_view
from portal.people.models import Delegate

UNREGISTERED = "Only delegates hold seats. Register for the event to choose a room; as an organiser you can enter any."


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
    """The room while it is on; before, a page that waits; after, one that leads on. Only with a place."""
    visitor = request.visitor
    found = access_room(visitor, round_id, room_id)
    if removal := removal_of(found, visitor.delegate):
        return tell_removed(request, found, removal)
    if not has_place(visitor, found):
        problem = f"{found.title} is open to those who have a place in it."
        return _round_page(request, found.round, problem=problem, status=403)
    return show_room(request, found)


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
