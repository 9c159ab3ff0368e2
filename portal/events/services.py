"""What happens to an event: announced, opened, closed, written down."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.template.loader import render_to_string

from portal.events.models import Announcement, AuditEntry, Event
from portal.ics import Entry, write_calendar
from portal.live.registry import Frame
from portal.live.services import bump, publish, touch


def record(
    event: Event | None, verb: str, *, actor: AbstractBaseUser | None, subject: str, now: datetime
) -> AuditEntry:
    """Writes down an act. ``actor`` None is the portal itself."""
    return AuditEntry.objects.create(
        event=event, verb=verb, actor_id=actor.pk if actor else None, subject=subject[:250], at=now
    )


@transaction.atomic
def announce(event: Event, text: str, *, by: AbstractBaseUser | None, now: datetime) -> Announcement:
    """Says something on every open page of the event, and keeps it in the lobby."""
    # Before the log, as the sweep that opens the portal locks them: else each could wait for the other.
    Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    channel = f"announcements.{event.pk}"
    announcement = Announcement.objects.create(event=event, text=text, at=now, version=bump(channel))
    Event.objects.filter(pk=event.pk).update(announced=announcement)
    publish(channel, announcement_frame(announcement))
    record(event, "announce", actor=by, subject=text, now=now)
    return announcement


def announcement_frame(announcement: Announcement) -> Frame:
    html = render_to_string("components/announcement.html", {"text": announcement.text, "when": announcement.at})
    return Frame(announcement.version, "announcement", html, {"text": announcement.text})


def open_due(now: datetime) -> int:
    """The sweep that opens: an announcement, an audit row and a live hint, once an event."""
    due = [event for event in Event.objects.filter(opened_at=None) if event.window.contains(now)]
    return sum(_open(event, now) for event in due)


def close_due(now: datetime) -> int:
    """The sweep that closes. Access has ended already, by the clock."""
    due = [event for event in Event.objects.filter(closed_at=None) if now >= event.window.closes]
    return sum(_close(event, now) for event in due)


def reopen_due(now: datetime) -> int:
    """An extended window takes back the mark of closing, so that the new end is acted on too."""
    marked = [event for event in Event.objects.exclude(closed_at=None) if now < event.window.closes]
    for event in marked:
        Event.objects.filter(pk=event.pk).update(closed_at=None)
        record(event, "reopen", actor=None, subject="the window was extended", now=now)
    return len(marked)


@transaction.atomic
def _open(event: Event, now: datetime) -> bool:
    if not Event.objects.filter(pk=event.pk, opened_at=None).update(opened_at=now):
        return False
    announce(event, f"Welcome: the portal of {event.name} is open.", by=None, now=now)
    record(event, "open", actor=None, subject=event.name, now=now)
    touch(f"event.{event.pk}.programme")
    return True


@transaction.atomic
def _close(event: Event, now: datetime) -> bool:
    if not Event.objects.filter(pk=event.pk, closed_at=None).update(closed_at=now):
        return False
    record(event, "close", actor=None, subject=event.name, now=now)
    touch(f"event.{event.pk}.programme")
    return True


def portal_address() -> str:
    """Where the portal is, for mail: the first origin it is served from."""
    return settings.ORIGINS[0] if settings.ORIGINS else "http://localhost"


def entry_id(name: str) -> str:
    """What a calendar knows something by: the same wherever it is written (RFC 5545, UID)."""
    return f"{name}@{urlsplit(portal_address()).hostname}"


def event_calendar(event: Event, *, now: datetime) -> str:
    """One entry, to go with a mail: the event's days, as its hours may still move, and the way in."""
    address = portal_address() + event.get_absolute_url()
    text = "For the programme and your rooms, follow your own calendar: sign in and open My calendar."
    day_after = event.last_day + timedelta(days=1)
    entry = Entry(entry_id(f"event-{event.pk}"), event.name, event.first_day, day_after, address, text)
    return write_calendar(event.name, [entry], now=now)
