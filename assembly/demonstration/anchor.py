"""Where the demonstration's day lies in time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from assembly.demonstration.content import LIVE_AT, PROGRAMME, Slot
from portal.programme.models import Kind, Session

ZONE = ZoneInfo("Europe/London")
QUIET = {Kind.BREAK, Kind.LOBBY}


def shift_for(day: date | None, now: datetime) -> timedelta:
    """How far every time of day moves: none on a named day; else so that the first round is on now."""
    if day is not None:
        return timedelta()
    local = now.astimezone(ZONE)
    wanted = local.replace(second=0, microsecond=0)
    return wanted - _at(local.date(), LIVE_AT)


def times(slot: Slot, day: date, shift: timedelta) -> tuple[datetime, datetime]:
    starts = _at(day, slot.starts) + shift
    return starts, starts + timedelta(minutes=slot.minutes)


def days(day: date, shift: timedelta) -> tuple[date, date]:
    """The civil days of the first start and the last end: two when it crosses midnight."""
    first, _ = times(PROGRAMME[0], day, shift)
    _, last = times(PROGRAMME[-1], day, shift)
    return first.date(), last.date()


def is_alive(slug: str, now: datetime) -> bool:
    """Whether the programme as it stands has something on that people came for."""
    on = Session.objects.filter(event__slug=slug, starts__lte=now, ends__gt=now)
    return on.exclude(kind__in=QUIET).exists()


def _at(day: date, text: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), ZONE)
