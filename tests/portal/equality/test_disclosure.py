"""Trying to recover a hidden number, by somebody who knows the rules and more than any page shows."""

from collections.abc import Callable, Iterator, Mapping

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.equality.disclosure import FEWEST_REPLIES, SMALLEST, Shown, disclose, nearest, show

SMALL = set(range(SMALLEST))
Show = Callable[[Mapping[str, int]], Shown]


def splits(total: int, cells: int) -> Iterator[tuple[int, ...]]:
    if cells == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in splits(total - first, cells - 1):
            yield (first, *rest)


def possible(counts: Mapping[str, int], show: Show) -> dict[str, set[int]]:
    """By hidden answer, every number it may have, to who is told the exact total and each shown number exactly.

    Every way to share what is hidden among the hidden cells is tried: it is possible when it shows the very same.
    """
    seen = show(counts)
    hidden = [answer for answer, number in seen.items() if number is None]
    found: dict[str, set[int]] = {answer: set() for answer in hidden}
    for guess in splits(sum(counts[answer] for answer in hidden), len(hidden)) if hidden else ():
        if show({**counts, **dict(zip(hidden, guess, strict=True))}) == seen:
            for answer, number in zip(hidden, guess, strict=True):
                found[answer].add(number)
    return found


def told_on(counts: Mapping[str, int], show: Show) -> list[str]:
    """The answers of few people of which more can be learnt than that they are few."""
    found = possible(counts, show)
    return [answer for answer, count in counts.items() if count < SMALLEST and not found.get(answer, set()) >= SMALL]


cell = st.one_of(st.integers(0, 12), st.integers(0, 40))
tables = st.lists(cell, min_size=2, max_size=4).map(lambda numbers: dict(zip("abcd", numbers, strict=False)))


@settings(deadline=None, max_examples=150)
@given(tables)
def test_a_hidden_number_cannot_be_recovered(counts):
    assume(sum(counts.values()) >= FEWEST_REPLIES)
    assert told_on(counts, show) == []


@settings(deadline=None, max_examples=100)
@given(st.integers(FEWEST_REPLIES, 60), st.data())
def test_all_questions_and_the_total_together_tell_no_more(replies, data):
    """What a page shows follows from the exact total and each table alone; and those do not pin a cell."""
    drawn = {}
    for name in ("one", "two", "three"):
        cuts = sorted(data.draw(st.lists(st.integers(0, replies), min_size=2, max_size=2)))
        drawn[name] = dict(zip("abc", (cuts[0], cuts[1] - cuts[0], replies - cuts[1]), strict=True))
    report = disclose(drawn)
    assert report.total == nearest(replies)
    assert report.tables == {name: show(counts) for name, counts in drawn.items()}
    assert [name for name, counts in drawn.items() if told_on(counts, show)] == []


def test_every_small_population_in_three_cells_is_safe():
    """No luck in it: each of the 7,381 ways to share 30 to 40 replies."""
    ways = [dict(zip("abc", split, strict=True)) for replies in range(30, 41) for split in splits(replies, 3)]
    by_hidden = {}
    for counts in ways:
        hidden = [answer for answer, number in show(counts).items() if number is None]
        rest = tuple((answer, count) for answer, count in counts.items() if answer not in hidden)
        by_hidden.setdefault((sum(counts.values()), tuple(hidden), rest), []).append(counts)
    told = []
    for alike in by_hidden.values():
        for answer in "abc":
            numbers = {counts[answer] for counts in alike}
            if numbers & SMALL and not numbers >= SMALL:
                told.append((answer, alike))
    assert told == []


def rounded_alone(counts):
    return {answer: nearest(count) for answer, count in counts.items()}


def small_ones_alone(counts):
    return {answer: nearest(count) if count >= SMALLEST else None for answer, count in counts.items()}


def smallest_first(counts):
    hidden = {answer for answer, count in counts.items() if count < SMALLEST}
    for answer in sorted(set(counts) - hidden, key=lambda answer: (counts[answer], answer)):
        if hidden and (len(hidden) < 2 or sum(counts[name] for name in hidden) < 2 * SMALLEST):
            hidden.add(answer)
    return {answer: None if answer in hidden else nearest(count) for answer, count in counts.items()}


@pytest.mark.parametrize(
    ("weaker", "counts"),
    [
        (rounded_alone, {"a": 4, "b": 40, "c": 30}),
        (small_ones_alone, {"a": 4, "b": 40, "c": 30}),
        (small_ones_alone, {"a": 9, "b": 9, "c": 30}),
        (smallest_first, {"a": 11, "b": 11, "c": 9}),
    ],
)
def test_the_attack_has_teeth(weaker, counts):
    """Without suppression, without secondary suppression, and with that of the smallest first, it recovers."""
    assert told_on(counts, weaker)
    assert told_on(counts, show) == []


def test_the_smallest_first_gives_a_number_away_exactly():
    assert possible({"a": 11, "b": 11, "c": 9}, smallest_first)["c"] == {9}


@given(tables)
def test_what_is_shown_is_rounded_and_never_small(counts):
    shown = [number for number in show(counts).values() if number is not None]
    assert all(number % 5 == 0 and number >= SMALLEST for number in shown)


def test_fewer_than_thirty_replies_show_nothing():
    assert disclose({"one": {"a": 15, "b": 14}}).tables == {}
    assert disclose({"one": {"a": 15, "b": 15}}).tables == {"one": {"a": 15, "b": 15}}
