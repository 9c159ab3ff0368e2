"""A round on paper: seats and lines in plain dicts and lists, kept as people, organisers and the clock act.

Who moves when a place is free is asked of the rule, which has tests of its own; all around it is written here anew.
"""

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from breakouts.allocation import Act, Hall, Step, Wish, allocate
from breakouts.models import Round

MINUTES_TO_ANSWER = timedelta(minutes=5)


class Refused(Exception):
    pass


@dataclass
class Sitting:
    """``number`` is the seat's own, in the order in which people first had one."""

    number: int
    room: int
    since: datetime
    came: bool = False
    beyond: bool = False


@dataclass
class Standing:
    person: int
    room: int
    held_until: datetime | None = None
    swap_until: datetime | None = None
    agreed: bool = False


class Ledger:
    def __init__(self, round: Round, now: datetime) -> None:
        self.now, self.starts, self.ends = now, round.session.starts, round.session.ends
        self.release_after = round.release_after
        self.places = dict(round.rooms.values_list("pk", "capacity"))
        self.seats: dict[int, Sitting] = {}
        self.line: list[Standing] = []
        self.locked: set[int] = set()
        self.suspended: set[int] = set()
        self.removed: set[tuple[int, int]] = set()
        self.numbers = count()

    # What may be done

    def choose(self, person: int, room: int, *, waits: bool = False) -> None:
        kept, stood = deepcopy(self.__dict__), self.stand_of(person)
        was = self.room_of(person)
        self.must_be_open()
        if was == room:
            return
        if (person, room) in self.removed or room in self.locked:
            raise Refused
        if self.takes(person, room):
            self.forget_swap(person)
            self.settle_if(was is not None)
        elif waits:
            self.stand(person, room)
            self.settle_if((stood is None or stood.room != room) and bool(stood or was))
        else:
            self.__dict__ = kept
            raise Refused

    def leave(self, person: int) -> None:
        self.must_be_open()
        self.settle_if(self.seats.pop(person, None) is not None)

    def leave_line(self, person: int) -> None:
        self.must_be_open()
        self.settle_if(self.step_out(person))

    def accept(self, person: int) -> None:
        self.must_be_open()
        mine = self.stand_of(person)
        if mine is None or not (self.is_to_come(mine.held_until) or self.is_to_come(mine.swap_until)):
            raise Refused
        if mine.held_until is None:
            mine.agreed = True
        else:
            self.line.remove(mine)
            self.sit(person, mine.room)
        self.settle()

    def resize(self, room: int, places: int) -> None:
        if places < self.taken(room):
            raise Refused
        self.places[room] = places
        self.settle()

    def lock(self, room: int, is_locked: bool) -> None:
        (self.locked.add if is_locked else self.locked.discard)(room)
        self.settle()

    def come(self, person: int, room: int) -> None:
        if self.starts <= self.now < self.ends and self.room_of(person) == room:
            self.seats[person].came = True

    def assign(self, person: int, room: int) -> None:
        if self.room_of(person) == room:
            return
        if (person, room) in self.removed:
            raise Refused
        is_beyond = self.taken(room) >= self.places[room]
        self.step_out(person, room)
        self.forget_swap(person)
        self.sit(person, room, beyond=is_beyond)
        self.settle()

    def admit(self, person: int, room: int) -> None:
        if self.now >= self.ends or (person, room) in self.removed or person in self.suspended:
            raise Refused
        was = self.room_of(person)
        if was == room:
            return
        self.step_out(person, room)
        self.forget_swap(person)
        self.sit(person, room, beyond=self.taken(room) >= self.places[room])
        self.settle_if(was is not None)

    def remove(self, person: int, room: int) -> None:
        self.removed.add((person, room))
        is_free = self.step_out(person, room)
        if self.room_of(person) == room:
            del self.seats[person]
            is_free = True
        self.settle_if(is_free)

    def suspend(self, person: int) -> None:
        """Or lets them come back."""
        self.suspended ^= {person}
        self.settle()

    def sister(self, room: int, opened: int) -> None:
        self.places[opened] = self.places[room]
        moving = [each for each in self.line if each.room == room and each.held_until is None]
        for each in [each for each in moving if each.person not in self.suspended][: self.places[room]]:
            each.room, each.swap_until, each.agreed = opened, None, False
        self.settle()

    def pass_time(self, minutes: int, *, is_swept: bool) -> None:
        self.now += timedelta(minutes=minutes)
        self.settle_if(is_swept and self.now >= self.starts)

    # The lines move up

    def settle(self, asks: tuple[int, int] | None = None) -> None:
        if self.now >= self.ends or not (asks or self.line):
            return
        for each in self.line:
            each.held_until = None if each.person in self.suspended else each.held_until
        self.line = [each for each in self.line if each.held_until is None or self.is_to_come(each.held_until)]
        for step in allocate(self.hall(asks)):
            self.take(step)

    def settle_if(self, is_due: bool) -> None:
        if is_due:
            self.settle()

    def hall(self, asks: tuple[int, int] | None) -> Hall:
        line = [self.wish(each) for each in self.line if each.person not in self.suspended and asks != key(each)]
        if asks:
            before = [each for each in self.line if each.person not in self.suspended]
            place = next((n for n, each in enumerate(before) if key(each) == asks), len(line))
            line.insert(place, Wish(*asks, agreed=True))
        return Hall(
            places=self.places,
            seats={person: seat.room for person, seat in self.seats.items()},
            line=line,
            locked=frozenset(self.locked),
            absent=self.absent(),
            asks=self.starts <= self.now,
            willing=frozenset({asks[0]} if asks else ()),
        )

    def wish(self, each: Standing) -> Wish:
        may_answer = self.is_to_come(each.swap_until) and not each.agreed
        held, asked = each.held_until is not None, each.swap_until is not None
        return Wish(each.person, each.room, offered=held, asked=asked, pending=may_answer, agreed=each.agreed)

    def take(self, step: Step) -> None:
        until = min(self.now + MINUTES_TO_ANSWER, self.ends)
        if step.act == Act.RELEASE:
            del self.seats[step.person]
        elif step.act == Act.SEAT:
            self.step_out(step.person, step.room)
            self.sit(step.person, step.room)
        elif mine := self.stand_of(step.person):
            setattr(mine, "held_until" if step.act == Act.OFFER else "swap_until", until)

    def absent(self) -> list[int]:
        """Who chose last first."""
        if self.release_after is None or self.now >= self.ends:
            return []
        latest = self.now - timedelta(minutes=self.release_after)
        late = [(s.since, s.number, p) for p, s in self.seats.items() if not s.came and s.since <= latest]
        return [person for *_, person in sorted(late, reverse=True)] if self.starts <= latest else []

    # Words of the above

    def takes(self, person: int, room: int) -> bool:
        """A free place that nobody waits for; or what comes of asking, unless nothing can."""
        was, waiting = self.room_of(person), [each for each in self.line if each.room == room]
        is_free = self.taken(room) < self.places[room]
        if is_free and not waiting:
            self.sit(person, room)
            return True
        is_held = any(self.is_to_come(each.held_until) for each in waiting)
        if is_free or is_held or was or any(self.room_of(each) == room for each in self.absent()):
            self.settle(asks=(person, room))
        return self.room_of(person) not in (None, was)

    def sit(self, person: int, room: int, *, beyond: bool = False) -> None:
        number = self.seats[person].number if person in self.seats else next(self.numbers)
        self.seats[person] = Sitting(number, room, self.now, beyond=beyond)

    def stand(self, person: int, room: int) -> None:
        """Who waits for it already keeps their place in its line."""
        mine = self.stand_of(person)
        if mine is None or mine.room != room:
            self.step_out(person)
            self.line.append(Standing(person, room))

    def step_out(self, person: int, room: int | None = None) -> bool:
        mine = self.stand_of(person)
        if mine is None or room not in (None, mine.room):
            return False
        self.line.remove(mine)
        return True

    def forget_swap(self, person: int) -> None:
        if mine := self.stand_of(person):
            mine.swap_until, mine.agreed = None, False

    def room_of(self, person: int) -> int | None:
        return self.seats[person].room if person in self.seats else None

    def stand_of(self, person: int) -> Standing | None:
        return next((each for each in self.line if each.person == person), None)

    def taken(self, room: int) -> int:
        """Seats, and places that are held."""
        held = sum(each.room == room and self.is_to_come(each.held_until) for each in self.line)
        return held + sum(seat.room == room for seat in self.seats.values())

    def is_to_come(self, until: datetime | None) -> bool:
        return until is not None and self.now < until

    def must_be_open(self) -> None:
        if self.now >= self.ends:
            raise Refused


def key(each: Standing) -> tuple[int, int]:
    return each.person, each.room
