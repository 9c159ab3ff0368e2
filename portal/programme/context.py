"""What every page of an event shows around its content."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from portal import clock
from portal.events.models import Announcement, Event
from portal.events.policy import Reach
from portal.people.access import Visitor
from portal.programme.queries import now_and_next

# How long an announcement stands on every page; the lobby keeps it after that.
NEWS_FOR = timedelta(hours=1)


def event_context(request: HttpRequest) -> dict[str, Any]:
    visitor: Visitor | None = getattr(request, "visitor", None)
    if visitor is None:
        return {"server_now": clock.now()}
    event = visitor.event
    bar = now_and_next(event, visitor.now) if visitor.belongs and visitor.may(Reach.PROGRAMME) else None
    return {
        "event": event,
        "visitor": visitor,
        "access": visitor,
        "delegate": visitor.delegate,
        "is_organiser": visitor.is_organiser,
        "is_speaker": is_speaker(visitor),
        "is_access_lead": visitor.is_organiser
        and event.access_leads.filter(pk=visitor.user and visitor.user.pk).exists(),
        "server_now": visitor.now,
        "theme": theme(event),
        "bar": bar,
        "announced": announced(request, visitor),
        "news_seconds": int(NEWS_FOR.total_seconds()),
    }


def announced(request: HttpRequest, visitor: Visitor) -> Announcement | None:
    """The newest announcement while it is news, for who may hear it and has not closed it in this browser."""
    newest = visitor.event.announced if visitor.belongs and visitor.may(Reach.PROGRAMME) else None
    if newest is None or visitor.user is None or visitor.now >= newest.at + NEWS_FOR:
        return None
    # Many share a ward's computer: what one person closed is news to the next.
    return None if request.COOKIES.get("announced") == f"{visitor.user.pk}.{newest.version}" else newest


def is_speaker(visitor: Visitor) -> bool:
    return visitor.user is not None and visitor.event.speakers.filter(user=visitor.user).exists()


def theme(event: Event) -> dict[str, str]:
    """The organiser's own name, logo and colours."""
    coloured = event.brand or event.accent
    return {
        "name": event.name,
        "logo_url": reverse("portal:logo", args=[event.slug]) if event.logo else "",
        "css_url": reverse("portal:theme", args=[event.slug]) if coloured else "",
    }
