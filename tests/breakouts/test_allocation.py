"""Who moves when a place is free, without rows and without a clock."""

import random

from hypothesis import given
from hypothesis import strategies as st

from breakouts.allocation import Act, Hall, Step, Wish, allocate

ANN, BOB, CAT, DAN = range(1, 5)
RED, BLUE, GREEN = range(10, 13)


def seat(person: int, room: int) -> Step:
    return Step(Act.SEAT, person, room)


def offer(person: int, room: int) -> Step:
    return Step(Act.OFFER, person, room)


def ask(person: int, room: int) -> Step:
    return Step(Act.ASK, person, room)


def release(person: int, room: int) -> Step:
    return Step(Act.RELEASE, person, room)


def hall(places: dict[int, int], seats: dict[int, int], *line: tuple[int, int], **more) -> Hall:
    return Hall(places, dict(seats), [Wish(person, room) for person, room in line], **more)


def test_a_free_place_goes_to_the_first_in_line():
    assert allocate(hall({RED: 1}, {}, (BOB, RED), (ANN, RED))) == [seat(BOB, RED)]


def test_a_full_room_moves_nobody():
    assert allocate(hall({RED: 1}, {CAT: RED}, (BOB, RED))) == []


def test_a_move_frees_a_seat_which_moves_the_next():
    full = hall({RED: 1, BLUE: 1, GREEN: 1}, {ANN: BLUE, BOB: GREEN}, (CAT, GREEN), (BOB, BLUE), (ANN, RED))
    assert allocate(full) == [seat(ANN, RED), seat(BOB, BLUE), seat(CAT, GREEN)]


def test_two_who_wait_for_each_others_room_swap():
    assert set(allocate(hall({RED: 1, BLUE: 1}, {ANN: RED, BOB: BLUE}, (ANN, BLUE), (BOB, RED)))) == {
        seat(ANN, BLUE), seat(BOB, RED),
    }  # fmt: skip


def test_three_move_in_a_ring():
    ring = hall({RED: 1, BLUE: 1, GREEN: 1}, {ANN: RED, BOB: BLUE, CAT: GREEN}, (ANN, BLUE), (BOB, GREEN), (CAT, RED))
    assert set(allocate(ring)) == {seat(ANN, BLUE), seat(BOB, GREEN), seat(CAT, RED)}
    assert ring.line == []


def test_the_shortest_ring_goes_first():
    seats = {ANN: RED, BOB: BLUE, CAT: GREEN, DAN: BLUE}
    both = hall({RED: 1, BLUE: 2, GREEN: 1}, seats, (ANN, BLUE), (BOB, GREEN), (CAT, RED), (DAN, RED))
    assert set(allocate(both)) == {seat(ANN, BLUE), seat(DAN, RED)}


def test_of_two_who_could_swap_whoever_came_first_does():
    two = hall({RED: 2, BLUE: 1}, {ANN: RED, BOB: RED, CAT: BLUE}, (BOB, BLUE), (ANN, BLUE), (CAT, RED))
    assert set(allocate(two)) == {seat(BOB, BLUE), seat(CAT, RED)}


def test_nothing_moves_into_a_locked_room_or_swaps_through_it():
    locked = frozenset({RED})
    assert allocate(hall({RED: 5}, {}, (ANN, RED), locked=locked)) == []
    assert allocate(hall({RED: 1, BLUE: 1}, {ANN: RED, BOB: BLUE}, (ANN, BLUE), (BOB, RED), locked=locked)) == []


def test_once_begun_who_sits_elsewhere_is_asked_and_the_place_is_held():
    begun = hall({RED: 1, BLUE: 1}, {ANN: BLUE}, (ANN, RED), (BOB, RED), asks=True)
    assert allocate(begun) == [offer(ANN, RED)]
    assert begun.free(RED) == 0
    assert begun.seats == {ANN: BLUE}


def test_once_begun_who_sits_nowhere_is_seated_at_once():
    assert allocate(hall({RED: 1}, {}, (ANN, RED), asks=True)) == [seat(ANN, RED)]


