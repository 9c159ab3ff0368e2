"""Coming in, being seen, leaving."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from portal.events.models import Event
from portal.events.policy import phase_of
from portal.live.services import revoke
from portal.people import presence
from portal.people.models import Attendance, Delegate, User


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


def store_attendance(seen: Collection[tuple[int, Event, datetime, datetime]]) -> int:
    """Widens each delegate's row of that civil day and phase: earliest first, latest last."""
    known = set(Delegate.objects.filter(pk__in={pk for pk, *_ in seen}).values_list("pk", flat=True))
    for pk, event, first, last in seen:
        if pk in known:
            _widen(pk, event, first, last)
    return len(known)


@transaction.atomic
def _widen(delegate_id: int, event: Event, first: datetime, last: datetime) -> None:
    row, created = Attendance.objects.get_or_create(
        delegate_id=delegate_id,
        day=event.local(last).date(),
        phase=phase_of(event, last),
        defaults={"first_seen": first, "last_seen": last},
    )
    if not created and (first < row.first_seen or last > row.last_seen):
        row.first_seen, row.last_seen = min(first, row.first_seen), max(last, row.last_seen)
        row.save(update_fields=["first_seen", "last_seen"])
