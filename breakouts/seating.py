"""The rows of a seat. Nothing here asks whether it may: that is for those who have locked the round."""

from datetime import datetime

from breakouts.models import Room, Round, Seat
from networking.services import seat_participant, unseat_participant
from portal.live.services import touch
from portal.models import Delegate


def lock_round(round_id: int) -> Round:
    """The round with its session and event, locked until the caller's transaction ends."""
    rounds = Round.objects.select_for_update(of=("self",), no_key=True)
    return rounds.select_related("session__event").get(pk=round_id)


def tell_places(round: Round) -> None:
    """Open pages show within two seconds how many places are left."""
    touch(round.channel)


def seat_of(delegate: Delegate, round: Round) -> Seat | None:
    seats = Seat.objects.select_related("room__conversation")
    return seats.filter(round=round, delegate=delegate).first()


def sit(held: Seat | None, room: Room, delegate: Delegate, *, now: datetime, beyond_places: str = "") -> Seat:
    """Seats in ``room``; the seat held before becomes this one."""
    if held is None:
        seat = Seat.objects.create(
            round_id=room.round_id, room=room, delegate=delegate, chosen_at=now, beyond_places=beyond_places
        )
    else:
        unseat_participant(held.room.conversation, delegate, now=now)
        seat, seat.room, seat.chosen_at, seat.taken_up_at, seat.beyond_places = held, room, now, None, beyond_places
        seat.save(update_fields=["room", "chosen_at", "taken_up_at", "beyond_places"])
    seat_participant(room.conversation, delegate, now=now)
    return seat


def unseat(seat: Seat, *, now: datetime) -> None:
    unseat_participant(seat.room.conversation, seat.delegate, now=now)
    seat.delete()
