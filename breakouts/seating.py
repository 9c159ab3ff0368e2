"""The rows of a seat. Nothing here asks whether it may: that is for those who have locked the round."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import BigAutoField, QuerySet

from breakouts.hosting.models import Removal
from breakouts.models import Notice, Room, Round, Seat, Waiting
from networking.models import Conversation
from networking.services import seat_participant, unseat_participant
from portal.live.services import touch
from portal.models import Delegate
from portal.prepared import Blank, Prepared


def lock_round(round_id: int) -> Round:
    """The round with its session and event, locked until the caller's transaction ends."""
    rounds = Round.objects.select_for_update(of=("self",), no_key=True)
    return rounds.select_related("session__event").get(pk=round_id)


def _locked() -> "QuerySet[Round]":
    return Round.objects.select_for_update(no_key=True).filter(pk=Blank("round", BigAutoField()))


_LOCKED = Prepared(_locked)


def lock_again(round: Round) -> None:
    """The lock for who holds the round already, with what an organiser may just have changed of it."""
    found = _LOCKED.find(round=round.pk)
    if found is None:
        raise Round.DoesNotExist
    round.release_after = found.release_after


def places_taken(round: Round, room: Room, now: datetime) -> int:
    """Seats, and places that are held for whom one was offered."""
    return room.seats.count() + round.waiting.filter(room=room, offered_until__gt=now).count()


class Standing(NamedTuple):
    """How a room stands, and a delegate in its round: their rooms by number, None without a seat or a line."""

    capacity: int
    locked: bool
    seated: int
    held: int
    in_line: int
    seat: int | None
    line: int | None
    news: bool
    removed: bool

    @property
    def left(self) -> int:
        return self.capacity - self.seated - self.held


# By hand, because a thousand people ask it at once: building it anew cost more than all else in a choice.
_STANDING = f"""
    SELECT room.capacity, room.locked,
        (SELECT COUNT(*) FROM {Seat._meta.db_table} WHERE room_id = room.id),
        (SELECT COUNT(*) FROM {Waiting._meta.db_table} WHERE room_id = room.id AND offered_until > %(now)s),
        (SELECT COUNT(*) FROM {Waiting._meta.db_table}
            WHERE room_id = room.id AND (offered_until IS NULL OR offered_until <= %(now)s)),
        (SELECT room_id FROM {Seat._meta.db_table} WHERE round_id = room.round_id AND delegate_id = %(delegate)s),
        (SELECT room_id FROM {Waiting._meta.db_table} WHERE round_id = room.round_id AND delegate_id = %(delegate)s),
        EXISTS (SELECT 1 FROM {Notice._meta.db_table} WHERE round_id = room.round_id AND delegate_id = %(delegate)s),
        EXISTS (SELECT 1 FROM {Removal._meta.db_table} WHERE room_id = room.id AND delegate_id = %(delegate)s)
    FROM {Room._meta.db_table} AS room WHERE room.id = %(room)s
"""


def read_standing(room: Room, delegate: Delegate, now: datetime) -> Standing:
    """As it is under the lock that the caller holds. Raises Room.DoesNotExist."""
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"room": room.pk, "delegate": delegate.pk, "now": moment})
        row = cursor.fetchone()
    if row is None:
        raise Room.DoesNotExist
    return Standing(*row)


def tell_places(round: Round) -> None:
    """Open pages show within two seconds how many places are left."""
    touch(round.channel)


def seat_of(delegate: Delegate, round: Round) -> Seat | None:
    seats = Seat.objects.select_related("room__conversation")
    return seats.filter(round=round, delegate=delegate).first()


def sit(held: Seat | None, room: Room, delegate: Delegate, *, now: datetime, beyond_places: str = "") -> Seat:
    """Seats in ``room``; the seat held before becomes this one. Of the conversation its number is enough."""
    if held is None:
        seat = Seat.objects.create(
            round_id=room.round_id, room=room, delegate=delegate, chosen_at=now, beyond_places=beyond_places
        )
    else:
        unseat_participant(held.room.conversation, delegate, now=now)
        seat, seat.room, seat.chosen_at, seat.taken_up_at, seat.beyond_places = held, room, now, None, beyond_places
        seat.save(update_fields=["room", "chosen_at", "taken_up_at", "beyond_places"])
    seat_participant(Conversation(pk=room.conversation_id), delegate, now=now)
    return seat


def forget_swap(round: Round, delegate: Delegate) -> None:
    """Who has another seat than the one they would have given up has said yes to nothing."""
    round.waiting.filter(delegate=delegate).update(swap_until=None, agreed=False)


def unseat(seat: Seat, *, now: datetime) -> None:
    unseat_participant(seat.room.conversation, seat.delegate, now=now)
    seat.delete()
