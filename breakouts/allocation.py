"""Who moves when a place is free. Pure: it knows numbers and order, no rows and no clock.

Everybody keeps what they hold until they hold something else, the first in a line goes first, and it goes on
until nothing moves: a move frees a seat, which moves the next.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum


class Act(Enum):
    SEAT = "seat"
    OFFER = "offer"
    ASK = "ask to swap"
    RELEASE = "release"


@dataclass(frozen=True)
class Step:
    """``person`` is seated in ``room``, is offered a place in it, is asked to swap into it, or loses the seat in it."""

    act: Act
    person: int
    room: int


@dataclass(frozen=True)
class Wish:
    """A place in a line; ``offered`` when a place is being held for this person.

    ``asked`` has been asked to swap, for which nothing is held, ``pending`` may still answer; ``agreed`` has said yes.
    """

    person: int
    room: int
    offered: bool = False
    asked: bool = False
    pending: bool = False
    agreed: bool = False


@dataclass
class Hall:
    """The rooms of a round: ``places`` by room, ``seats`` room by person, ``line`` in order, whoever came first first.

    In ``locked`` rooms nothing moves. ``absent`` have not taken their seats up: who comes first in it is the first
    to lose theirs, and only to somebody who waits. With ``asks`` a person who holds a seat is asked before moving,
    but for the ``willing`` and who has agreed.
    """

    places: Mapping[int, int]
    seats: dict[int, int]
    line: list[Wish]
    locked: frozenset[int] = frozenset()
    absent: list[int] = field(default_factory=list)
    asks: bool = False
    willing: frozenset[int] = frozenset()

    def free(self, room: int) -> int:
        """May be negative, where an organiser seated more than there are places."""
        seated = sum(1 for held in self.seats.values() if held == room)
        return self.places[room] - seated - sum(1 for wish in self.line if wish.room == room and wish.offered)

    def absent_in(self, room: int) -> list[int]:
        return [person for person in self.absent if self.seats.get(person) == room]


def allocate(hall: Hall) -> list[Step]:
    """Every step until nothing moves, in the order in which they are to be taken. ``hall`` is left as they leave it."""
    steps: list[Step] = []
    while made := _next(hall):
        steps += made
    return steps


def _next(hall: Hall) -> list[Step]:
    for wish in _firsts(hall):
        if made := _fill(hall, wish):
            return made
    if not hall.asks:
        return _swap(hall, hall.line)
    return _swap(hall, [wish for wish in hall.line if wish.agreed]) or _propose(hall)


def _firsts(hall: Hall) -> Iterable[Wish]:
    """The first of each line who has not been offered a place; and who was, and has lost their seat since."""
    reached: set[int] = set(hall.locked)
    for wish in hall.line:
        if wish.offered:
            if wish.person not in hall.seats:
                yield wish
        elif wish.room not in reached:
            reached.add(wish.room)
            yield wish


def _fill(hall: Hall, wish: Wish) -> list[Step]:
    """The steps that give this person the place, or none when there is none."""
    released: list[Step] = []
    if not wish.offered:
        short = 1 - hall.free(wish.room)
        absent = [person for person in hall.absent_in(wish.room) if person != wish.person]
        if short > len(absent):
            return []
        released = [_release(hall, person) for person in absent[: max(0, short)]]
    if hall.asks and wish.person in hall.seats and not _moves_at_once(hall, wish):
        return [*released, _offer(hall, wish)]
    return [*released, _seat(hall, wish)]


def _moves_at_once(hall: Hall, wish: Wish) -> bool:
    return wish.agreed or wish.person in hall.willing


def _release(hall: Hall, person: int) -> Step:
    return Step(Act.RELEASE, person, hall.seats.pop(person))


def _offer(hall: Hall, wish: Wish) -> Step:
    hall.line[hall.line.index(wish)] = Wish(wish.person, wish.room, offered=True)
    return Step(Act.OFFER, wish.person, wish.room)


def _seat(hall: Hall, wish: Wish) -> Step:
    hall.line.remove(wish)
    hall.seats[wish.person] = wish.room
    # Whoever has just been given a seat has their full time to take it up.
    hall.absent = [person for person in hall.absent if person != wish.person]
    return Step(Act.SEAT, wish.person, wish.room)


def _swap(hall: Hall, line: Iterable[Wish]) -> list[Step]:
    """All of the shortest ring move at once."""
    return [_seat(hall, wish) for wish in _shortest_ring(hall, line)]


def _propose(hall: Hall) -> list[Step]:
    """Asks those of the shortest ring who have not agreed. Each is asked once for a wish, and nothing is held.

    Who is in a ring that only waits for answers is left to it.
    """
    open_ = [each for each in hall.line if not each.offered and each.person not in hall.willing]
    asked = [each for each in open_ if each.agreed or each.pending]
    while under_way := _shortest_ring(hall, asked):
        asked = [each for each in asked if each not in under_way]
        open_ = [each for each in open_ if each not in under_way]
    ring = _shortest_ring(hall, [each for each in open_ if each.agreed or not each.asked])
    return [_ask(hall, wish) for wish in ring if not wish.agreed]


def _ask(hall: Hall, wish: Wish) -> Step:
    hall.line[hall.line.index(wish)] = replace(wish, asked=True, pending=True)
    return Step(Act.ASK, wish.person, wish.room)


def _shortest_ring(hall: Hall, line: Iterable[Wish]) -> list[Wish]:
    """People who each wait for the next one's room. A room beyond its places takes nobody, by a swap neither."""
    wants: dict[int, dict[int, Wish]] = {}
    shut = hall.locked | {room for room in hall.places if hall.free(room) < 0}
    for wish in line:
        here = hall.seats.get(wish.person)
        if here is not None and here not in hall.locked and wish.room not in shut:
            wants.setdefault(here, {}).setdefault(wish.room, wish)
    rings = [ring for room in wants if (ring := _ring(wants, room))]
    return min(rings, key=len, default=[])


def _ring(wants: Mapping[int, Mapping[int, Wish]], start: int) -> list[Wish]:
    """The shortest way from a room back to itself, breadth first; the wish of whoever came first on each leg."""
    ways: deque[tuple[int, list[Wish]]] = deque([(start, [])])
    seen: set[int] = set()
    while ways:
        room, way = ways.popleft()
        for target, wish in wants.get(room, {}).items():
            if target == start:
                return [*way, wish]
            if target not in seen:
                seen.add(target)
                ways.append((target, [*way, wish]))
    return []
