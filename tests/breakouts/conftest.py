from collections.abc import Callable

import pytest


@pytest.fixture
def make_round(make_session) -> Callable:
    """A round with rooms of the given numbers of places: ``make_round(2, 1)``."""
    from breakouts.services import add_room, open_round

    def make(*capacities: int, title: str = "Round one", starts: str = "09:45", ends: str = "10:30"):
        round = open_round(make_session(title, starts, ends, kind="round"))
        for number, capacity in enumerate(capacities or (2, 2, 2), 1):
            add_room(round, title=f"Room {number}", theme=f"Theme {number}", capacity=capacity)
        return round

    return make


@pytest.fixture
def later(make_round) -> Callable:
    """A round of the afternoon, in which choosing is open and nothing has begun."""
    return lambda *places: make_round(*places, starts="14:00", ends="14:45")


@pytest.fixture
def make_delegates(event) -> Callable:
    from tests.conftest import make_delegate

    def make(count: int):
        return [make_delegate(event, f"person{n}@example.org", f"Person {n}") for n in range(count)]

    return make


@pytest.fixture
def full(later, sana, now):
    """A room of one place, which Sana has, and one of two: the round begins in the afternoon."""
    from breakouts.services import choose_room

    one, two = later(1, 2).rooms.all()
    choose_room(one, sana, now=now)
    return one, two
