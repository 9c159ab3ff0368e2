from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.calendar.services import feed_address, find_feed, renew_address, write_feed
from portal.events.policy import Reach
from portal.ics import CONTENT_TYPE
from portal.people.access import EventRequest, event_view
from portal.people.models import Delegate


@require_safe
@never_cache
@event_view(Reach.OWN)
def calendar(request: EventRequest) -> HttpResponse:
    address = feed_address(_delegate(request))
    subscribe = "webcal:" + address.partition(":")[2]
    context = {"title": "My calendar", "feed": address, "subscribe": subscribe}
    return render(request, "portal/calendar/calendar.html", context)


@require_safe
@never_cache
@event_view(Reach.OWN)
def download(request: EventRequest) -> HttpResponse:
    return _send(_delegate(request), f"{request.event.slug}.ics")


@require_POST
@event_view(Reach.OWN)
def renew(request: EventRequest) -> HttpResponse:
    renew_address(_delegate(request))
    messages.success(request, "Your calendar has a new address. The old one shows nothing any more.")
    return redirect("portal:calendar", request.event.slug)


@require_safe
@never_cache
def feed(request: HttpRequest, event_slug: str, token: str) -> HttpResponse:
    """For programs that cannot sign in: who knows the address reads the calendar, and nothing else."""
    delegate = find_feed(event_slug, token)
    if delegate is None:
        raise Http404("No such calendar.")
    return _send(delegate, "calendar.ics")


def _send(delegate: Delegate, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Robots-Tag": "noindex"}
    return HttpResponse(write_feed(delegate, now=clock.now()), content_type=CONTENT_TYPE, headers=headers)


def _delegate(request: EventRequest) -> Delegate:
    if request.visitor.delegate is None:
        raise Http404("Not a delegate of this event.")
    return request.visitor.delegate
