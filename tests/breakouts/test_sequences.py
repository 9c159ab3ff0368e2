"""Whatever people, organisers and the clock do in whatever order, the rows stay right: against a simple model."""

import os
import random
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breakouts.arranging import NotArranged, assign_seat, check_places, open_sister
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
from tests.breakouts.rush import make_crowd

pytestmark = pytest.mark.django_db
EXAMPLES = 100 if os.environ.get("CI") == "true" else 12
ACTS = 25


class World:
    """A small round, and what people would say happened: who left a line of their own will."""

    def __init__(self, round: Round, people: list, ada, now, dice: random.Random) -> None:
        self.round, self.people, self.ada, self.now, self.dice = round, people, ada, now, dice
        self.beyond: set[int] = set()

    @property
    def rooms(self) -> list[Room]:
        return list(Room.objects.filter(round=self.round).select_related("round__session__event", "conversation"))

    def step(self) -> None:
        often = [self.choose, self.wait] * 2 + [self.wait, self.leave, self.leave_line, self.accept]
        seldom = [self.resize, self.lock, self.come, self.pass_time, self.assign, self.sister]
        act = self.dice.choice(often + seldom)
        before = self.lines()
        person, room = self.dice.choice(self.people), self.dice.choice(self.rooms)
        try:
            with transaction.atomic():
                act(person, room)
        except (RoomRefused, NotArranged):
            pass
        self.check(before, person, act.__name__)

    # What may be done

    def choose(self, person, room) -> None:
        choose_room(room, person, now=self.now)

    def wait(self, person, room) -> None:
        take_or_wait(room, person, now=self.now)

    def leave(self, person, room) -> None:
        leave_room(self.round, person, now=self.now)

    def leave_line(self, person, room) -> None:
        leave_line(self.round, person, now=self.now)

    def accept(self, person, room) -> None:
        accept_offer(self.round, person, now=self.now)

    def resize(self, person, room) -> None:
        places = self.dice.randint(1, 4)
        check_places(room, places, now=self.now)
        Room.objects.filter(pk=room.pk).update(capacity=places)
        settle(lock_round(self.round.pk), now=self.now)

    def lock(self, person, room) -> None:
        Room.objects.filter(pk=room.pk).update(locked=self.dice.random() < 0.3)
        settle(lock_round(self.round.pk), now=self.now)

    def come(self, person, room) -> None:
        if self.round.session.is_on(self.now):
            take_up(person, room, now=self.now)

    def assign(self, person, room) -> None:
        if self.dice.random() < 0.3:
            assign_seat(room, person, by=self.ada, now=self.now, reason="asked for")

    def sister(self, person, room) -> None:
        if len(self.rooms) < 4:
            open_sister(room, known=room.sisters.count(), by=self.ada, now=self.now)

    def pass_time(self, person, room) -> None:
        self.now += timedelta(minutes=self.dice.choice([1, 4, 6]))
        settle_due(self.now)

    # What must be true

    def lines(self) -> dict[int, tuple[int, bool]]:
        rows = Waiting.objects.values_list("delegate", "room", "offered_until").order_by("pk")
        return {person: (room, until is not None) for person, room, until in rows}

    def check(self, before: dict[int, tuple[int, bool]], actor, act: str) -> None:
        seats = dict(Seat.objects.values_list("delegate", "room"))
        after = self.lines()
        assert Seat.objects.count() == len(seats) and Waiting.objects.count() == len(after)
        for room in self.rooms:
            self.check_room(room, seats)
        if self.now < self.round.session.ends:
            self.check_settled(seats)
        for person, (room, was_offered) in before.items():
            served = seats.get(person) == room or (act == "sister" and person in seats)
            assert person in after or person == actor.pk or was_offered or served, (act, person)
        stayed = [person for person in before if person in after and before[person] == after[person]]
        assert [person for person in after if person in set(stayed)] == stayed

    def check_room(self, room: Room, seats: dict[int, int]) -> None:
        sitting = room.seats.filter(beyond_places="").count()
        held = room.waiting.filter(offered_until__gt=self.now).count()
        assert sitting <= room.capacity
        if not room.seats.exclude(beyond_places="").exists():
            assert sitting + held <= room.capacity
        hearing = room.conversation.participants.filter(until=None).values_list("delegate", flat=True)
        assert set(hearing) == {person for person, where in seats.items() if where == room.pk}

    def check_settled(self, seats: dict[int, int]) -> None:
        """No unlocked place is free while somebody waits for it who could have it; nobody waits for their own room."""
        for room in self.rooms:
            waiting = room.waiting.filter(offered_until=None)
            assert not waiting.filter(delegate__in=[p for p, where in seats.items() if where == room.pk]).exists()
            taken = room.seats.count() + room.waiting.exclude(offered_until=None).count()
            assert room.locked or not waiting.exists() or taken >= room.capacity


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), begun=st.booleans(), release=st.sampled_from([None, 5]))
def test_whatever_happens_the_rows_stay_right(event, ada, now, make_round, seed, begun, release):
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
