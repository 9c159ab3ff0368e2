"""The queue of calls for help, shared by all organisers of the event."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from breakouts.answers import SeeOther
from breakouts.hosting.models import HelpCall
from breakouts.hosting.queries import calls_of, done_calls_of
from breakouts.hosting.services import HostRefused, finish_call, hand_back, help_channel, take_call
from portal.events.policy import Reach
from portal.models import User
from portal.people.access import EventRequest, event_view

ACTS = {"take": take_call, "back": hand_back, "done": finish_call}


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def queue(request: EventRequest) -> HttpResponse:
    _organiser(request)
    context = {
        "title": "Calls for help",
        "section": "rooms",
        "calls": calls_of(request.event),
        "done": done_calls_of(request.event),
        "channel": help_channel(request.event),
    }
    return render(request, "breakouts/hosting/help.html", context)


@require_POST
@event_view(Reach.LOBBY)
def act(request: EventRequest, call_id: int) -> HttpResponse:
    """``act`` is take, back or done."""
    organiser = _organiser(request)
    calls = HelpCall.objects.filter(room__round__session__event=request.event)
    call = get_object_or_404(calls.select_related("room__round__session__event", "taken_by"), pk=call_id)
    chosen = ACTS.get(request.POST.get("act", ""))
    if chosen is None:
        raise Http404("No such act.")
    try:
        chosen(call, by=organiser, now=request.visitor.now)
    except HostRefused as refused:
        messages.error(request, str(refused))
    return SeeOther(reverse("breakouts:help", args=[request.event.slug]))


def _organiser(request: EventRequest) -> User:
    if request.visitor.user is None or not request.visitor.is_organiser:
        raise Http404("For organisers.")
    return request.visitor.user