def two_who_could_swap(ann: Wish, bob: Wish, **more) -> Hall:
    return Hall({RED: 1, BLUE: 1}, {ANN: RED, BOB: BLUE}, [ann, bob], asks=True, **more)


def test_once_begun_nobody_is_swapped_without_being_asked_and_nobody_is_asked_twice():
    begun = two_who_could_swap(Wish(ANN, BLUE), Wish(BOB, RED))
    assert set(allocate(begun)) == {ask(ANN, BLUE), ask(BOB, RED)}
    assert begun.seats == {ANN: RED, BOB: BLUE}
    assert [begun.free(room) for room in (RED, BLUE)] == [0, 0]
    assert allocate(begun) == []


def test_once_begun_who_have_all_agreed_swap_and_of_one_who_has_the_other_is_asked():
    agreed = Wish(ANN, BLUE, asked=True, agreed=True)
    assert allocate(two_who_could_swap(agreed, Wish(BOB, RED))) == [ask(BOB, RED)]
    assert allocate(two_who_could_swap(agreed, Wish(BOB, RED, asked=True))) == []
    both = two_who_could_swap(agreed, Wish(BOB, RED, asked=True, agreed=True))
    assert set(allocate(both)) == {seat(ANN, BLUE), seat(BOB, RED)}


def test_nobody_is_asked_for_a_swap_that_only_waits_for_an_answer():
    line = [Wish(ANN, BLUE, asked=True, agreed=True), Wish(BOB, RED, asked=True, pending=True), Wish(CAT, RED)]
    full = Hall({RED: 1, BLUE: 2}, {ANN: RED, BOB: BLUE, CAT: BLUE}, line, asks=True)
    assert allocate(full) == []
    full.line[1] = Wish(BOB, RED, asked=True)
    assert allocate(full) == [ask(CAT, RED)]


def test_nobody_swaps_into_a_room_beyond_its_places():
    seats = {ANN: RED, BOB: BLUE, CAT: BLUE}
    assert allocate(hall({RED: 1, BLUE: 1}, seats, (ANN, BLUE), (BOB, RED))) == []


def test_who_asks_for_a_full_room_at_this_moment_asks_nobody_to_swap():
    passing = two_who_could_swap(Wish(ANN, BLUE), Wish(BOB, RED), willing=frozenset({ANN}))
    assert allocate(passing) == []


def test_who_asks_for_one_room_at_this_moment_is_not_swapped_into_another():
    seats = {ANN: RED, BOB: BLUE, CAT: GREEN}
    line = [Wish(ANN, BLUE, asked=True), Wish(BOB, RED, asked=True, agreed=True), Wish(ANN, GREEN, agreed=True)]
    full = Hall({RED: 1, BLUE: 1, GREEN: 1}, seats, line, asks=True, willing=frozenset({ANN}))
    assert allocate(full) == []


def test_who_has_agreed_has_a_place_that_comes_free_at_once():
    free = Hall({RED: 1, BLUE: 1}, {ANN: RED}, [Wish(ANN, BLUE, asked=True, agreed=True)], asks=True)
    assert allocate(free) == [seat(ANN, BLUE)]


def test_who_asks_for_it_at_this_moment_is_not_asked():
    willing = frozenset({ANN})
    assert allocate(hall({RED: 1, BLUE: 1}, {ANN: BLUE}, (ANN, RED), asks=True, willing=willing)) == [seat(ANN, RED)]


def test_who_was_asked_and_lost_their_seat_has_the_place_that_is_held():
    held = Hall({RED: 1}, {}, [Wish(ANN, RED, offered=True)], asks=True)
    assert allocate(held) == [seat(ANN, RED)]


def test_an_untaken_seat_goes_to_who_waits_the_first_named_first():
    late = hall({RED: 2}, {ANN: RED, BOB: RED}, (CAT, RED), asks=True, absent=[BOB, ANN])
    assert allocate(late) == [release(BOB, RED), seat(CAT, RED)]


def test_without_a_line_nobody_loses_an_untaken_seat():
    assert allocate(hall({RED: 1}, {ANN: RED}, absent=[ANN])) == []


