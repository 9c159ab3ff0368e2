"""Coming in, being seen, leaving."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction

from portal.events.models import Event
from portal.events.policy import phase_of
from portal.live.services import revoke
from portal.people import presence
from portal.people.models import Attendance, Delegate, User

_AT_ONCE = 500


def find_or_create_user(email: str, *, name: str) -> User:
    """The person of an address, in any case of letters. Two at once end up as one."""
    email = email.strip().lower()
    user = User.objects.filter(email=email).first()
    if user:
        return user
    try:
        with transaction.atomic():
            return User.objects.create_user(email, name)
    except IntegrityError:
        return User.objects.get(email=email)


def end_sessions(user: User, *, reason: str) -> None:
    """Closes every socket of a person within five seconds; the caller ends the right itself."""
    revoke(user.pk, reason=reason)


def see(event_slug: str, users: Mapping[int, bool], now: datetime) -> None:
    """Notes who is here, by the number of the user, and whether they look at it.

    Off the socket's path: Redis now, rows by the sweep, rows at once without Redis.
    """
    event = Event.objects.filter(slug=event_slug).first()
    if event is None or not users:
        return
    found = event.delegates.filter(user_id__in=users).values_list("pk", "user_id")
    delegates = {pk: users[user_id] for pk, user_id in found}
    if delegates and not presence.note(event, delegates, now):
        store_attendance([(pk, event, now, now) for pk in delegates])


def flush_attendance(now: datetime) -> int:
    """The sweep that turns what Redis noted into rows."""
    seen = presence.take()
    events = Event.objects.in_bulk({event_id for event_id, *_ in seen})
    rows = [(pk, events[event_id], first, last) for event_id, pk, first, last in seen if event_id in events]
    return store_attendance(rows)


@transaction.atomic
def store_attendance(seen: Collection[tuple[int, Event, datetime, datetime]]) -> int:
    """Widens each delegate's row of that civil day and phase: earliest first, latest last. Who is gone is left out.

    Always in the same order, so that two who store at once do not wait for each other.
    """
    known = set(Delegate.objects.filter(pk__in={pk for pk, *_ in seen}).values_list("pk", flat=True))
    fresh = sorted((_attendance(*each) for each in seen if each[0] in known), key=_key_of)
    Attendance.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=_AT_ONCE)
    days = {each.day for each in fresh}
    stored = Attendance.objects.filter(delegate__in=known, day__in=days).order_by("pk").select_for_update()
    rows = {_key_of(row): row for row in stored}
    widened = [row for each in fresh if (row := _widen(rows[_key_of(each)], each))]
    Attendance.objects.bulk_update(widened, ["first_seen", "last_seen"], batch_size=_AT_ONCE)
    return len(known)


def _attendance(delegate_id: int, event: Event, first: datetime, last: datetime) -> Attendance:
    day, phase = event.local(last).date(), phase_of(event, last)
    return Attendance(delegate_id=delegate_id, day=day, phase=phase, first_seen=first, last_seen=last)


def _key_of(row: Attendance) -> tuple[int, date, str]:
    return row.delegate_id, row.day, row.phase


def _widen(row: Attendance, seen: Attendance) -> Attendance | None:
    """The row, if there is more in it than before."""
    if row.first_seen <= seen.first_seen and seen.last_seen <= row.last_seen:
        return None
    row.first_seen, row.last_seen = min(row.first_seen, seen.first_seen), max(row.last_seen, seen.last_seen)
    return row
