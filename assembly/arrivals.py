"""Who comes all at once is let in a few at a time, so that the loop hears everybody else in between.

Twisted accepts a hundred connections before it does anything else, and more each time: in a rush the first second
went into reading a thousand requests, and nobody heard the chat. Those who wait are in the kernel's queue, and the
threads that answer have enough to do.
"""

from typing import Any

from twisted.internet.tcp import Port

AT_ONCE = 4


def let_in_a_few() -> None:
    """Twisted counts in an attribute how many it accepts; where it has none, nothing changes."""
    if "numberAccepts" in Port.startListening.__code__.co_names:
        Port.numberAccepts = property(_at_once, _count_on)  # type: ignore[assignment]


def _at_once(port: Any) -> int:
    return AT_ONCE


def _count_on(port: Any, number: int) -> None:
    """Twisted's own counting, which would let in ever more."""
