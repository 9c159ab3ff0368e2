"""A room never holds more than its places, and nobody ever holds two seats or loses one."""

import itertools
import os
import random
import threading
from collections import Counter
from functools import partial

import pytest
from django.db import connection, transaction
from django.urls import reverse

from breakouts import services
from breakouts.models import Room, Seat
from breakouts.services import RoomFull, choose_room, leave_room, take_or_wait, take_up
from breakouts.settling import settle_due
from networking.models import Participant
from tests.breakouts.rush import Gate, make_crowd, rush

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
JOINS = 200
RUNS = 50 if os.environ.get("CI") == "true" else 3


@pytest.fixture
def crowd(event, now):
    return make_crowd(event, JOINS, now)


def in_rooms() -> dict[int, int]:
    return dict(Counter(Seat.objects.values_list("room_id", flat=True)))


def hearing() -> set[tuple[int, int]]:
    return set(Participant.objects.filter(until=None).values_list("conversation__room", "delegate"))


def seated() -> set[tuple[int, int]]:
    return set(Seat.objects.values_list("room", "delegate"))


def join_last_place(room, crowd, now) -> None:
    outcomes = rush(partial(choose_room, room, delegate, now=now) for delegate in crowd)
    assert outcomes == {"done": 1, "RoomFull": JOINS - 1}
    assert room.seats.count() == room.capacity
    assert hearing() == seated()


def empty(room) -> None:
    Seat.objects.filter(room=room).delete()
    room.conversation.participants.all().delete()


def test_of_two_hundred_who_join_for_the_last_place_one_gets_it_every_time(make_round, crowd, now):
    room = make_round(1).rooms.get()
    for _ in range(RUNS):
        join_last_place(room, crowd, now)
        empty(room)


def choose_without_a_lock(room, delegate, *, gate, now) -> None:
    if room.seats.count() >= room.capacity:
        raise RoomFull(room)
    gate.wait()
    Seat.objects.create(round=room.round, room=room, delegate=delegate, chosen_at=now)


def test_negative_control_counting_without_a_lock_oversells(make_round, crowd, now):
    room, gate = make_round(1).rooms.select_related("round").get(), Gate(8)
    rush(partial(choose_without_a_lock, room, delegate, gate=gate, now=now) for delegate in crowd)
    assert room.seats.count() >= 8


