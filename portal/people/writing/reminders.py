"""What is written to everybody when its time has come, once for each event and occasion.

A reminder has a moment from which it is due and one after which it is no longer true. The sweep writes it in between;
after that it only notes that it was missed, so that nobody is told of tomorrow's event the day after it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction

from portal.events.models import Event
from portal.events.services import record
from portal.mail.services import Reader, post_mails
from portal.people.models import Delegate, Reminder
from portal.people.writing.letters import beginning_of, beginning_words, words_of
from portal.window import add_months, midnight

MORNING = time(9)
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)

Condition = Callable[[Event], bool]


@dataclass(frozen=True)
class Due:
    """Half-open, in UTC: it is written at ``since`` or later, and before ``until``."""

    occasion: str
    since: datetime
    until: datetime


_conditions: dict[str, Condition] = {}


def register_condition(occasion: str, condition: Condition) -> None:
    """What must be so as well, where another app knows it: that there are recordings, for one."""
    _conditions[occasion] = condition


def reminders_of(event: Event, begins: datetime | None) -> list[Due]:
    """All of an event by the clock of its zone; ``begins`` is when its first session starts, if it has one."""
    first, after = midnight(event.first_day, event.zone), event.last_day + timedelta(days=1)
    over, closes = midnight(after, event.zone), event.window.closes
    last_day = event.local(closes - timedelta(seconds=1)).date()
    due = [
        Due("open", event.window.opens, over),
        Due("day_before", _morning(event, event.first_day - timedelta(days=1)), first),
        Due("thanks", _morning(event, after), min(over + WEEK, closes)),
        Due("recordings", over, closes),
        Due("closing", _morning(event, add_months(last_day, -1)), closes),
        Due("closed", closes, closes + WEEK),
    ]
    # A window that ends with the event leaves nothing to watch, and one that ends soon after it nothing to warn of.
    due = [each for each in due if each.since < each.until and (each.occasion != "closing" or each.since >= over)]
    return [*due, Due("hour_before", begins - HOUR, begins)] if begins else due


def remind_due(now: datetime) -> int:
    """The sweep. Returns how many mails were written."""
    # An event long closed has nothing left to say, and is not looked at again.
    alive = [event for event in Event.objects.all() if now < event.window.closes + WEEK]
    return sum(_remind(event, due, now) for event in alive for due in _open_reminders(event, now))


def _open_reminders(event: Event, now: datetime) -> Iterator[Due]:
    """Due and not dealt with. One that moved to another day is a new one."""
    begins = beginning_of(event)
    done = set(event.reminders.values_list("occasion", "day"))
    for due in reminders_of(event, begins):
        is_new = (due.occasion, _day(event, due)) not in done
        if is_new and due.since <= now and _is_so(event, due, now):
            yield due


def _is_so(event: Event, due: Due, now: datetime) -> bool:
    condition = _conditions.get(due.occasion)
    return condition is None or now >= due.until or condition(event)


def _remind(event: Event, due: Due, now: datetime) -> int:
    """The mark is taken first, so that of two sweeps at once one writes, and in the same transaction as the mails."""
    missed = now >= due.until
    try:
        with transaction.atomic():
            Reminder.objects.create(event=event, occasion=due.occasion, day=_day(event, due), at=now, missed=missed)
            readers = () if missed else _readers(event, due)
            written = post_mails(readers, occasion=due.occasion, event_id=event.pk, now=now, until=due.until)
            verb = "reminder missed" if missed else "remind"
            record(event, verb, actor=None, subject=f"{due.occasion}: {written} mails", now=now)
    except IntegrityError:
        return 0
    return written


def _readers(event: Event, due: Due) -> Iterator[Reader]:
    words, day = words_of(event) | {"begins": beginning_words(event)}, _day(event, due)
    people = Delegate.objects.filter(event=event, suspended_at=None, user__is_active=True).order_by("pk")
    for pk, name, email in people.values_list("pk", "name", "user__email"):
        yield Reader(f"{due.occasion}.{pk}.{day}", email, words | {"name": name})


def _day(event: Event, due: Due) -> date:
    """By which a reminder is known; a portal that is open does not open again when its window is moved."""
    if due.occasion == "open":
        return event.first_day
    return event.local(due.since).date()


def _morning(event: Event, day: date) -> datetime:
    return datetime.combine(day, MORNING, event.tz)
