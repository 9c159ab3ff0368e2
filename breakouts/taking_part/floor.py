"""Who must know when a hand is called, and when its turn is over."""

from collections.abc import Callable
from datetime import datetime

from breakouts.taking_part.models import Hand

Moved = Callable[[Hand, bool, datetime], None]

_told: list[Moved] = []


def register_floor(moved: Moved) -> None:
    """``moved(hand, has_floor, now)`` is called in the transaction in which a hand is called or its turn ends."""
    if moved not in _told:
        _told.append(moved)


def tell_floor(hand: Hand, *, has_floor: bool, now: datetime) -> None:
    for moved in _told:
        moved(hand, has_floor, now)
