"""Where people stand in a round, as its rows have it."""

from breakouts.models import Notice, Seat
from breakouts.queries import find_round, round_view


def seats() -> dict[int, str]:
    return dict(Seat.objects.values_list("delegate", "room__title"))


def seen_by(delegate, room, now):
    round = find_round(room.event, room.round_id, now)
    assert round
    return round_view(round, delegate, now)


def line(room) -> list[int]:
    return list(room.waiting.values_list("delegate", flat=True))


def told(delegate) -> str:
    return Notice.objects.get(delegate=delegate).words


def hears(room, delegate) -> bool:
    return room.conversation.participants.filter(delegate=delegate, until=None).exists()
