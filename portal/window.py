"""When an event's portal opens and closes: pure time, in the event's civil zone."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Window:
    """Half-open: ``opens`` is inside, ``closes`` is outside. Both are aware and in UTC."""

    opens: datetime
    closes: datetime

    def contains(self, moment: datetime) -> bool:
        return self.opens <= moment < self.closes


def access_window(first_day: date, last_day: date, zone: str, days_before: int = 5, months_after: int = 6) -> Window:
    """The access window of an event that lasts from ``first_day`` to ``last_day``, both included.

    Opens at 00:00 local ``days_before`` days before the first day. Closes at 00:00 local on the day
    after the last day moved on by ``months_after`` calendar months (clamped to the month's end).
    Raises ValueError when the days are in the wrong order or a number is negative.
    """
    if last_day < first_day:
        raise ValueError("An event cannot end before it begins.")
    if days_before < 0 or months_after < 0:
        raise ValueError("The window cannot open after the first day or close before the last.")
    opens = midnight(first_day - timedelta(days=days_before), zone)
    closes = midnight(add_months(last_day, months_after) + timedelta(days=1), zone)
    return Window(opens, closes)


def midnight(day: date, zone: str) -> datetime:
    """00:00 of a civil day in ``zone``, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` calendar months later, or the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
