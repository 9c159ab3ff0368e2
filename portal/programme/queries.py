"""What the lobby, the programme and the bar read."""

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from portal.events.models import Event
from portal.programme.models import Session
from portal.programme.whereabouts import find_overtimes, find_url

NEXT = 4


@dataclass(frozen=True)
class Item:
    """A session as a page shows it; times in the event's own zone."""

    pk: int
    title: str
    kind: str
    kind_label: str
    url: str
    starts: datetime
    ends: datetime
    summary: str = ""
    live: bool = False
    over: bool = False
    # Until when some of it goes on longer.
    overtime: datetime | None = None
    speakers: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Bar:
    """What is on now, and at most four things that come next."""

    now: list[Item]
    next: list[Item]


def now_and_next(event: Event, now: datetime) -> Bar:
    coming = list(event.sessions.filter(ends__gt=now).order_by("starts", "pk")[: NEXT + 6])
    begun = [session for session in coming if session.is_on(now)]
    later = find_overtimes(begun)
    on = [_item(session, event, now, overtime=later.get(session.pk)) for session in begun]
    after = [_item(session, event, now) for session in coming if session.starts > now]
    return Bar(on, after[:NEXT])


def agenda(event: Event, now: datetime) -> list[tuple[date, list[Item]]]:
    """Every session by civil day, in order."""
    sessions = event.sessions.prefetch_related("speakers")
    items = [_item(session, event, now, with_speakers=True) for session in sessions]
    return [(day, list(of_day)) for day, of_day in groupby(items, key=lambda item: item.starts.date())]


def _item(
    session: Session, event: Event, now: datetime, *, with_speakers: bool = False, overtime: datetime | None = None
) -> Item:
    session.event = event
    return Item(
        pk=session.pk,
        title=session.title,
        kind=session.kind,
        kind_label=session.get_kind_display(),
        url=find_url(session),
        starts=event.local(session.starts),
        ends=event.local(session.ends),
        summary=session.summary,
        live=session.is_on(now),
        over=session.ends <= now,
        overtime=event.local(overtime) if overtime else None,
        speakers=[speaker.name for speaker in session.speakers.all()] if with_speakers else [],
    )
