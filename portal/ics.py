"""Entries of a calendar as iCalendar text (RFC 5545). Pure: it knows neither events nor people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

CONTENT_TYPE = "text/calendar; charset=utf-8"
REFRESH = timedelta(hours=1)


@dataclass(frozen=True)
class Entry:
    """``uid`` stays the same for the same thing, so that a change replaces it.

    Aware moments, which are written in UTC and shown in the reader's own zone; or days, of which ``ends`` is the
    day after the last.
    """

    uid: str
    title: str
    starts: datetime | date
    ends: datetime | date
    url: str
    text: str = ""


def write_calendar(name: str, entries: Iterable[Entry], *, now: datetime) -> str:
    """A published calendar that programs are asked to fetch again every hour."""
    calendar = Calendar()
    calendar.add("prodid", "-//Assembly//Assembly//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    # The standard's name (RFC 7986) and the one that most programs read.
    calendar.add("name", " ".join(name.split()))
    calendar.add("x-wr-calname", " ".join(name.split()))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_component(entry, now))
    return calendar.to_ical().decode()


def _component(entry: Entry, now: datetime) -> Event:
    component = Event()
    component.add("uid", entry.uid)
    component.add("dtstamp", now.astimezone(UTC))
    component.add("dtstart", _in_utc(entry.starts))
    component.add("dtend", _in_utc(entry.ends))
    component.add("summary", entry.title)
    # Not every program shows URL, so the address is in the words as well.
    component.add("description", f"{entry.text}\n\n{entry.url}".strip())
    component.add("url", entry.url)
    return component


def _in_utc(moment: datetime | date) -> datetime | date:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment
