"""Choosing a room. The rule is here and nowhere else: lock the round, count, write, and let the lines move up.

Rooms are never locked, so no two people can wait for each other's.
"""

from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Q

from breakouts.arranging import NotArranged, add_room, open_round
from breakouts.models import NONE, NotAsking, Room, Round, Seat, Waiting
from breakouts.policy import may_choose
from breakouts.seating import (
    Standing,
    forget_swap,
    lock_again,
    lock_round,
    read_standing,
    seat_of,
    sit,
    tell_places,
    unseat,
)
from breakouts.settling import settle
from breakouts.taking_part.services import tell_room
from breakouts.telling import put_away
from portal.events.services import record
from portal.models import Delegate

__all__ = ["NotArranged", "add_room", "lock_round", "open_round", "tell_places"]


class RoomRefused(Exception):
    """Says in plain words why there is no seat."""


class RoomFull(RoomRefused):
    def __init__(self, room: Room) -> None:
        super().__init__(f"{room.title} is full.")
        self.room = room


class Removed(RoomRefused):
    def __init__(self, room: Room) -> None:
        super().__init__(f"You were asked to leave {room.title}, and cannot choose it again.")


class RoomLocked(RoomRefused):
    def __init__(self, room: Room) -> None:
        super().__init__(f"{room.title} takes nobody new.")


class ChoosingOver(RoomRefused):
    def __init__(self) -> None:
        super().__init__("Rooms cannot be chosen in this round now.")


class RoomGone(RoomRefused):
    def __init__(self, room: Room) -> None:
        super().__init__(f"{room.title} is not there any more.")


class OfferOver(RoomRefused):
    def __init__(self) -> None:
        super().__init__("No place is held for you any more.")


class Outdated(RoomRefused):
    def __init__(self) -> None:
        super().__init__("Nothing was changed: that page was from before you chose, or were given, another room.")


@transaction.atomic
def choose_room(room: Room, delegate: Delegate, *, now: datetime) -> Seat:
    """Takes a place, and gives up the one held elsewhere in the round only when this one is held.

    The seat may be in yet another room: the one whose line they stood in, when their own move freed it.
    Raises RoomFull, RoomLocked, Removed and RoomGone (a seat held elsewhere stays) and ChoosingOver. The same room
    again changes nothing.
    """
    seat, _ = _take(room, delegate, now)
    if seat is None:
        raise RoomFull(room)
    return seat


@transaction.atomic
def take_or_wait(room: Room, delegate: Delegate, *, now: datetime) -> Seat | None:
    """A place where there is one, else (None) the last place in the room's line, keeping the seat held elsewhere.

    Who waits for another room of the round leaves that line. Raises RoomLocked, Removed, RoomGone and ChoosingOver.
    """
    seat, stood = _take(room, delegate, now)
    if seat is None:
        _wait(room, delegate, stood, now)
    return seat


@transaction.atomic
def leave_line(round: Round, delegate: Delegate, *, named: int | None = None, now: datetime) -> Room | None:
    """Gives up the place in a line, or the place that is held and offered; says whose line it was.

    Raises Outdated where that is another room's than the one ``named`` by its number, and ChoosingOver.
    """
    round = _open(round.pk, now)
    wish = round.waiting.filter(delegate=delegate).select_related("room").first()
    if wish is None:
        return None
    _check_named(named, wish.room_id)
    wish.delete()
    record(round.event, "leave line", actor=delegate.user, subject=wish.room.title, now=now)
    _after(round, delegate, now)
    return wish.room


@transaction.atomic
def accept_offer(round: Round, delegate: Delegate, *, named: int | None = None, now: datetime) -> Room | None:
    """Moves to the room in which a place is held; or says yes to a swap, which comes (else None) when all have.

    With the room ``named`` by its number it is accepted once and twice alike, and no other is. Raises OfferOver (the
    seat held stays), Outdated and ChoosingOver.
    """
    round = _open(round.pk, now)
    wishes = round.waiting.filter(Q(offered_until__gt=now) | Q(swap_until__gt=now), delegate=delegate)
    wish = wishes.select_related("room__conversation").first()
    if wish is None:
        held = seat_of(delegate, round)
        if held is None or held.room_id != named:
            raise OfferOver
        return held.room
    _check_named(named, wish.room_id)
    if wish.offered_until is None:
        return _agree(wish, delegate, now)
    wish.delete()
    sit(seat_of(delegate, round), wish.room, delegate, now=now)
    record(round.event, "accept room", actor=delegate.user, subject=wish.room.title, now=now)
    _after(round, delegate, now)
    return wish.room


def _agree(wish: Waiting, delegate: Delegate, now: datetime) -> Room | None:
    wish.agreed = True
    wish.save(update_fields=["agreed"])
    record(wish.round.event, "agree to swap", actor=delegate.user, subject=wish.room.title, now=now)
    _after(wish.round, delegate, now)
    seat = seat_of(delegate, wish.round)
    if seat is None or seat.room_id != wish.room_id:
        return None
    put_away(wish.round, delegate)
    return wish.room


@transaction.atomic
def leave_room(round: Round, delegate: Delegate, *, named: int | None = None, now: datetime) -> Room | None:
    """Gives up the seat in the round, and says where it was.

    Raises Outdated where that is another room than the one ``named`` by its number, and ChoosingOver once the round
    has ended.
    """
    round = _open(round.pk, now)
    held = seat_of(delegate, round)
    if held is None:
        return None
    _check_named(named, held.room_id)
    unseat(held, now=now)
    record(round.event, "leave room", actor=delegate.user, subject=held.room.title, now=now)
    _after(round, delegate, now)
    return held.room


@transaction.atomic
def leave_rooms(delegate: Delegate, now: datetime) -> None:
    """Frees the seats to come, and the places in lines, of somebody who has left the event: rounds in one order."""
    mine = Q(delegate=delegate, round__session__ends__gt=now)
    rounds = [set(model.objects.filter(mine).values_list("round", flat=True)) for model in (Waiting, Seat)]
    for round_id in sorted(set.union(*rounds)):
        round = lock_round(round_id)
        round.waiting.filter(delegate=delegate).delete()
        if held := seat_of(delegate, round):
            unseat(held, now=now)
        tell_places(round)
        settle(round, now=now)


@transaction.atomic
def pass_over(delegate: Delegate, now: datetime) -> None:
    """Rooms and lines after somebody was suspended or came back: what was held for them goes on, or what is free is
    theirs.
    """
    for room in Room.objects.filter(Q(parts__delegate=delegate) | Q(hands__delegate=delegate)).distinct():
        tell_room(room)
    rounds = Waiting.objects.filter(delegate=delegate, round__session__ends__gt=now).order_by("round")
    for round_id in rounds.values_list("round", flat=True):
        round = lock_round(round_id)
        tell_places(round)
        settle(round, now=now)


def free_seat(seat: Seat, *, now: datetime) -> None:
    """Takes the seat away, whatever the hour, for the next in line. Inside a transaction that has locked the round."""
    unseat(seat, now=now)
    tell_places(seat.round)
    settle(seat.round, now=now)


def come_in(delegate: Delegate | None, room: Room, *, now: datetime) -> None:
    """Whoever comes while the session is on, by whichever page, takes their seat up."""
    if delegate and room.round.session.is_on(now):
        take_up(delegate, room, now=now)


def take_up(delegate: Delegate, room: Room, *, now: datetime) -> None:
    """Notes that somebody came, so that their seat is theirs to the end. A second coming changes nothing."""
    Seat.objects.filter(delegate=delegate, room=room, taken_up_at=None).update(taken_up_at=now)


def stop_asking(delegate: Delegate, *, now: datetime) -> None:
    """The lobby asks this delegate no more which room they would like."""
    NotAsking.objects.get_or_create(delegate=delegate, defaults={"at": now})


def _check_named(named: int | None, room_id: int) -> None:
    """A page that stayed open while another changed the choice must not undo it."""
    if named is not None and named != room_id:
        raise Outdated


def _open(round_id: int, now: datetime) -> Round:
    round = lock_round(round_id)
    if not may_choose(round.session, now):
        raise ChoosingOver
    return round


def _take(room: Room, delegate: Delegate, now: datetime) -> tuple[Seat | None, Standing]:
    """The seat held or taken in the room, none when it is full; and how everything stood under the lock.

    The whole round is read only where somebody may have to move for it: in a rush hardly anybody has a seat yet.
    """
    round = room.round
    if not may_choose(round.session, now):
        raise ChoosingOver
    try:
        lock_again(round)
        stood = read_standing(room, delegate, now)
    except ObjectDoesNotExist:
        raise RoomGone(room) from None
    if stood.seat == room.pk:
        return seat_of(delegate, round), stood
    if stood.removed:
        raise Removed(room)
    if stood.locked:
        raise RoomLocked(room)
    seat = _sit_or_settle(room, delegate, stood, now)
    if seat:
        if stood.line:
            forget_swap(round, delegate)
        record(round.event, "choose room", actor=delegate.user, subject=seat.room.title, now=now)
        _after(round, delegate, now, news=stood.news, frees=stood.seat is not None)
    return seat, stood


def _sit_or_settle(room: Room, delegate: Delegate, stood: Standing, now: datetime) -> Seat | None:
    """A free place nobody waits for; or what comes of asking, when all who wait have been served."""
    round, held = room.round, seat_of(delegate, room.round) if stood.seat else None
    if stood.left > 0 and not stood.held and not stood.in_line:
        return sit(held, room, delegate, now=now)
    absent = round.untaken(now)
    if not (stood.left > 0 or held or stood.held or (absent != NONE and room.seats.filter(absent).exists())):
        return None
    settle(round, now=now, asks=(delegate, room))
    seat = seat_of(delegate, round)
    return seat if seat and seat.room_id != stood.seat else None


def _wait(room: Room, delegate: Delegate, stood: Standing, now: datetime) -> None:
    """Last in the line; who stands in it already keeps that place, and who waits for another room leaves that line."""
    round = room.round
    # Not if what was held for them has lapsed in asking: then they stand last, and no longer where they stood.
    if stood.line == room.pk and round.waiting.filter(delegate=delegate).exists():
        return
    if stood.line:
        round.waiting.filter(delegate=delegate).delete()
    Waiting.objects.create(round_id=room.round_id, room=room, delegate=delegate, since=now)
    record(round.event, "wait for room", actor=delegate.user, subject=room.title, now=now)
    _after(round, delegate, now, news=stood.news, frees=stood.line is not None or stood.seat is not None)


def _after(round: Round, delegate: Delegate, now: datetime, *, news: bool = True, frees: bool = True) -> None:
    """After a delegate's own act: their ``news`` is old, and the lines move up where it ``frees`` a place."""
    if news:
        put_away(round, delegate)
    tell_places(round)
    if frees:
        settle(round, now=now)
