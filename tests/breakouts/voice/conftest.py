from collections.abc import Callable

import pytest


@pytest.fixture
def room(make_round):
    """A room that is on now, for nine."""
    return make_round(9).rooms.get()


@pytest.fixture
def seat(now) -> Callable:
    """Has a place, and has said how they take part."""
    from breakouts.services import choose_room
    from breakouts.taking_part.services import take_part

    def sit(room, *delegates):
        for delegate in delegates:
            choose_room(room, delegate, now=now)
            take_part(room, delegate, "speak", now=now)

    return sit


@pytest.fixture
def plan(room) -> Callable:
    """``plan("link", link="https://...")``: what the organiser chose for the room."""
    from breakouts.voice.models import RoomVoice

    def choose(way: str, **fields):
        found, _ = RoomVoice.objects.update_or_create(room=room, defaults={"way": way, **fields})
        return found

    return choose


@pytest.fixture
def join(now) -> Callable:
    from breakouts.voice.services import enter_voice

    def enter(room, delegate):
        return enter_voice(room, delegate.user, delegate.name, now=now)

    return enter