@pytest.mark.skipif(connection.vendor == "sqlite", reason="On SQLite the transaction itself is the lock.")
def test_negative_control_the_service_without_its_lock_oversells(make_round, crowd, now, monkeypatch):
    monkeypatch.setattr(services, "lock_again", lambda round: None)
    room, gate = make_round(1).rooms.get(), Gate(8)

    def wait_before_sitting(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "breakouts_seat"'):
            gate.wait()
        return execute(sql, params, many, context)

    def choose(delegate) -> None:
        with connection.execute_wrapper(wait_before_sitting):
            choose_room(room, delegate, now=now)

    rush(partial(choose, delegate) for delegate in crowd)
    assert room.seats.count() >= 8


def test_two_who_want_each_others_full_room_both_keep_their_own(make_round, crowd, now):
    one, two = make_round(1, 1).rooms.all()
    ben, sana = crowd[:2]
    choose_room(one, ben, now=now)
    choose_room(two, sana, now=now)
    swaps = [partial(choose_room, two, ben, now=now), partial(choose_room, one, sana, now=now)] * 10
    assert rush(swaps) == {"RoomFull": 20}
    assert seated() == {(one.pk, ben.pk), (two.pk, sana.pk)} == hearing()


def test_many_who_change_at_once_each_keep_one_seat_and_no_room_overflows(make_round, crowd, now):
    people, rooms = crowd[:30], list(make_round(10, 12, 10).rooms.all())
    for number, delegate in enumerate(people):
        choose_room(rooms[number % 3], delegate, now=now)
    dice = random.Random(27)
    moves = [partial(choose_room, dice.choice(rooms), dice.choice(people), now=now) for _ in range(JOINS)]
    assert set(rush(moves)) <= {"done", "RoomFull"}
    assert all(in_rooms()[room.pk] <= room.capacity for room in rooms)
    assert sorted(Seat.objects.values_list("delegate", flat=True)) == sorted(delegate.pk for delegate in people)
    assert hearing() == seated()


def test_one_person_in_twenty_tabs_ends_with_one_seat(make_round, crowd, now):
    rooms = list(make_round(5, 5, 5).rooms.all())
    rush(partial(choose_room, rooms[number % 3], crowd[0], now=now) for number in range(20))
    assert Seat.objects.count() == 1
    assert hearing() == seated()


def test_leaving_and_joining_at_once_never_exceeds_the_places(make_round, crowd, now):
    room = make_round(5).rooms.get()
    for delegate in crowd[:5]:
        choose_room(room, delegate, now=now)
    leaving = [partial(leave_room, room.round, delegate, now=now) for delegate in crowd[:5]]
    joining = [partial(choose_room, room, delegate, now=now) for delegate in crowd[5:60]]
    assert set(rush([*joining, *leaving])) <= {"done", "RoomFull"}
    assert room.seats.count() <= 5
    assert hearing() == seated()


def test_a_room_made_smaller_meanwhile_never_ends_over_its_places(make_round, crowd, ada, client_of, now):
    room = make_round(8).rooms.get()
    address = reverse("admin:breakouts_round_change", args=[room.round_id])
    shrink = {
        "rooms-TOTAL_FORMS": 1, "rooms-INITIAL_FORMS": 1, "rooms-0-id": room.pk, "rooms-0-round": room.round_id,
        "rooms-0-title": room.title, "rooms-0-position": 1, "rooms-0-capacity": 4,
    }  # fmt: skip
    admin = client_of(ada)
    joins = [partial(choose_room, room, delegate, now=now) for delegate in crowd[:12]]
    assert set(rush([*joins[:4], partial(admin.post, address, shrink), *joins[4:]])) <= {"done", "RoomFull"}
    assert room.seats.count() <= Room.objects.get().capacity


def test_forty_posts_for_the_last_place_get_one_seat_and_thirty_nine_refusals(make_round, crowd, client_of, now):
    room = make_round(1).rooms.get()
    address = reverse("breakouts:choose", args=["assembly-2022", room.round_id])
    answers: list[int] = []
    clients = [client_of(delegate) for delegate in crowd[:40]]
    outcomes = rush(
        lambda client=client: answers.append(client.post(address, {"room": room.pk}).status_code) for client in clients
    )
    assert outcomes == {"done": 40}
    assert Counter(answers) == {303: 1, 409: 39}
    assert room.seats.count() == 1


def test_of_two_hundred_at_once_one_sits_and_all_the_others_stand_in_line(make_round, crowd, now):
    room = make_round(1).rooms.get()
    assert rush(partial(take_or_wait, room, delegate, now=now) for delegate in crowd) == {"done": JOINS}
    line = set(room.waiting.values_list("delegate", flat=True))
    assert (room.seats.count(), len(line)) == (1, JOINS - 1)
    assert hearing() == seated()


def test_a_place_freed_while_others_press_goes_to_the_first_in_line_every_time(make_round, crowd, now):
    room = make_round(1, starts="14:00", ends="14:45").rooms.get()
    for delegate in crowd[:10]:
        take_or_wait(room, delegate, now=now)
    for holder, following in itertools.pairwise(crowd[:10]):
        pressing = [partial(choose_room, room, delegate, now=now) for delegate in crowd[20:40]]
        freeing = partial(leave_room, room.round, holder, now=now)
        assert rush([*pressing[:10], freeing, *pressing[10:]]) == {"done": 1, "RoomFull": 20}
        assert seated() == {(room.pk, following.pk)} == hearing()


def test_many_who_wait_swap_and_leave_at_once_lose_nobody(make_round, crowd, now):
    people, rooms = crowd[:24], list(make_round(4, 4, 4, starts="14:00", ends="14:45").rooms.all())
    dice = random.Random(5)
    moves = [partial(take_or_wait, dice.choice(rooms), dice.choice(people), now=now) for _ in range(100)]
    moves += [partial(leave_room, rooms[0].round, dice.choice(people), now=now) for _ in range(20)]
    assert set(rush(moves)) == {"done"}
    assert all(in_rooms().get(room.pk, 0) <= room.capacity for room in rooms)
    assert all(room.seats.count() == room.capacity for room in rooms if room.waiting.exists())
    assert hearing() == seated()


def test_who_takes_a_seat_up_as_it_is_released_keeps_it(make_round, crowd, at):
    room, moment = make_round(1, starts="14:00", ends="14:45").rooms.get(), at("2022-05-27T14:10")
    type(room.round).objects.update(release_after=10)
    choose_room(room, crowd[0], now=at("2022-05-27T10:00"))
    take_or_wait(room, crowd[1], now=at("2022-05-27T10:00"))
    has_come, is_releasing = threading.Event(), threading.Event()

    def come() -> None:
        with transaction.atomic():
            take_up(crowd[0], room, now=moment)
            has_come.set()
            is_releasing.wait(timeout=10)

    def release() -> None:
        has_come.wait(timeout=10)
        with connection.execute_wrapper(notice):
            settle_due(moment)

    def notice(execute, sql, params, many, context):
        """Where it has to wait for who comes: on SQLite at its beginning, on PostgreSQL at the seat."""
        if sql.startswith(("BEGIN", 'DELETE FROM "breakouts_seat"')) or sql.endswith("FOR UPDATE"):
            is_releasing.set()
        return execute(sql, params, many, context)

    assert rush([come, release]) == {"done": 2}
    assert seated() == {(room.pk, crowd[0].pk)} == hearing()
