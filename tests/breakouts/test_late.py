"""Seats that nobody takes up once a round has begun."""

import pytest

from breakouts.models import Seat
from breakouts.queries import places_state
from breakouts.services import (
    RoomFull,
    choose_room,
    take_or_wait,
    take_up,
)
from breakouts.settling import settle_due
from tests.breakouts.standing import seats, told

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def punctual(make_round, make_delegates, at):
    """A full room from 14:00 whose untaken seats go after ten minutes: Ann and Bob chose it in the morning."""
    room = make_round(2, starts="14:00", ends="14:45").rooms.get()
    room.round.release_after = 10
    room.round.save()
    ann, bob = make_delegates(2)
    for delegate in (ann, bob):
        choose_room(room, delegate, now=at("2022-05-27T10:00"))
    return room, ann, bob


@pytest.mark.parametrize(("time", "left"), [("14:09:59", "Full"), ("14:10", "1 place left")])
def test_untaken_seats_count_as_left_from_then_on(punctual, at, time, left):
    room, ann, _ = punctual
    take_up(ann, room, now=at("2022-05-27T14:02"))
    assert places_state(room.round_id, at(f"2022-05-27T{time}"))["rooms"][str(room.pk)]["text"] == left


def test_an_untaken_seat_goes_to_who_waits_at_the_door(punctual, sana, at):
    room, ann, bob = punctual
    take_up(ann, room, now=at("2022-05-27T14:02"))
    take_or_wait(room, sana, now=at("2022-05-27T14:05"))
    settle_due(at("2022-05-27T14:09:59"))
    assert sana.pk not in seats()
    settle_due(at("2022-05-27T14:10"))
    assert seats() == {ann.pk: "Room 1", sana.pk: "Room 1"}
    assert "has gone to somebody who waited" in told(bob)


def test_who_comes_to_the_door_later_has_it_by_choosing(punctual, sana, at):
    room, _ann, bob = punctual
    take_up(bob, room, now=at("2022-05-27T14:02"))
    choose_room(room, sana, now=at("2022-05-27T14:20"))
    assert seats() == {bob.pk: "Room 1", sana.pk: "Room 1"}


def test_without_anybody_who_wants_it_a_late_comer_has_their_seat(punctual, at):
    room, ann, bob = punctual
    settle_due(at("2022-05-27T14:30"))
    assert seats() == {ann.pk: "Room 1", bob.pk: "Room 1"}
    take_up(ann, room, now=at("2022-05-27T14:30"))
    assert Seat.objects.get(delegate=ann).taken_up_at == at("2022-05-27T14:30")


def test_a_round_without_the_rule_releases_nothing(punctual, sana, at):
    room, *_ = punctual
    type(room.round).objects.update(release_after=None)
    with pytest.raises(RoomFull):
        choose_room(room, sana, now=at("2022-05-27T14:30"))


def test_who_was_seated_late_has_their_minutes_too(punctual, sana, make_delegates, at):
    room, ann, _bob = punctual
    take_up(ann, room, now=at("2022-05-27T14:02"))
    choose_room(room, sana, now=at("2022-05-27T14:20"))
    assert places_state(room.round_id, at("2022-05-27T14:29:59"))["rooms"][str(room.pk)]["full"]
    assert not places_state(room.round_id, at("2022-05-27T14:30"))["rooms"][str(room.pk)]["full"]
