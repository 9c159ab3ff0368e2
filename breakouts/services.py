"""Choosing a room. The rule is here and nowhere else: lock the round, count, write.

Rooms are never locked, so no two people can wait for each other's.
"""

from datetime import datetime

from django.db import transaction

from breakouts.models import Room, Round, Seat
from breakouts.policy import is_removed, may_choose
from networking.services import open_room_conversation, seat_participant, unseat_participant
from portal.events.services import record
from portal.live.services import touch
from portal.models import Delegate, Session


class RoomRefused(Exception):
    """Says in plain words why there is no seat."""


class RoomFull(RoomRefused):
    def __init__(self, room: Room) -> None:
        super().__init__(f"{room.title} is full.")
        self.room = room


class Removed(RoomRefused):
    def __init__(self, room: Room) -> None:
        super().__init__(f"You were asked to leave {room.title}, and cannot choose it again.")


class ChoosingOver(RoomRefused):
    def __init__(self) -> None:
        super().__init__("Rooms cannot be chosen in this round now.")


@transaction.atomic
def open_round(session: Session) -> Round:
    """The round of a session of kind "round", made when there is none."""
    return Round.objects.get_or_create(session=session)[0]


@transaction.atomic
def add_room(round: Round, *, title: str, theme: str, capacity: int, hosts: str = "") -> Room:
    """Adds a room with its conversation, or gives the one of that title: twice the same is one room."""
    lock_round(round.pk)
    room = round.rooms.filter(title=title).first()
    if room is None:
        room = Room(round=round, title=title, theme=theme, capacity=capacity, hosts=hosts)
        open_room(room)
    return room


def open_room(room: Room) -> None:
    """Saves a new room, last in its round, with its conversation. Inside the caller's transaction."""
    room.position = room.position or room.round.rooms.count() + 1
    room.conversation = open_room_conversation(room.event, room.title)
    room.save()
    tell_places(room.round)


@transaction.atomic
def choose_room(room: Room, delegate: Delegate, *, now: datetime) -> Seat:
    """Takes a place, and gives up the one held elsewhere in the round only when this one is held.

    Raises RoomFull (a seat held elsewhere stays), Removed and ChoosingOver. The same room again changes nothing.
    """
    round = lock_round(room.round_id)
    if not may_choose(round.session, now):
        raise ChoosingOver
    if is_removed(delegate, room):
        raise Removed(room)
    held = _seat_of(delegate, round)
    if held and held.room_id == room.pk:
        return held
    # Read anew under the lock: an organiser may just have changed the places.
    chosen = Room.objects.with_seated().select_related("conversation").get(pk=room.pk, round=round)
    if chosen.seated >= chosen.capacity:
        raise RoomFull(chosen)
    seat = _move(held, chosen, now) if held else _sit(chosen, delegate, now)
    record(round.event, "choose room", actor=delegate.user, subject=chosen.title, now=now)
    tell_places(round)
    return seat


@transaction.atomic
def leave_room(round: Round, delegate: Delegate, *, now: datetime) -> Room | None:
    """Gives up the seat in the round, and says where it was. Raises ChoosingOver once the round has ended."""
    round = lock_round(round.pk)
    if not may_choose(round.session, now):
        raise ChoosingOver
    held = _seat_of(delegate, round)
    if held is None:
        return None
    free_seat(held, now=now)
    record(round.event, "leave room", actor=delegate.user, subject=held.room.title, now=now)
    return held.room


@transaction.atomic
def leave_rooms(delegate: Delegate, now: datetime) -> None:
    """Frees the seats to come of somebody who has left the event, round by round in one order."""
    held = Seat.objects.filter(delegate=delegate, round__session__ends__gt=now)
    for seat in held.select_related("room__conversation").order_by("round"):
        seat.round = lock_round(seat.round_id)
        free_seat(seat, now=now)


def free_seat(seat: Seat, *, now: datetime) -> None:
    """Takes the seat away, whatever the hour. Inside a transaction that has locked the round."""
    unseat_participant(seat.room.conversation, seat.delegate, now=now)
    seat.delete()
    tell_places(seat.round)


def tell_places(round: Round) -> None:
    """Open pages show within a second how many places are left."""
    touch(round.channel)


def lock_round(round_id: int) -> Round:
    """The round with its session and event, locked until the caller's transaction ends."""
    rounds = Round.objects.select_for_update(of=("self",), no_key=True)
    return rounds.select_related("session__event").get(pk=round_id)


def _seat_of(delegate: Delegate, round: Round) -> Seat | None:
    seats = Seat.objects.select_related("room__conversation")
    return seats.filter(round=round, delegate=delegate).first()


def _sit(room: Room, delegate: Delegate, now: datetime) -> Seat:
    seat = Seat.objects.create(round_id=room.round_id, room=room, delegate=delegate, chosen_at=now)
    seat_participant(room.conversation, delegate, now=now)
    return seat


def _move(seat: Seat, room: Room, now: datetime) -> Seat:
    unseat_participant(seat.room.conversation, seat.delegate, now=now)
    seat.room, seat.chosen_at = room, now
    seat.save(update_fields=["room", "chosen_at"])
    seat_participant(room.conversation, seat.delegate, now=now)
    return seat
