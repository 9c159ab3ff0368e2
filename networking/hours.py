"""When talk may be had: whoever shows a kind of conversation may give it hours."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from networking.models import Conversation


class Hours(NamedTuple):
    """Heard from ``opens`` on, added to until ``closes``."""

    opens: datetime
    closes: datetime


HoursOf = Callable[[Conversation], Hours | None]

_hours: dict[str, HoursOf] = {}


def register_hours(kind: str, hours_of: HoursOf) -> None:
    """``hours_of(conversation)`` gives its hours as they are now, or None for one that is always open."""
    _hours[kind] = hours_of


def has_opened(conversation: Conversation, now: datetime) -> bool:
    hours = _find(conversation)
    return hours is None or hours.opens <= now


def is_open(conversation: Conversation, now: datetime) -> bool:
    hours = _find(conversation)
    return hours is None or hours.opens <= now < hours.closes


def _find(conversation: Conversation) -> Hours | None:
    hours_of = _hours.get(conversation.kind)
    return hours_of(conversation) if hours_of else None
