"""The event's own channels: what they say and who may hear them."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.http import Http404
from django.template.loader import render_to_string

from portal.events.models import Announcement, Event
from portal.events.policy import Reach, may_reach, next_boundary
from portal.events.services import announcement_frame
from portal.live.registry import Admission, ChannelKind, Frame
from portal.people import presence
from portal.people.access import Visitor, visit
from portal.programme.queries import agenda, now_and_next


def admit(user: AbstractBaseUser, event_slug: str, now: datetime) -> Admission:
    """The gateway's door: delegates while the portal is open, organisers always."""
    try:
        visitor = visit(user, event_slug, now)
    except Http404:
        return Admission("forbidden")
    if not visitor.belongs:
        return Admission("forbidden")
    is_open = visitor.may(Reach.OWN) and visitor.may(Reach.PROGRAMME)
    return Admission("in" if is_open else "closed", next_boundary(visitor.event, now), visitor)


def may_hear_event(visitor: Visitor, event_id: int) -> bool:
    return visitor.event.pk == event_id and visitor.may(Reach.PROGRAMME)


def may_see_people(visitor: Visitor, event_id: int) -> bool:
    return visitor.event.pk == event_id and visitor.may(Reach.LOBBY)


def announcements_after(event_id: int, version: int, limit: int) -> list[Frame]:
    rows = Announcement.objects.filter(event_id=event_id, version__gt=version).order_by("version")[:limit]
    return [announcement_frame(row) for row in rows]


def bar_state(event_id: int, now: datetime) -> dict[str, Any]:
    event = Event.objects.get(pk=event_id)
    context = {"bar": now_and_next(event, now), "event": event}
    return {"html": render_to_string("components/now_next_items.html", context)}


def agenda_state(event_id: int, now: datetime) -> dict[str, Any]:
    event = Event.objects.get(pk=event_id)
    return {"html": render_to_string("portal/_agenda.html", {"days": agenda(event, now), "event": event})}


def presence_state(event_id: int, now: datetime) -> dict[str, Any]:
    event = Event.objects.get(pk=event_id)
    return {"html": render_to_string("portal/_here.html", {"here": len(present(event, now))})}


def present(event: Event, now: datetime) -> list[int]:
    """Ids of the delegates who are here. All are told how many; names go to each without those they must not see."""
    return presence.present(event, now) if may_reach(event, Reach.LOBBY, now) else []


KINDS = (
    ChannelKind(name="announcements", may_hear=may_hear_event, frames_after=announcements_after),
    ChannelKind(name="event.programme", may_hear=may_hear_event, state=bar_state),
    ChannelKind(name="event.agenda", may_hear=may_hear_event, state=agenda_state),
    # Who comes and goes is no news: a number that jumps every second would be.
    ChannelKind(name="event.presence", may_hear=may_see_people, state=presence_state, at_most_every=5.0),
)
