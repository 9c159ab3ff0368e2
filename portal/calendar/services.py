"""A personal calendar: its secret address, and what is in it."""

from datetime import datetime

from django.core import signing
from django.db.models import F
from django.urls import reverse

from portal.calendar.registry import places_of
from portal.events.models import Event
from portal.events.services import entry_id, portal_address
from portal.ics import Entry, write_calendar
from portal.people.models import Delegate, State
from portal.programme.models import Session
from portal.programme.whereabouts import find_url

# Nothing secret is kept: the address is signed, and names the version that a new address raises.
_signer = signing.Signer(sep=".", salt="portal.calendar")


def feed_address(delegate: Delegate) -> str:
    """Where calendar programs fetch it, without signing in."""
    token = _signer.sign(f"{delegate.pk}-{delegate.calendar_version}")
    return portal_address() + reverse("portal:calendar_feed", args=[delegate.event.slug, token])


def find_feed(event_slug: str, token: str) -> Delegate | None:
    """Whose calendar it is, in whatever state; None for an address that is wrong or was given up."""
    try:
        number, version = _signer.unsign(token).split("-")
    except signing.BadSignature:
        return None
    rows = Delegate.registrations.select_related("event", "user").filter(event__slug=event_slug)
    return rows.filter(pk=int(number), calendar_version=int(version)).first()


def renew_address(delegate: Delegate) -> None:
    """From now on the old address is nobody's."""
    Delegate.registrations.filter(pk=delegate.pk).update(calendar_version=F("calendar_version") + 1)
    delegate.refresh_from_db(fields=["calendar_version"])


def write_feed(delegate: Delegate, *, now: datetime) -> str:
    """The programme and the rooms they chose; nothing for who is no delegate any more, so that it is cleared."""
    takes_part = delegate.state == State.APPROVED and not delegate.suspended_at and delegate.user.is_active
    return write_calendar(delegate.event.name, _entries(delegate) if takes_part else [], now=now)


def _entries(delegate: Delegate) -> list[Entry]:
    event, places = delegate.event, places_of(delegate)
    return [_entry(event, session, places) for session in event.sessions.all()]


def _entry(event: Event, session: Session, places: dict) -> Entry:  # type: ignore[type-arg]
    session.event = event
    place = places.get(session.pk)
    return Entry(
        uid=entry_id(f"session-{session.pk}"),
        title=f"{session.title}: {place.title}" if place else session.title,
        starts=session.starts,
        ends=session.ends,
        url=portal_address() + (place.url if place else find_url(session)),
        text=session.summary,
    )
