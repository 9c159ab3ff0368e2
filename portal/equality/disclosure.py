"""What may be shown of counts without telling on anybody. Pure: it imports nothing of ours.

The thresholds are after those of ONS, NHS Digital and HESA: nothing at all below 30 replies; a cell below 10 is hidden,
nought included; every other number is rounded to the nearest 5. Beside hidden cells another is always hidden, and more
until together they hold at least 20 replies.

Which others is settled by the order of the answers and never by their numbers, because hiding the smallest tells on
the rest: of 31 replies in three cells, one of them shown as 10, it can give away a hidden 9. As it is, a small cell can
be any number from nought to nine, even to somebody who knows this module, the exact total and every shown number
exactly. For give the first cell that was hidden without being small all that the others do not need: that hides the
same cells and shows the same numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FEWEST_REPLIES = 30
SMALLEST = 10  # the smallest cell that may be shown
LEAST_HIDDEN = 2 * SMALLEST  # replies, over all hidden cells of a table
STEP = 5

Counts = Mapping[str, int]
Shown = dict[str, int | None]  # None is hidden


@dataclass(frozen=True)
class Disclosure:
    """All that is ever shown. ``total`` is rounded by itself, never added up; None when there are too few."""

    total: int | None
    tables: dict[str, Shown]


def disclose(tables: Mapping[str, Counts]) -> Disclosure:
    """One table a question, each of the same replies."""
    replies = max((sum(counts.values()) for counts in tables.values()), default=0)
    if replies < FEWEST_REPLIES:
        return Disclosure(None, {})
    return Disclosure(nearest(replies), {name: show(counts) for name, counts in tables.items()})


def show(counts: Counts) -> Shown:
    hidden = hide(counts)
    return {answer: None if answer in hidden else nearest(count) for answer, count in counts.items()}


def hide(counts: Counts) -> set[str]:
    """The answers whose numbers are not shown: the small ones, and with them the others from the last."""
    hidden = {answer for answer, count in counts.items() if count < SMALLEST}
    others = [answer for answer in counts if answer not in hidden] if hidden else []
    hidden |= {others.pop()} if others else set()
    while others and sum(counts[answer] for answer in hidden) < LEAST_HIDDEN:
        hidden.add(others.pop())
    return hidden


def nearest(count: int) -> int:
    return (count + STEP // 2) // STEP * STEP