def test_a_room_beyond_its_places_takes_nobody_until_it_has_one():
    over = {ANN: RED, BOB: RED}
    assert allocate(hall({RED: 1}, over, (CAT, RED))) == []
    assert allocate(hall({RED: 1}, over, (CAT, RED), absent=[ANN])) == []
    assert allocate(hall({RED: 1}, over, (CAT, RED), absent=[ANN, BOB])) == [
        release(ANN, RED), release(BOB, RED), seat(CAT, RED),
    ]  # fmt: skip


@st.composite
def halls(draw: st.DrawFn) -> Hall:
    """Any round that its rules allow, in whatever disorder its lines are."""
    dice = random.Random(draw(st.integers(0, 2**32)))
    rooms, people = range(dice.randint(1, 4)), range(100, 100 + dice.randint(0, 14))
    places = {room: dice.randint(1, 4) for room in rooms}
    chairs = [room for room in rooms for _ in range(places[room])]
    dice.shuffle(chairs)
    sitting = [person for person in people if dice.random() < 0.7]
    seats = dict(zip(sitting, chairs, strict=False))
    waiting = [(person, dice.choice(rooms)) for person in people if dice.random() < 0.7]
    asks = dice.random() < 0.5
    said = {person: (dice.random() < 0.3, dice.random() < 0.3) if asks else (False, False) for person in people}
    line = [
        Wish(person, room, asked=any(said[person]), agreed=said[person][1])
        for person, room in waiting
        if seats.get(person) != room
    ]
    dice.shuffle(line)
    locked = frozenset(room for room in rooms if dice.random() < 0.15)
    absent = [person for person in seats if dice.random() < 0.2]
    return Hall(places, seats, line, locked, absent, asks=asks)


@given(halls())
def test_whatever_the_round_it_ends_settled_with_everybody_served_in_order(before: Hall):
    after = Hall(before.places, dict(before.seats), list(before.line), before.locked, before.absent, before.asks)
    steps = allocate(after)
    released = {step.person for step in steps if step.act is Act.RELEASE}
    assert all(after.free(room) >= 0 for room in after.places)
    assert set(before.seats) - set(after.seats) <= released <= set(before.absent)
    assert allocate(after) == []
    for wish in before.line:
        still = [each for each in after.line if (each.person, each.room) == (wish.person, wish.room)]
        assert still or after.seats[wish.person] == wish.room
    for room in set(after.places) - after.locked:
        waiting = [wish for wish in after.line if wish.room == room and not wish.offered]
        assert not waiting or after.free(room) == 0
    assert [wish.person for wish in after.line] == [
        wish.person for wish in before.line if wish.person in {each.person for each in after.line}
    ]
    for room in after.locked:
        assert {person for person, where in after.seats.items() if where == room} <= set(before.seats)


@given(halls())
def test_once_begun_nobody_moves_from_a_seat_without_having_agreed(before: Hall):
    before.asks = True
    agreed, seats = {wish.person for wish in before.line if wish.agreed}, dict(before.seats)
    steps = allocate(before)
    released = {step.person for step in steps if step.act is Act.RELEASE}
    moved = {step.person for step in steps if step.act is Act.SEAT and step.person in seats}
    assert moved <= agreed | released


@given(halls())
def test_once_begun_nobody_is_passed_in_the_line_but_by_a_swap(before: Hall):
    before.asks, before.line = True, [Wish(each.person, each.room) for each in before.line]
    lines = {room: [wish.person for wish in before.line if wish.room == room] for room in before.places}
    served = {room: [] for room in before.places}
    for step in allocate(before):
        if step.act not in (Act.RELEASE, Act.ASK):
            served[step.room].append(step.person)
    for room, people in served.items():
        # A seat may follow the offer to the same person, when their old seat was released.
        assert list(dict.fromkeys(people)) == lines[room][: len(set(people))]


@given(halls())
def test_before_the_start_a_place_is_only_passed_by_a_swap(before: Hall):
    before.asks, before.absent = False, []
    seats = dict(before.seats)
    for step in allocate(before):
        assert step.act is Act.SEAT
        assert seats.get(step.person) != step.room
        seats[step.person] = step.room
    assert seats == before.seats
