"""Whatever people, organisers and the clock do in whatever order, the rows are what a ledger on paper says."""

import os
import random
from collections.abc import Callable

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breakouts.arranging import NotArranged, assign_seat, check_places, open_sister
from breakouts.hosting.services import HostRefused, admit, remove_person
from breakouts.models import Room, Round, Seat, Waiting
from breakouts.services import (
    RoomRefused,
    accept_offer,
    choose_room,
    leave_line,
    leave_room,
    lock_round,
    take_or_wait,
    take_up,
)
from breakouts.settling import settle, settle_due
from networking.safety.services import restore, suspend
from portal.models import Delegate
from tests.breakouts.ledger import Ledger, Refused
from tests.breakouts.rush import make_crowd

pytestmark = [pytest.mark.django_db, pytest.mark.database]
EXAMPLES = 100 if os.environ.get("CI") == "true" else 12
ACTS = 25
REFUSED = (RoomRefused, NotArranged, HostRefused, Refused)


class World:
    """A small round in rows and, beside it, on paper. Every act is done to both."""

    def __init__(self, round: Round, people: list, ada, now, dice: random.Random) -> None:
        self.round, self.people, self.ada, self.dice = round, people, ada, dice
        self.paper = Ledger(round, now)
        self.is_swept = True

    @property
    def now(self):
        return self.paper.now

    @property
    def rooms(self) -> list[Room]:
        return list(Room.objects.filter(round=self.round).select_related("round__session__event", "conversation"))

    def step(self) -> None:
        own = [self.choose, self.wait] * 3 + [self.wait, self.leave, self.leave_line, self.accept, self.come]
        theirs = [self.resize, self.lock, self.assign, self.admit, self.remove, self.suspend, self.sister]
        act = self.dice.choice([*own, *own, *theirs, self.pass_time, self.linger])
        person = Delegate.objects.select_related("user", "event").get(pk=self.dice.choice(self.people).pk)
        if person.suspended_at is None or act not in own:
            act(person, self.dice.choice(self.rooms))
            self.check(act.__name__)

    def both(self, in_rows: Callable[[], object], on_paper: Callable[[], None]) -> None:
        assert is_done(in_rows) == is_done(on_paper)

    # What may be done

    def choose(self, person, room) -> None:
        self.both(
            lambda: choose_room(room, person, now=self.now),
            lambda: self.paper.choose(person.pk, room.pk),
        )

    def wait(self, person, room) -> None:
        self.both(
            lambda: take_or_wait(room, person, now=self.now),
            lambda: self.paper.choose(person.pk, room.pk, waits=True),
        )

    def leave(self, person, room) -> None:
        self.both(lambda: leave_room(self.round, person, now=self.now), lambda: self.paper.leave(person.pk))

    def leave_line(self, person, room) -> None:
        self.both(lambda: leave_line(self.round, person, now=self.now), lambda: self.paper.leave_line(person.pk))

    def accept(self, person, room) -> None:
        self.both(lambda: accept_offer(self.round, person, now=self.now), lambda: self.paper.accept(person.pk))

    def come(self, person, room) -> None:
        if self.round.session.is_on(self.now):
            take_up(person, room, now=self.now)
        self.paper.come(person.pk, room.pk)

    def resize(self, person, room) -> None:
        places = self.dice.randint(1, 4)

        def in_rows() -> None:
            check_places(room, places, now=self.now)
            Room.objects.filter(pk=room.pk).update(capacity=places)
            self.settle()

        self.both(in_rows, lambda: self.paper.resize(room.pk, places))

    def lock(self, person, room) -> None:
        is_locked = self.dice.random() < 0.3
        Room.objects.filter(pk=room.pk).update(locked=is_locked)
        self.settle()
        self.paper.lock(room.pk, is_locked)

    def assign(self, person, room) -> None:
        self.both(
            lambda: assign_seat(room, person, by=self.ada, now=self.now, reason="asked for"),
            lambda: self.paper.assign(person.pk, room.pk),
        )

    def admit(self, person, room) -> None:
        self.both(
            lambda: admit(room, person, by=self.ada, now=self.now, reason="asked for", may_move=True),
            lambda: self.paper.admit(person.pk, room.pk),
        )

    def remove(self, person, room) -> None:
        self.both(
            lambda: remove_person(room, person, by=self.ada, now=self.now, reason="shouted"),
            lambda: self.paper.remove(person.pk, room.pk),
        )

    def suspend(self, person, room) -> None:
        """Or lets them come back. The lines follow with the next act in the round."""
        (restore if person.suspended_at else suspend)(person, by=self.ada, now=self.now)
        self.settle()
        self.paper.suspend(person.pk)

    def sister(self, person, room) -> None:
        if len(self.rooms) < 4:
            sister = open_sister(room, known=room.sisters.count(), by=self.ada, now=self.now)
            self.paper.sister(room.pk, sister.pk)

    def pass_time(self, person, room) -> None:
        self.paper.pass_time(self.dice.choice([1, 4, 6]), is_swept=True)
        settle_due(self.now)
        self.is_swept = True

    def linger(self, person, room) -> None:
        """Time passes, and the sweep is late."""
        self.paper.pass_time(self.dice.choice([1, 4, 6]), is_swept=False)
        self.is_swept = False

    def settle(self) -> None:
        settle(lock_round(self.round.pk), now=self.now)

    # What must be true

    def check(self, act: str) -> None:
        assert seats_in_rows() == {
            person: (seat.room, seat.since, seat.came, seat.beyond) for person, seat in self.paper.seats.items()
        }, act
        assert lines_in_rows() == [
            (each.person, each.room, each.held_until, each.swap_until, each.agreed) for each in self.paper.line
        ], act
        for room in self.rooms:
            self.check_room(room)
            if self.is_swept and self.now < self.round.session.ends:
                self.check_settled(room)

    def check_room(self, room: Room) -> None:
        sitting = room.seats.filter(beyond_places="").count()
        held = room.waiting.filter(offered_until__gt=self.now).count()
        assert sitting <= room.capacity
        if not room.seats.exclude(beyond_places="").exists():
            assert sitting + held <= room.capacity
        hearing = room.conversation.participants.filter(until=None).values_list("delegate", flat=True)
        assert set(hearing) == set(room.seats.values_list("delegate", flat=True))

    def check_settled(self, room: Room) -> None:
        """No unlocked place is free while somebody waits for it who could have it; nobody waits for their own room."""
        waiting = room.waiting.filter(offered_until=None, delegate__suspended_at=None)
        assert not waiting.filter(delegate__in=room.seats.values("delegate")).exists()
        taken = room.seats.count() + room.waiting.exclude(offered_until=None).count()
        assert room.locked or not waiting.exists() or taken >= room.capacity


def is_done(act: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            act()
    except REFUSED:
        return False
    return True


def seats_in_rows() -> dict:
    rows = Seat.objects.values_list("delegate", "room", "chosen_at", "taken_up_at", "beyond_places")
    return {person: (room, since, came is not None, bool(reason)) for person, room, since, came, reason in rows}


def lines_in_rows() -> list:
    return list(Waiting.objects.order_by("pk").values_list("delegate", "room", "offered_until", "swap_until", "agreed"))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), begun=st.booleans(), release=st.sampled_from([None, 5]))
def test_whatever_happens_the_rows_are_what_the_ledger_says(event, ada, now, make_round, seed, begun, release):
    with transaction.atomic():
        starts = ("09:58", "10:40") if begun else ("10:10", "10:50")
        round = make_round(1, 2, title=f"Round {seed}", starts=starts[0], ends=starts[1])
        round.release_after = release
        round.save()
        people = make_crowd(event, 7, now)
        world = World(round, people, ada, now, random.Random(seed))
        for _ in range(ACTS):
            world.step()
        transaction.set_rollback(True)
