"""Choosing a room, and being in it."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from breakouts.access import access_room, access_round
from breakouts.answers import SeeOther
from breakouts.hosting.queries import removal_of
from breakouts.models import Room, Round
from breakouts.policy import has_place, leads
from breakouts.queries import round_view, rounds_of, undecided
from breakouts.room_page import show_room, tell_removed
from breakouts.services import (
    ChoosingOver,
    Outdated,
    RoomFull,
    RoomRefused,
    accept_offer,
    choose_room,
    come_in,
    leave_line,
    leave_room,
    stop_asking,
    take_or_wait,
)
from breakouts.telling import put_all_away, put_away
from portal.events.policy import Reach
from portal.people.access import EventRequest, event_view
from portal.requests import by_script, number

Act = Callable[..., Room | None]
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
    """One step: the seat held before is given up only when the new one is held. 409 when the room is full.

    With ``wait`` who finds the room full has a place in its line instead.
    """
    room, delegate = access_room(request.visitor, round_id, number(request.POST.get("room"))), request.visitor.delegate
    if delegate is None:
        return _round_page(request, access_round(request.visitor, round_id), problem=UNREGISTERED, status=403)
    act = take_or_wait if request.POST.get("wait") else choose_room
    try:
        seat = act(room, delegate, now=request.visitor.now)
    except RoomRefused as refused:
        return _refuse(request, refused, round_id)
    said = f"You have a place in {seat.room.title}." if seat else f"You are in the line for {room.title}."
    return _done(request, round_id, said)


@require_POST
@event_view(Reach.LOBBY)
def leave(request: EventRequest, round_id: int) -> HttpResponse:
    return _act(request, round_id, leave_room, "You have given up your place in {}.")


@require_POST
@event_view(Reach.LOBBY)
def step_out(request: EventRequest, round_id: int) -> HttpResponse:
    """Out of the line, which also says no to a place that is being held."""
    return _act(request, round_id, leave_line, "You are no longer in the line for {}.")


@require_POST
@event_view(Reach.LOBBY)
def accept(request: EventRequest, round_id: int) -> HttpResponse:
    """Takes the place that is being held, or says yes to a swap."""
    not_yet = "Thank you. You move as soon as everybody who was asked has said yes."
    return _act(request, round_id, accept_offer, "You have a place in {}.", otherwise=not_yet)


@require_POST
@event_view(Reach.LOBBY)
def seen(request: EventRequest, round_id: int) -> HttpResponse:
    """Puts the news of a round away."""
    found, delegate = access_round(request.visitor, round_id), request.visitor.delegate
    if delegate:
        put_away(found, delegate)
    return SeeOther(reverse("breakouts:round", args=[request.event.slug, round_id]))


@require_POST
@event_view(Reach.LOBBY)
def seen_all(request: EventRequest) -> HttpResponse:
    """Puts away what the news on every page tell ``until`` a moment: nothing that came since."""
    delegate, until = request.visitor.delegate, _moment(request.POST.get("until", ""))
    if delegate and until:
        put_all_away(delegate, until)
    if by_script(request):
        return JsonResponse({})
    return SeeOther(reverse("breakouts:rounds", args=[request.event.slug]))


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and found.tzinfo else None


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def ask(request: EventRequest) -> HttpResponse:
    """The lobby's one gentle question, or nothing."""
    delegate, now = request.visitor.delegate, request.visitor.now
    session = undecided(request.event, delegate, now) if delegate else None
    if session is None:
        return HttpResponse()
    local = request.event.local
    times = {"starts": local(session.starts), "ends": local(session.ends), "is_on": session.is_on(now)}
    return render(request, "breakouts/_ask.html", {"session": session} | times)


@require_POST
@event_view(Reach.LOBBY)
def stop(request: EventRequest) -> HttpResponse:
    if request.visitor.delegate:
        stop_asking(request.visitor.delegate, now=request.visitor.now)
        messages.success(request, "We will not ask again. You find the rooms in the menu.")
    return SeeOther(reverse("portal:lobby", args=[request.event.slug]))


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def room(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    """The room while it is on; before, a page that waits; after, one that leads on. Only with a place."""
    visitor = request.visitor
    found = access_room(visitor, round_id, room_id)
    removal = removal_of(found, visitor.delegate)
    if removal and not leads(visitor, found):
        return tell_removed(request, found, removal)
    if not has_place(visitor, found):
        problem = f"{found.title} is open to those who have a place in it."
        return _round_page(request, access_round(visitor, round_id), problem=problem, status=403)
    come_in(visitor.delegate, found, now=visitor.now)
    return show_room(request, found)


def _act(request: EventRequest, round_id: int, act: Act, said: str, *, otherwise: str = "") -> HttpResponse:
    """A delegate's own act on their place in a round; those who have none have done nothing."""
    found, delegate = access_round(request.visitor, round_id), request.visitor.delegate
    if delegate is None or not found.rooms.all():
        return _done(request, round_id, "")
    try:
        room = act(found, delegate, named=number(request.POST.get("room")) or None, now=request.visitor.now)
    except RoomRefused as refused:
        return _refuse(request, refused, round_id)
    return _done(request, round_id, said.format(room.title) if room else otherwise)


def _done(request: EventRequest, round_id: int, said: str) -> HttpResponse:
    if said:
        messages.success(request, said)
    return SeeOther(reverse("breakouts:round", args=[request.event.slug, round_id]))


def _refuse(request: EventRequest, refused: RoomRefused, round_id: int) -> HttpResponse:
    """The same page, read anew, with the sentence and the choice as it stands."""
    found, visitor, problem = access_round(request.visitor, round_id), request.visitor, str(refused)
    mine = round_view(found, visitor.delegate, visitor.now).mine
    if isinstance(refused, ChoosingOver):
        return _round_page(request, found, problem=problem, status=403)
    if mine:
        problem += f" You keep your place in {mine.title}."
    elif not isinstance(refused, Outdated):
        problem += " Choose another room."
    if isinstance(refused, RoomFull):
        problem += " Or join its line: you are told when there is a place."
    return _round_page(request, found, problem=problem, status=409)


def _round_page(request: EventRequest, found: Round, *, problem: str = "", status: int = 200) -> HttpResponse:
    view = round_view(found, request.visitor.delegate, request.visitor.now)
    context = {"title": view.title, "section": "rooms", "round": view, "problem": problem}
    return render(request, "breakouts/round.html", context, status=status)
