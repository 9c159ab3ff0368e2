"""What every page of an event shows around its content."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from portal import clock
from portal.events.models import Event
from portal.events.policy import Reach
from portal.people.access import Visitor
from portal.programme.queries import now_and_next


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
    }


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
