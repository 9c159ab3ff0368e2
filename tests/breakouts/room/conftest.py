"""A room that is on: Ben has a seat in it, Sana leads it, Una has a seat in the other room, Ada organises."""

import pytest

from breakouts.hosting.services import appoint
from breakouts.services import choose_room
from breakouts.taking_part.services import take_part
from tests.conftest import make_delegate


@pytest.fixture
def rooms(make_round):
    return list(make_round(9, 9).rooms.order_by("position"))


@pytest.fixture
def room(rooms, ben, sana, ada, now):
    choose_room(rooms[0], ben, now=now)
    appoint(rooms[0], sana, by=ada, now=now)
    return rooms[0]


@pytest.fixture
def other_room(rooms):
    return rooms[1]


@pytest.fixture
def una(event, other_room, now):
    una = make_delegate(event, "una@example.org", "Una Placeholder")
    choose_room(other_room, una, now=now)
    return una


@pytest.fixture
def where(room):
    from django.urls import reverse

    def address(name: str = "room", of=None) -> str:
        of = of or room
        return reverse(f"breakouts:{name}", args=[of.event.slug, of.round_id, of.pk])

    return address


@pytest.fixture
def ben_in(room, ben, client_of, now):
    take_part(room, ben, "speak", now=now)
    return client_of(ben)
