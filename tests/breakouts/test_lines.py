"""Waiting for a full room: the line, its promotions and swaps, before the round has begun."""

import pytest
from django.db import IntegrityError, transaction

from breakouts.models import Waiting
from breakouts.queries import places_state
from breakouts.services import (
    RoomLocked,
    RoomRefused,
    choose_room,
    leave_line,
    leave_room,
    take_or_wait,
)
from portal.models import AuditEntry
from tests.breakouts.standing import hears, line, seats, told

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_who_finds_a_room_full_waits_for_it_and_keeps_their_seat(later, make_delegates, now):
    one, two = later(1, 1).rooms.all()
    ann, bob = make_delegates(2)
    choose_room(one, ann, now=now)
    choose_room(two, bob, now=now)
    assert take_or_wait(one, bob, now=now) is None
    assert seats() == {ann.pk: "Room 1", bob.pk: "Room 2"}
    assert line(one) == [bob.pk]


def test_who_finds_a_place_has_it_at_once(later, ben, now):
    room = later(1).rooms.get()
    seat = take_or_wait(room, ben, now=now)
    assert seat and seat.room == room
    assert not Waiting.objects.exists()


def test_a_freed_place_seats_the_first_in_line_and_lets_them_hear(later, make_delegates, now):
    room = later(1).rooms.get()
    ann, bob, cat = make_delegates(3)
    for delegate in (ann, bob, cat):
        take_or_wait(room, delegate, now=now)
    leave_room(room.round, ann, now=now)
    assert seats() == {bob.pk: "Room 1"}
    assert line(room) == [cat.pk]
    assert hears(room, bob) and not hears(room, cat)
    assert AuditEntry.objects.filter(verb="seat from the line", subject__contains=bob.name).exists()


def test_a_promotion_frees_another_seat_and_it_goes_on(later, make_delegates, now):
    one, two, three = later(1, 1, 1).rooms.all()
    ann, bob, cat, dan = make_delegates(4)
    for room, delegate in ((one, ann), (two, bob), (three, cat)):
        choose_room(room, delegate, now=now)
    for room, delegate in ((one, bob), (two, cat), (three, dan)):
        take_or_wait(room, delegate, now=now)
    leave_room(one.round, ann, now=now)
    assert seats() == {bob.pk: "Room 1", cat.pk: "Room 2", dan.pk: "Room 3"}
    assert not Waiting.objects.exists()


def test_two_who_wait_for_each_others_room_swap(later, make_delegates, now):
    one, two = later(1, 1).rooms.all()
    ann, bob = make_delegates(2)
    choose_room(one, ann, now=now)
    choose_room(two, bob, now=now)
    take_or_wait(two, ann, now=now)
    seat = take_or_wait(one, bob, now=now)
    assert seats() == {ann.pk: "Room 2", bob.pk: "Room 1"}
    assert not Waiting.objects.exists()
    assert "You have a place in Room 2." in told(ann)
    assert hears(two, ann) and not hears(one, ann)
    assert seat is None or seat.room == one


def test_choosing_a_full_room_whose_holder_waits_for_mine_is_a_swap_too(later, make_delegates, now):
    one, two = later(1, 1).rooms.all()
    ann, bob = make_delegates(2)
    choose_room(one, ann, now=now)
    choose_room(two, bob, now=now)
    take_or_wait(two, ann, now=now)
    assert choose_room(one, bob, now=now).room == one
    assert seats() == {ann.pk: "Room 2", bob.pk: "Room 1"}


def test_a_person_waits_in_one_line_of_a_round(later, make_delegates, now):
    one, two = later(1, 1).rooms.all()
    ann, bob, cat = make_delegates(3)
    choose_room(one, ann, now=now)
    choose_room(two, bob, now=now)
    for room in (one, two, two):
        take_or_wait(room, cat, now=now)
    assert list(Waiting.objects.values_list("delegate", "room")) == [(cat.pk, two.pk)]


def test_the_database_refuses_a_second_place_in_line_even_if_the_code_forgets(later, ben, now):
    one, two = later(1, 1).rooms.all()
    Waiting.objects.create(round=one.round, room=one, delegate=ben, since=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiting.objects.create(round=one.round, room=two, delegate=ben, since=now)


def test_asking_twice_keeps_the_place_in_line(later, make_delegates, now):
    room = later(1).rooms.get()
    ann, bob, cat = make_delegates(3)
    for delegate in (ann, bob, cat, bob):
        take_or_wait(room, delegate, now=now)
    assert line(room) == [bob.pk, cat.pk]


def test_leaving_the_line_is_one_step(later, make_delegates, now):
    room = later(1).rooms.get()
    ann, bob, cat = make_delegates(3)
    for delegate in (ann, bob, cat):
        take_or_wait(room, delegate, now=now)
    assert leave_line(room.round, bob, now=now) == room
    assert leave_line(room.round, bob, now=now) is None
    assert line(room) == [cat.pk]


def test_choosing_a_room_with_places_keeps_the_place_in_another_line(later, make_delegates, now):
    one, two = later(1, 2).rooms.all()
    ann, bob = make_delegates(2)
    choose_room(one, ann, now=now)
    take_or_wait(one, bob, now=now)
    choose_room(two, bob, now=now)
    assert line(one) == [bob.pk]
    leave_room(one.round, ann, now=now)
    assert seats() == {bob.pk: "Room 1"}


def test_a_locked_room_takes_nobody(later, make_delegates, now):
    room = later(2).rooms.get()
    ann, bob = make_delegates(2)
    choose_room(room, ann, now=now)
    type(room).objects.update(locked=True)
    for act in (choose_room, take_or_wait):
        with pytest.raises(RoomLocked, match="Room 1 takes nobody new"):
            act(room, bob, now=now)
    assert places_state(room.round_id, now)["rooms"][str(room.pk)]["text"] == "Closed to newcomers"


def test_who_chooses_a_room_as_it_is_deleted_is_told(later, ben, now):
    room = later(1).rooms.get()
    type(room).objects.filter(pk=room.pk).delete()
    for act in (choose_room, take_or_wait):
        with pytest.raises(RoomRefused, match="not there any more"):
            act(room, ben, now=now)
